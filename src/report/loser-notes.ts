import type { HopProxy, Loser, Step } from '../routing/explanation/step.js';
import { LOSS_WORDS } from './loss-words.js';
import { placeText, titleOf, type Locate } from './place.js';
import { fill } from './template.js';

/** A candidate that lost, in words, and where it and what made it lose stand. */
export interface LoserNote {
  readonly text: string;
  readonly places: readonly string[];
}

/** How many losers of one step are told. */
const MOST_LOSERS = 12;

/** Notes on losers of a step. */
export function loserNotes(
  losers: readonly Loser[],
  step: Step,
  proxy: HopProxy,
  locate: Locate,
): readonly LoserNote[] {
  const notes = losers.slice(0, MOST_LOSERS).map((loser) => noteOf(loser, step, proxy, locate));
  if (losers.length <= MOST_LOSERS) return notes;
  return [...notes, { text: `and ${losers.length - MOST_LOSERS} more`, places: [] }];
}

/** A part of the winner itself goes without the winner's name. */
function noteOf(loser: Loser, step: Step, proxy: HopProxy, locate: Locate): LoserNote {
  const { object, field, by } = loser;
  const who = object === step.object ? ruleOf(field) : titleOf(object);
  const places = [placeText(object, field, locate)];
  if (by !== undefined) places.push(`${placeText(by.object, by.field, locate)} of ${titleOf(by.object)}`);
  return { text: `${who}: ${lossText(loser, step, proxy)}`, places };
}

/** Why a candidate lost, in words. */
export function lossText({ reason, by }: Loser, { values }: Step, proxy: HopProxy): string {
  const [home = ''] = proxy.kind === 'sidecar' ? [proxy.namespace] : proxy.service.split('/');
  return fill(LOSS_WORDS[reason], { ...values, namespace: home, by: titleOf(by?.object) });
}

/** `http[1].match[0]` of `spec.http[1].match[0].gateways`. */
function ruleOf(field: string): string {
  return field
    .replace(/^spec\./, '')
    .replace(/\.(?:port|gateways|sourceNamespace|sourceLabels|sniHosts|destinationSubnets)$/, '');
}
