import type { JudgedObject } from '../../mesh/judged-object.js';
import type { World } from '../../mesh/world/world.js';
import { callsInWords } from '../calls-in-words.js';
import type { TracedCall } from '../comparison.js';
import { observed } from '../delivery/observed.js';
import { nameOf } from '../object-name.js';
import type { Explanation, Observation, Rule, Scene } from '../rule.js';
import { definerOf, rulesFor, subsetLackOf, type SubsetLack } from '../subset-lack.js';

/** A route that names a subset which the client does not find. */
export const missingSubset: Rule = {
  id: 'missing-subset',
  messages: {
    'not-defined': {
      message: '{calls} from {clients} fail: no DestinationRule for {destination} defines the subset {subset}',
      mend: 'first apply a DestinationRule that does, in namespace {namespace}, or leave subset out',
    },
    'not-visible': {
      message: '{calls} from {clients} fail: {rule} defines the subset {subset}, and they do not see it',
      mend: 'define the subset in namespace {namespace}, in a DestinationRule without exportTo and workloadSelector',
    },
    'not-visible/outdone': {
      message: '{calls} from {clients} fail: {rule} defines the subset {subset}, and {nearer} goes before it',
      mend: 'define the subset in {nearer} too, or remove that',
    },
  },
  *check(scene: Scene): Generator<Observation> {
    const { subject, calls, topology } = scene;
    const { world } = topology;
    yield* observed(scene, 'missing-subset', 'warn');
    for (const call of calls) {
      for (const way of call.ways) {
        const lack = subsetLackOf(world, call, way);
        if (lack === undefined || (subject?.kind === 'VirtualService' && lack.route !== subject)) continue;
        const { touched, client } = call;
        const { shownHost } = touched;
        const { port } = touched.call;
        yield {
          identity: [lack.host, lack.subset, shownHost, port, client.description].join(' '),
          decider: lack.route,
          call,
          host: shownHost,
          port,
          explain: () => explain(world, subject, call, lack),
        };
      }
    }
  },
};

function explain(world: World, subject: JudgedObject | undefined, call: TracedCall, lack: SubsetLack): Explanation {
  const { route, field, host, subset, namespace, reads } = lack;
  const values = { calls: callsInWords(call.touched), destination: host, subset, namespace };
  const at = { mode: 'warn', object: route, field, values } as const;
  const definer = definerOf(world, lack);
  if (definer === undefined) return { ...at, message: 'not-defined' };
  const named = { ...values, rule: nameOf(definer) };
  // The injection has provided it, in vain: an outage that the author of the route cannot have meant.
  const isInjected = definer.metadata.labels['app.kubernetes.io/managed-by'] === 'sallyport';
  const mode = isInjected && subject === route ? 'enforce' : 'warn';
  const [nearer] = reads === undefined || reads === definer.metadata.namespace ? [] : rulesFor(world, reads, host);
  return nearer === undefined
    ? { ...at, mode, message: 'not-visible', values: named }
    : { ...at, mode, message: 'not-visible/outdone', values: { ...named, nearer: nameOf(nearer) } };
}
