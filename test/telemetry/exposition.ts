/** One line of a scrape that is no comment. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const TYPES = ['counter', 'gauge', 'histogram', 'summary'];
const LINE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\[\\n"])*)"(,|$)/y;

/**
 * Reads the text format of Prometheus as strictly as `promtool check metrics`: every family has its help and its type before its
 * samples, which stand together, each once; counters end in `_total`; the buckets of a histogram grow up to its count.
 */
export function parseExposition(text: string): readonly Sample[] {
  if (!text.endsWith('\n')) throw new Error('the last line is not ended');
  const types = new Map<string, string>();
  const helped = new Set<string>();
  const samples: Sample[] = [];
  const seen = new Set<string>();
  let family = '';
  for (const line of text.split('\n').filter((each) => each !== '')) {
    const [, comment, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? [];
    if (comment === 'HELP') {
      if (helped.has(name)) throw new Error(`${name} is helped twice`);
      helped.add(name);
    } else if (comment === 'TYPE') {
      if (!helped.has(name) || types.has(name) || !TYPES.includes(rest))
        throw new Error(`a type out of place: ${line}`);
      if (rest === 'counter' && !name.endsWith('_total')) throw new Error(`a counter without _total: ${line}`);
      types.set(name, rest);
      family = name;
    } else {
      const sample = parseSample(line);
      const own = types.get(family) === 'histogram' ? sample.name.replace(/_(bucket|sum|count)$/, '') : sample.name;
      if (own !== family && !sample.name.startsWith(family)) throw new Error(`a sample of no family: ${line}`);
      const key = `${sample.name} ${JSON.stringify(sample.labels)}`;
      if (seen.has(key)) throw new Error(`a sample that stands twice: ${line}`);
      seen.add(key);
      samples.push(sample);
    }
  }
  for (const [name, type] of types) if (type === 'histogram') checkHistogram(name, samples);
  return samples;
}

function parseSample(line: string): Sample {
  const [, name, written = '', number = ''] = LINE.exec(line) ?? [];
  // Go's `strconv.ParseFloat` reads it in any case; the mean of nothing is one.
  const isNone = /^nan$/i.test(number);
  const value = number === '+Inf' ? Infinity : Number(number);
  if (name === undefined || number === '' || (Number.isNaN(value) && !isNone)) throw new Error(`no sample: ${line}`);
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  for (let at = 0; at < written.length; at = LABEL.lastIndex) {
    const [, label, text] = LABEL.exec(written) ?? [];
    if (label === undefined || label in labels) throw new Error(`no labels: ${line}`);
    labels[label] = text ?? '';
  }
  return { name, labels, value };
}

function checkHistogram(name: string, samples: readonly Sample[]): void {
  const buckets = new Map<string, Sample[]>();
  for (const sample of samples.filter((one) => one.name === `${name}_bucket`)) {
    const key = JSON.stringify(Object.fromEntries(Object.entries(sample.labels).filter(([label]) => label !== 'le')));
    buckets.set(key, [...(buckets.get(key) ?? []), sample]);
  }
  for (const [key, series] of buckets) {
    const total = samples.find((one) => one.name === `${name}_count` && JSON.stringify(one.labels) === key);
    const isGrowing = series.every(({ value }, index) => value >= (series[index - 1]?.value ?? 0));
    const last = series.at(-1);
    if (!isGrowing || last?.labels['le'] !== '+Inf' || last.value !== total?.value) {
      throw new Error(`buckets that do not add up: ${name} ${key}`);
    }
  }
}

/** The sum of the samples of a name that have these labels. */
export function valueOf(
  samples: readonly Sample[],
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number {
  return samples
    .filter((sample) => sample.name === name)
    .filter((sample) => Object.entries(labels).every(([label, value]) => sample.labels[label] === value))
    .reduce((sum, { value }) => sum + value, 0);
}
