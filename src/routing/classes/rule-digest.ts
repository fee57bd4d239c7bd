import type { DestinationRule } from '../../mesh/kinds/destination-rule.js';
import type { Labels } from '../../mesh/metadata.js';
import type { HostLookup } from '../../mesh/world/host-lookup.js';
import type { World } from '../../mesh/world/world.js';

/** What the DestinationRules of one namespace for one host or wildcard hold that can tell clients apart. */
export interface RuleDigest {
  /** The namespaces to which one is exported by name. */
  readonly named: readonly string[];
  /** Every client sees them all. */
  readonly everybodys: boolean;
  /** The selectors of those that are for some pods only, oldest first. */
  readonly selectors: readonly Labels[];
}

/** Each digest of the DestinationRules of a namespace that can have a say in what becomes of calls to a cluster's host. */
export function ruleDigests(world: World, namespace: string, host: string): readonly RuleDigest[] {
  const lookup = world.destinationRules(namespace);
  const patterns = lookup.covering(host);
  const own = lookup.of(host).length > 0 ? [digestAt(world, lookup, host)] : NONE;
  return patterns.length === 0 ? own : [...own, ...patterns.map((pattern) => digestAt(world, lookup, pattern))];
}

const NONE: readonly RuleDigest[] = Object.freeze([]);

interface Remembered {
  readonly version: number;
  readonly byHost: Map<string, RuleDigest>;
}

/** Of a gateway's host there may be one for every external host of the mesh. */
const REMEMBERED = new WeakMap<HostLookup<DestinationRule>, Remembered>();

function digestAt(world: World, lookup: HostLookup<DestinationRule>, host: string): RuleDigest {
  let memory = REMEMBERED.get(lookup);
  if (memory?.version !== lookup.version) {
    memory = { version: lookup.version, byHost: new Map() };
    REMEMBERED.set(lookup, memory);
  }
  const known = memory.byHost.get(host);
  if (known !== undefined) return known;
  const made = digestOf(lookup.of(host), world.mesh.defaultDestinationRuleExportTo);
  memory.byHost.set(host, made);
  return made;
}

function digestOf(rules: readonly DestinationRule[], standard: readonly string[]): RuleDigest {
  const named = new Set<string>();
  let everybodys = true;
  const selectors: Labels[] = [];
  for (const { spec } of rules) {
    const { exportTo, workloadSelector } = spec;
    if (workloadSelector !== undefined) selectors.push(workloadSelector);
    const isPublic = exportTo.includes('*') || (exportTo.length === 0 && !standard.includes('.'));
    if (!isPublic || workloadSelector !== undefined) everybodys = false;
    if (!isPublic) for (const target of exportTo) if (target !== '.') named.add(target);
  }
  return { named: [...named], everybodys, selectors };
}
