import type { ServiceEntry } from '../mesh/kinds/service-entry.js';
import type { VirtualService } from '../mesh/kinds/virtual-service.js';
import type { JudgedObject } from '../mesh/judged-object.js';
import type { Topology } from '../routing/trace.js';
import type { TracedCall } from './comparison.js';
import type { Mode, RuleId } from './modes.js';

/** A rule: what it may say as data, and what it looks for as a function. */
export interface Rule {
  readonly id: RuleId;
  /** By reason, or by `reason/case` where one reason is told in several ways. `{name}` stands for a value of the explanation. */
  readonly messages: Readonly<Record<string, MessageText>>;
  /** Looks at one world; the same call is made for the world before the change, to tell what is new. */
  check(scene: Scene): Iterable<Observation>;
}

export interface MessageText {
  /** What is wrong, in one sentence without a full stop. */
  readonly message: string;
  /** What to write, likewise. */
  readonly mend: string;
}

/** One world as the rules see it: the object that the change is about, as it is in this world, and what happens to its calls. */
export interface Scene {
  readonly topology: Topology;
  /** Undefined where this world has no such object. */
  readonly subject: JudgedObject | undefined;
  /** What the change deletes; undefined in the world before it. */
  readonly removed: JudgedObject | undefined;
  /** What the subject was before the change; undefined in the world before it, and of a creation. */
  readonly former: JudgedObject | undefined;
  readonly calls: readonly TracedCall[];
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The entries that only this judgement assumes, each with the VirtualService for which it does. */
  readonly imagined: ReadonlyMap<ServiceEntry, VirtualService>;
}

/** What a rule saw, without a word of prose. */
export interface Observation {
  /** Equal where two worlds show the same thing, whatever object decides: what is in the old world is not new. */
  readonly identity: string;
  /** The identity of something that holds this one in it: where that is in the old world, this is not new either. */
  readonly wider?: string;
  /** The object that decides, where one does. */
  readonly decider?: JudgedObject;
  /** The call that shows it. */
  readonly call?: TracedCall;
  /** What the finding names: the call's host and port, or less. */
  readonly host?: string;
  readonly port?: number;
  /** Asked only for what is new. */
  explain(): Explanation;
}

/** What a person must know of an observation. */
export interface Explanation {
  /** A key of the rule's messages. What stands before its `/` is the reason. */
  readonly message: string;
  /** Where it is milder than the rule's own. */
  readonly mode?: Mode;
  /** The object and the field that a mend begins at. */
  readonly object: JudgedObject;
  readonly field: string;
  /** For the placeholders of the message. `clients` is added to them. */
  readonly values?: Readonly<Record<string, string>>;
}
