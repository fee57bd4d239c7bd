import type { Labels } from '../mesh/metadata.js';
import type { ExplainedWay, Explanation, Hop, HopProxy, Loser, Step } from '../routing/explanation/step.js';
import { loserNotes } from './loser-notes.js';
import { mendOf } from './mend.js';
import type { Paint } from './paint.js';
import { placeText, titleOf, type Locate } from './place.js';
import { wordsFor } from './step-words.js';
import { END_WORDS, endOf, isFine } from './verdict-words.js';
import { wrapped } from './wrapped.js';

export interface ExplainTextOptions {
  readonly locate: Locate;
  readonly paint: Paint;
  /** Tell every step, and who lost at each. */
  readonly why: boolean;
}

/** The options, with the one loser that is told even where nobody asks for all: it should have won. */
interface Telling extends ExplainTextOptions {
  readonly decisive: Loser | undefined;
}

/** The way of a call for people: hop by hop, what decided and where that stands, what it comes to, and what to change. */
export function explainText(explanation: Explanation, options: ExplainTextOptions): string {
  const { paint, locate } = options;
  const end = endOf(explanation);
  const { word, sentence } = END_WORDS[end];
  const mend = mendOf(explanation);
  const lines = [
    paint.strong(questionOf(explanation)),
    '',
    ...hopLines(explanation.hop, { ...options, decisive: mend?.loser }),
    `${isFine(end) ? paint.good(word) : paint.bad(word)}: ${sentence}`,
  ];
  if (mend !== undefined) {
    const [first = '', ...more] = wrapped(mend.text, WIDTH - MEND.length);
    lines.push(`${paint.strong(MEND)}${first}`, ...more.map((line) => `${' '.repeat(MEND.length)}${line}`));
    if (mend.object !== undefined)
      lines.push(`${' '.repeat(MEND.length)}${paint.faint(placeText(mend.object, mend.field, locate))}`);
  }
  return `${lines.join('\n')}\n`;
}

const MEND = 'Mend: ';
/** What most terminals have at least, and no file name is asked to keep to. */
const WIDTH = 100;

function questionOf({ client, call }: Explanation): string {
  const who = client.kind === 'sidecar' ? `from ${podsOf(client.namespace, client.labels)}` : `at ${client.service}`;
  const address = call.address === undefined ? '' : ` at address ${call.address}`;
  return `${call.protocol} to ${call.host}:${call.port}${address}, ${who}`;
}

function podsOf(namespace: string, labels: Labels): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return pairs.length === 0 ? `pods in ${namespace}` : `pods with ${pairs.join(',')} in ${namespace}`;
}

/** How many ways of one hop are told: a VirtualService may have thousands of rules. */
const MOST_WAYS = 20;

function hopLines(hop: Hop, telling: Telling): readonly string[] {
  const { proxy, steps, ways } = hop;
  const { strong } = telling.paint;
  const head = [strong(headOf(proxy)), ...steps.flatMap((step) => stepLines(step, proxy, telling))];
  const [only] = ways;
  if (only !== undefined && ways.length === 1) return [...head, ...wayLines(only, hop, telling)];
  const shown = ways
    .slice(0, MOST_WAYS)
    .flatMap((way, index) => [
      strong(`${headOf(proxy)}: way ${index + 1} of ${ways.length}`),
      ...wayLines(way, hop, telling),
    ]);
  const more = ways.length > MOST_WAYS ? [`... and ${ways.length - MOST_WAYS} more ways`, ''] : [];
  return [...head, '', ...shown, ...more];
}

function headOf(proxy: HopProxy): string {
  return proxy.kind === 'sidecar' ? 'Sidecar of the pod' : `Egress gateway ${proxy.service}, port ${proxy.port}`;
}

function wayLines({ steps, next }: ExplainedWay, { proxy, ways }: Hop, telling: Telling): readonly string[] {
  // Of several ways each says which calls take it.
  const isParted = ways.length > 1;
  const own = steps.flatMap((step) => stepLines(step, proxy, telling, isParted && step.step === 'route'));
  return next === undefined ? [...own, ''] : [...own, '', ...hopLines(next, telling)];
}

function stepLines(step: Step, proxy: HopProxy, telling: Telling, always = false): readonly string[] {
  const { why, paint, locate, decisive } = telling;
  const { label, text, quiet } = wordsFor(step, titleOf(step.object));
  if (quiet === true && !why && !always) return [];
  const lines = [`  ${label.padEnd(LABEL)}${text}`];
  if (step.object !== undefined) lines.push(`${INDENT}${paint.faint(placeText(step.object, step.field, locate))}`);
  const losers = why ? step.losers : step.losers.filter((loser) => loser === decisive);
  const notes = loserNotes(losers, step, proxy, locate).flatMap((note) => [
    `${INDENT}- ${note.text}`,
    ...note.places.map((place) => `${INDENT}  ${paint.faint(place)}`),
  ]);
  return [...lines, ...notes];
}

const LABEL = 10;
const INDENT = ' '.repeat(LABEL + 2);
