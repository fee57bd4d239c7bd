import type { HopProxy, Loser, Step } from '../routing/explanation/step.js';
import { LOSS_WORDS } from './loss-words.js';
import { placeText, titleOf, type Locate } from './place.js';
import { fill } from './template.js';

/** A candidate that lost, in words, and where what made it lose stands. */
export interface LoserNote {
  readonly text: string;
  readonly place: string;
}

/** How many losers of one step are told. */
const MOST_LOSERS = 12;

/** Who lost at a step: the parts of the winner itself without its name. */
export function loserNotes(step: Step, proxy: HopProxy, locate: Locate): readonly LoserNote[] {
  const notes = step.losers.map((loser) => ({
    text: `${loser.object === step.object ? lastField(loser.field) : titleOf(loser.object)}: ${lossText(loser, step, proxy)}`,
    place: placeText(loser.object, loser.field, locate),
  }));
  if (notes.length <= MOST_LOSERS) return notes;
  return [...notes.slice(0, MOST_LOSERS), { text: `and ${notes.length - MOST_LOSERS} more`, place: '' }];
}

/** Why a candidate lost, in words. */
export function lossText({ reason, by }: Loser, { values }: Step, proxy: HopProxy): string {
  const [home = ''] = proxy.kind === 'sidecar' ? [proxy.namespace] : proxy.service.split('/');
  return fill(LOSS_WORDS[reason], { ...values, namespace: home, by: titleOf(by?.object) });
}

/** `http[1].match[0]` of `spec.http[1].match[0].gateways`. */
function lastField(field: string): string {
  return field
    .replace(/^spec\./, '')
    .replace(/\.(?:port|gateways|sourceNamespace|sourceLabels|sniHosts|destinationSubnets)$/, '');
}
