import type { MeshObject } from '../mesh/mesh-object.js';
import type { ObjectRef } from '../mesh/metadata.js';
import type { ExplainedWay, Explanation, Hop, HopProxy, Loser, Step } from '../routing/explanation/step.js';
import type { Outcome, Verdict } from '../routing/outcome.js';
import { lossText } from './loser-notes.js';
import { refOf, titleOf, type Locate } from './place.js';
import { wordsFor } from './step-words.js';

/** The way of a call for programs: the answer of a trace case, with its reasons. */
export interface ExplainJson {
  /** Missing where the call is asked about at the gateway. */
  readonly verdict?: Verdict;
  readonly outcomes: readonly Outcome[];
  readonly reasons: readonly ReasonJson[];
}

/** One step, in the order of the way. */
export interface ReasonJson extends Partial<PlaceJson> {
  /** `sidecar`, or the egress gateway's Service as `namespace/name`. */
  readonly proxy: string;
  /** The outcome that the step is about, as a path within this document; missing before the ways part. */
  readonly outcome?: string;
  readonly step: Step['step'];
  readonly reason: Step['reason'];
  readonly message: string;
  readonly losers: readonly LoserJson[];
}

export interface PlaceJson {
  readonly object: ObjectRef;
  readonly field: string;
  readonly file?: string;
  /** From 1. */
  readonly line?: number;
}

export interface LoserJson extends PlaceJson {
  readonly reason: Loser['reason'];
  readonly message: string;
  /** What it lost to. */
  readonly by?: PlaceJson;
}

/** The way of a call and its reasons, as data. */
export function explainJson(explanation: Explanation, locate: Locate): ExplainJson {
  const { verdict, outcomes, hop } = explanation;
  const reasons = hopReasons(hop, outcomes, '', locate);
  return { ...(verdict === undefined ? {} : { verdict }), outcomes, reasons };
}

/** `path` is that of the outcome which leads to this proxy; empty for the first. */
function hopReasons(hop: Hop, outcomes: readonly Outcome[], path: string, locate: Locate): readonly ReasonJson[] {
  const { proxy, steps, ways } = hop;
  const own = steps.map((step) => reasonOf(step, proxy, path, locate));
  const list = path === '' ? 'outcomes' : `${path}.then`;
  return [...own, ...ways.flatMap((way) => wayReasons(way, proxy, outcomes, list, locate))];
}

function wayReasons(
  { outcome, steps, next }: ExplainedWay,
  proxy: HopProxy,
  outcomes: readonly Outcome[],
  list: string,
  locate: Locate,
): readonly ReasonJson[] {
  const written = JSON.stringify(outcome);
  const path = `${list}[${outcomes.findIndex((one) => JSON.stringify(one) === written)}]`;
  const own = steps.map((step) => reasonOf(step, proxy, path, locate));
  if (next === undefined || outcome.type !== 'cluster') return own;
  return [...own, ...hopReasons(next, outcome.then ?? [], path, locate)];
}

function reasonOf(step: Step, proxy: HopProxy, path: string, locate: Locate): ReasonJson {
  return {
    proxy: proxy.kind === 'sidecar' ? 'sidecar' : proxy.service,
    ...(path === '' ? {} : { outcome: path }),
    step: step.step,
    reason: step.reason,
    message: wordsFor(step, titleOf(step.object)).text,
    ...(step.object === undefined ? {} : placeOf(step.object, step.field, locate)),
    losers: step.losers.map((loser) => loserOf(loser, step, proxy, locate)),
  };
}

function loserOf(loser: Loser, step: Step, proxy: HopProxy, locate: Locate): LoserJson {
  const { reason, object, field, by } = loser;
  return {
    reason,
    message: lossText(loser, step, proxy),
    ...placeOf(object, field, locate),
    ...(by === undefined ? {} : { by: placeOf(by.object, by.field, locate) }),
  };
}

function placeOf(object: MeshObject, field: string, locate: Locate): PlaceJson {
  const ref = refOf(object);
  const origin = locate(ref, field);
  return { object: ref, field, ...(origin === undefined ? {} : { file: origin.file, line: origin.line }) };
}
