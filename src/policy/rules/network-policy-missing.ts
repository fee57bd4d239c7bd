import type { NetworkPolicy } from '../../mesh/kinds/network-policy.js';
import type { JudgedObject } from '../../mesh/judged-object.js';
import type { World } from '../../mesh/world/world.js';
import { captureOf, isInjected } from '../captured-namespace.js';
import { outsideBlocks } from '../outside-blocks.js';
import type { Observation, Rule, Scene } from '../rule.js';

/** A namespace with sidecars that no NetworkPolicy keeps from going past them. */
export const networkPolicyMissing: Rule = {
  id: 'network-policy-missing',
  messages: {
    'no-policy': {
      message:
        'its pods get sidecars, and no NetworkPolicy closes their way out: what a sidecar does not take leaves the mesh directly',
      mend: 'apply a NetworkPolicy in it with an empty podSelector and policyTypes [Egress] that opens the cluster alone',
    },
    'last-policy': {
      message:
        'it is the last NetworkPolicy that closes the way out of all pods of namespace {namespace}: what a sidecar does not take then leaves the mesh directly',
      mend: 'keep one with an empty podSelector and policyTypes [Egress] that opens the cluster alone',
    },
    opens: {
      message: 'it opens a way to {where} past the sidecars and the egress gateway',
      mend: 'open pods, namespaces and the addresses of the cluster alone; what is outside is reached by the egress gateway',
    },
  },
  *check(scene: Scene): Generator<Observation> {
    const { subject, former } = scene;
    if (subject?.kind === 'Namespace') yield* ofNamespace(scene, subject);
    else if (subject?.kind === 'NetworkPolicy' || former?.kind === 'NetworkPolicy') yield* ofPolicy(scene);
  },
};

function* ofNamespace({ topology }: Scene, namespace: JudgedObject): Generator<Observation> {
  const { name, labels } = namespace.metadata;
  if (captureOf(labels)?.by !== 'sidecar' || !isToBeClosed(topology, name) || isClosed(topology.world, name)) return;
  yield {
    identity: 'no-policy',
    explain: () => ({ message: 'no-policy', object: namespace, field: 'metadata.labels' }),
  };
}

function* ofPolicy({ topology, subject, former }: Scene): Generator<Observation> {
  const { world } = topology;
  const was = former?.kind === 'NetworkPolicy' ? former : undefined;
  const is = subject?.kind === 'NetworkPolicy' ? subject : undefined;
  const object = is ?? was;
  if (object === undefined) return;
  const { namespace } = object.metadata;
  if (!isInjected(world, namespace) || !isToBeClosed(topology, namespace)) return;
  if (was !== undefined && closesAll(was) && !isClosed(world, namespace)) {
    yield {
      identity: 'last-policy',
      explain: () => ({ message: 'last-policy', object, field: 'spec', values: { namespace } }),
    };
    return;
  }
  // Where nothing closes the way out, nothing opens it.
  if (is === undefined || !isClosed(world, namespace)) return;
  for (const { index, where } of openings(world, is)) {
    yield {
      identity: `opens ${where}`,
      explain: () => ({ message: 'opens', object: is, field: `spec.egress[${index}]`, values: { where } }),
    };
  }
}

/** The egress gateway itself must get out. */
function isToBeClosed({ world, isEgressGateway }: Scene['topology'], namespace: string): boolean {
  return !world.services.of(namespace).some(isEgressGateway);
}

function isClosed(world: World, namespace: string): boolean {
  return world.networkPolicies.of(namespace).some(closesAll);
}

function closesAll({ spec }: NetworkPolicy): boolean {
  return spec.selectsAll && spec.closesEgress;
}

interface Opening {
  readonly index: number;
  readonly where: string;
}

/** The rules of a policy that open something outside. Names must be looked up, whoever answers. */
function* openings({ mesh }: World, { spec }: NetworkPolicy): Generator<Opening> {
  if (!spec.closesEgress) return;
  for (const [index, { toAnywhere, blocks, dnsOnly }] of spec.egress.entries()) {
    if (toAnywhere && !dnsOnly) yield { index, where: 'everywhere' };
    for (const where of outsideBlocks(mesh, blocks)) yield { index, where };
  }
}
