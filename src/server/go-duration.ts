/** The units of `time.ParseDuration` in milliseconds; both ways to write the micro sign. */
const UNITS: ReadonlyMap<string, number> = new Map([
  ['ns', 1e-6],
  ['us', 1e-3],
  ['\u00b5s', 1e-3],
  ['\u03bcs', 1e-3],
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
]);

/** A number, perhaps with a fraction on either side of the point, and its unit. */
const TERM = /(\d+\.?\d*|\.\d+)([a-z\u00b5\u03bc]+)/y;

/** No number that Go can hold is written longer; the rest is an attack on the reader. */
const LENGTH = 64;

/**
 * Milliseconds of a duration as Go writes it (`10s`, `1m30s`, `1.5h`; `time.ParseDuration`), undefined for anything else.
 * Signs are no part of it: nothing here can last less than no time.
 */
export function parseGoDuration(text: string): number | undefined {
  if (text === '0') return 0;
  if (text === '' || text.length > LENGTH) return undefined;
  let milliseconds = 0;
  TERM.lastIndex = 0;
  for (let at = 0; at < text.length; at = TERM.lastIndex) {
    const [, number, name] = TERM.exec(text) ?? [];
    const unit = name === undefined ? undefined : UNITS.get(name);
    if (unit === undefined) return undefined;
    milliseconds += Number(number) * unit;
  }
  return milliseconds;
}
