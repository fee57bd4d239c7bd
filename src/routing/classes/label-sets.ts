import { selects, type Labels } from '../../mesh/metadata.js';

/** Selectors of which the first that fits a pod decides something about it, and the others nothing. */
export type Choice = readonly Labels[];

export interface LabelSets {
  /** Of each kind of pod that the choices tell apart the labels of one: no more than make it one. */
  readonly sets: readonly Labels[];
  /** Whether every pod there can be is of one of these kinds. */
  readonly complete: boolean;
}

/**
 * The labels of pods for which choices fall out differently, each way in which they can fall out once: two selectors that want
 * different values of one label never fit the same pod.
 *
 * For any pod, take of each choice the selector that decides: the union of these is part of the pod's labels, fits nothing that the
 * pod does not fit, and so decides every choice in the same way. The sets are such unions, made choice by choice; one that an
 * earlier selector would decide otherwise is none.
 *
 * @param most - how many sets may be made; what is beyond is left out
 */
export function labelSets(choices: readonly Choice[], most: number): LabelSets {
  const sets: Labels[] = [{}];
  for (const [at, choice] of choices.entries()) {
    const decided = choices.slice(0, at);
    for (const labels of [...sets]) {
      for (const union of unionsWith(choice, labels, decided)) {
        // Somebody can write so many selectors that it would not end.
        if (sets.length >= most) return { sets, complete: false };
        sets.push(union);
      }
    }
  }
  return { sets, complete: true };
}

/** The labels with a selector more for which that selector decides the choice, and what was decided before stays so. */
function* unionsWith(choice: Choice, labels: Labels, decided: readonly Choice[]): Generator<Labels> {
  for (const [index, selector] of choice.entries()) {
    const union = { ...labels, ...selector };
    // What the labels fit as they are is decided without more labels.
    if (selects(selector, labels)) return;
    if (firstFitting(choice, union) !== index) continue;
    // Also where the selector wants another value of a label: then one that decided before fits no more.
    if (decided.every((one) => firstFitting(one, union) === firstFitting(one, labels))) yield union;
  }
}

/** How the choices fall out for a pod, as text that is equal where they fall out equally. */
export function outcomeOf(choices: readonly Choice[], labels: Labels): string {
  return choices.map((choice) => firstFitting(choice, labels)).join();
}

function firstFitting(choice: Choice, labels: Labels): number {
  return choice.findIndex((selector) => selects(selector, labels));
}

/** The choices that can fall out in more than one way, each once. */
export function distinctChoices(choices: Iterable<Choice>): readonly Choice[] {
  const found = new Map<string, Choice>();
  for (const choice of choices) {
    const open = choice.findIndex(isEmpty);
    const decisive = open < 0 ? choice : choice.slice(0, open);
    if (decisive.length > 0) found.set(JSON.stringify(decisive.map(sorted)), decisive);
  }
  return [...found.values()];
}

function isEmpty(selector: Labels): boolean {
  return Object.keys(selector).length === 0;
}

function sorted(selector: Labels): readonly (readonly [string, string])[] {
  return Object.entries(selector).sort(([a], [b]) => (a < b ? -1 : 1));
}
