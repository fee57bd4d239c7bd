import { DEFAULT_MESH, type MeshConfig } from '../mesh/kinds/mesh-config.js';
import type { OutboundMode } from '../mesh/kinds/sidecar.js';
import type { Labels } from '../mesh/metadata.js';
import { matchesGlob } from './glob.js';
import { stricter, type Mode, type RuleId } from './modes.js';

/** Everything that a platform team decides: the policy file, with the defaults where it is silent. */
export interface Policy {
  readonly mesh: MeshSettings;
  /** A Service that any of these chooses is an egress gateway. */
  readonly egressGateways: readonly GatewayChoice[];
  /** The modes that differ from the rules' own. */
  readonly rules: RuleModes;
  /** In order: the first that matches a namespace counts for it, whatever follows. */
  readonly namespaces: readonly NamespaceRules[];
  readonly serviceEntries: { readonly unrouted: Unrouted };
  readonly injection: {
    readonly enabled: boolean;
    readonly onFailure: 'deny' | 'warn';
    /** How many injected subsets the routes of one namespace may ask for. */
    readonly maxPerNamespace: number;
  };
  readonly failure: {
    /** The answer of a rule that throws, and under overload. */
    readonly onError: 'deny' | 'allow';
    /** The answer when the world is not fresh. */
    readonly staleWorld: 'deny' | 'allow';
    /** From when on a world that hears nothing of its source is not fresh, in milliseconds. */
    readonly staleAfter: number;
  };
}

export interface MeshSettings {
  readonly rootNamespace: string;
  readonly domain: string;
  /** Address blocks that are not outside the mesh. */
  readonly internalCIDRs: readonly string[];
  /** `auto`: what the mesh's own configuration says. */
  readonly outboundTrafficPolicy: OutboundMode | 'auto';
}

/** Which Services are egress gateways: those whose own selector holds these labels, or the one of that name. */
export type GatewayChoice =
  | { readonly by: 'selector'; readonly selector: Labels }
  | { readonly by: 'service'; readonly namespace: string; readonly name: string };

export type RuleModes = Readonly<Partial<Record<RuleId, Mode>>>;

export interface NamespaceRules {
  /** Globs. */
  readonly match: readonly string[];
  readonly rules: RuleModes;
}

/** What becomes of a ServiceEntry whose hosts no route takes to the gateway yet. */
export type Unrouted = 'deny' | 'hold' | 'warn';

export const DEFAULT_POLICY: Policy = {
  mesh: {
    rootNamespace: DEFAULT_MESH.rootNamespace,
    domain: DEFAULT_MESH.domain,
    internalCIDRs: DEFAULT_MESH.internalCIDRs,
    outboundTrafficPolicy: 'auto',
  },
  egressGateways: [{ by: 'selector', selector: { istio: 'egressgateway' } }],
  rules: {},
  namespaces: [],
  serviceEntries: { unrouted: 'deny' },
  injection: { enabled: true, onFailure: 'deny', maxPerNamespace: 500 },
  failure: { onError: 'deny', staleWorld: 'deny', staleAfter: 60_000 },
};

/**
 * The mode of a finding of `rule` about these namespaces: the object's, and the leaking client's where there is one. Of their
 * modes the stricter counts. `defaultMode` is the finding's own, for where the policy says nothing of the rule.
 */
export function modeOf(policy: Policy, rule: RuleId, defaultMode: Mode, namespaces: readonly string[]): Mode {
  const general = policy.rules[rule] ?? defaultMode;
  if (policy.namespaces.length === 0 || namespaces.length === 0) return general;
  return namespaces.map((namespace) => modeIn(policy, rule, namespace) ?? general).reduce(stricter);
}

/** The first entry that matches counts even where it says nothing of the rule: then the general mode is the namespace's. */
function modeIn(policy: Policy, rule: RuleId, namespace: string): Mode | undefined {
  const entry = policy.namespaces.find(({ match }) => match.some((glob) => matchesGlob(glob, namespace)));
  return entry?.rules[rule];
}

/** The mesh as the policy has it: the ground on which the mesh's own configuration is read. */
export function meshGround(settings: MeshSettings): MeshConfig {
  const { rootNamespace, domain, internalCIDRs } = settings;
  return settleMesh(settings, { ...DEFAULT_MESH, rootNamespace, domain, internalCIDRs });
}

/** The mesh's own configuration, with what the policy decides against it. */
export function settleMesh(settings: MeshSettings, configured: MeshConfig): MeshConfig {
  const { outboundTrafficPolicy } = settings;
  return outboundTrafficPolicy === 'auto' ? configured : { ...configured, outboundTrafficPolicy };
}
