import type { MeshObject } from '../mesh/mesh-object.js';
import type { ClientClass } from '../routing/classes.js';
import type { Topology } from '../routing/trace.js';
import type { TracedCall } from './comparison.js';
import type { Mode, RuleId } from './modes.js';

/** A rule: what it may say as data, and what it looks for as a function. */
export interface Rule {
  readonly id: RuleId;
  /** What each reason says. `{name}` stands for a value of the observation. */
  readonly reasons: Readonly<Record<string, ReasonText>>;
  /** Looks at one world; the same call is made for the world before the change, to tell what is new. */
  check(scene: Scene): Iterable<Observation>;
}

export interface ReasonText {
  /** What is wrong, in one sentence without a full stop. */
  readonly message: string;
  /** What to write, likewise. */
  readonly mend: string;
}

/** One world as the rules see it: the object that the change is about, as it is in this world, and what happens to its calls. */
export interface Scene {
  readonly topology: Topology;
  /** Undefined where this world has no such object. */
  readonly subject: MeshObject | undefined;
  /** The change deletes the object. */
  readonly deletes: boolean;
  readonly calls: readonly TracedCall[];
}

/** What a rule saw, without a word of prose. */
export interface Observation {
  readonly rule: RuleId;
  /** A key of the rule's reasons. */
  readonly reason: string;
  /** Where it is milder than the rule's own. */
  readonly mode?: Mode;
  readonly object: MeshObject;
  readonly field: string;
  readonly host?: string;
  readonly port?: number;
  readonly client?: ClientClass;
  /** Equal where two worlds show the same thing, whatever object decides: what is in the old world is not new. */
  readonly identity: string;
  /** For the placeholders of the reason's text. */
  readonly values?: Readonly<Record<string, string>>;
}
