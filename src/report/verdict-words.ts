import type { Explanation, HopProxy } from '../routing/explanation/step.js';
import { isDelivered, type Outcome, type Verdict } from '../routing/outcome.js';

/** What the way of a call comes to. */
export type End = Verdict | 'stays-inside' | 'leaves-gateway' | 'fails-at-gateway';

/** A verdict in a word, and what it means in a sentence. */
export interface EndWords {
  readonly word: string;
  readonly sentence: string;
}

export const END_WORDS: Readonly<Record<End, EndWords>> = {
  delivered: {
    word: 'Delivered',
    sentence: 'calls like this leave the mesh through the egress gateway, and only there.',
  },
  leaks: {
    word: 'Leaks',
    sentence: 'calls like this can leave the mesh from the pod itself, past the egress gateway.',
  },
  passthrough: {
    word: 'Passes through',
    sentence: 'the sidecar knows nothing of it and lets it go wherever the pod dialled.',
  },
  blocked: { word: 'Blocked', sentence: 'the sidecar refuses the call, for nothing that it knows takes it.' },
  broken: {
    word: 'Broken',
    sentence: 'nothing leaves past the egress gateway, but calls like this fail, always or sometimes.',
  },
  'stays-inside': {
    word: 'Stays inside',
    sentence: 'the call goes to something in the mesh, and to no egress gateway.',
  },
  'leaves-gateway': { word: 'Leaves', sentence: 'the egress gateway sends calls like this out of the mesh.' },
  'fails-at-gateway': { word: 'Broken', sentence: 'calls like this fail at the egress gateway, always or sometimes.' },
};

/** What the way of a call comes to. A verdict is for calls that are to leave: one that stays inside is none of its business. */
export function endOf({ verdict, outcomes }: Explanation): End {
  if (verdict === undefined) return outcomes.every(isSentOut) ? 'leaves-gateway' : 'fails-at-gateway';
  return verdict === 'broken' && outcomes.every(staysInside) ? 'stays-inside' : verdict;
}

export function isFine(end: End): boolean {
  return end === 'delivered' || end === 'blocked' || end === 'stays-inside' || end === 'leaves-gateway';
}

/** Whether an outcome at this proxy is as it should be: a sidecar sends to an egress gateway that delivers, a gateway out. */
export function isDelivery(outcome: Outcome, proxy: HopProxy['kind']): boolean {
  if (proxy === 'sidecar') return isDelivered(outcome) || (outcome.type === 'cluster' && outcome.mirror === true);
  return isSentOut(outcome);
}

function isSentOut(outcome: Outcome): boolean {
  return outcome.type === 'cluster' && outcome.external === true && outcome.missing !== true;
}

function staysInside(outcome: Outcome): boolean {
  return outcome.type === 'cluster' && outcome.missing !== true && outcome.then === undefined;
}
