import fc from 'fast-check';
import t from 'tap';
import { applyPatch } from '../../src/admission/apply-patch.js';
import { mutate } from '../../src/admission/mutate.js';
import { releaseOf } from '../../src/admission/release.js';
import { validate } from '../../src/admission/validate.js';
import { OLDEST } from '../../src/mesh/metadata.js';
import type { MeshWorld } from '../../src/mesh/world/mesh-world.js';
import { egressGatewayTest } from '../../src/policy/egress-gateways.js';
import { HELD_EXPORT_TO } from '../../src/policy/held-entries.js';
import { DEFAULT_POLICY, type Policy } from '../../src/policy/policy.js';
import { outcomesOf } from '../../src/routing/way.js';
import { verdictOf } from '../../src/routing/outcome.js';
import { trace } from '../../src/routing/trace.js';
import {
  entry,
  fullPair,
  gatewayHttp,
  gatewayTls,
  httpPair,
  meshHttp,
  meshTls,
  routes,
  type Document,
} from '../policy/manifests.js';
import { read } from '../policy/judgement.js';
import { requestFor, worldWith } from './request.js';

const HOLD: Policy = { ...DEFAULT_POLICY, serviceEntries: { unrouted: 'hold' } };
const isEgressGateway = egressGatewayTest(HOLD);

/** What the API server stores, and the world that follows it. */
class Store {
  readonly world: MeshWorld = worldWith([]);
  readonly #documents = new Map<string, Document>();

  /** As kubectl applies a file for the first time, or sends all of it again. Whether it was admitted. */
  async send(sent: Document): Promise<boolean> {
    const old = this.get(sent);
    const kept = {
      ...sent,
      metadata: { creationTimestamp: '2024-05-01T12:00:00Z', ...Object(sent['metadata']) } as Document,
    };
    const change = old === undefined ? { object: sent } : { object: kept, oldObject: old };
    const grounds = { world: this.world, policy: HOLD, now: 0, worldAge: 0 };
    const { patch = [] } = await mutate(requestFor(change), grounds, () => Promise.resolve());
    const object = applyPatch(change.object, patch) as Document;
    const { allowed } = validate(requestFor({ ...change, object }), grounds);
    if (allowed)
      this.#put({ ...object, metadata: { creationTimestamp: '2024-05-01T12:00:00Z', ...Object(object['metadata']) } });
    return allowed;
  }

  /** The controller's turn: everything that can be given back is. */
  release(): void {
    for (const object of [...this.world.all('ServiceEntry')]) {
      const release = releaseOf({ world: this.world, policy: HOLD, now: 0 }, object);
      if (release === undefined || 'obstacles' in release) continue;
      const { kind, metadata } = object;
      const stored = this.#documents.get(`${kind}/${metadata.namespace}/${metadata.name}`);
      if (stored !== undefined) this.#put(applyPatch(stored, release.patch) as Document);
    }
  }

  get(document: Document): Document | undefined {
    return this.#documents.get(keyOf(document));
  }

  #put(document: Document): void {
    this.#documents.set(keyOf(document), document);
    this.world.put(read(document, OLDEST));
  }
}

function keyOf({ kind, metadata }: Document): string {
  const { namespace, name } = metadata as { readonly namespace: string; readonly name: string };
  return `${String(kind)}/${namespace}/${name}`;
}

/** The calls that leave the mesh past the gateway, of pods outside its namespace: what the hold promises. */
function leaks(world: MeshWorld): readonly string[] {
  const found: string[] = [];
  for (const namespace of ['shop', 'pay', 'elsewhere']) {
    for (const host of ['cnn.com', 'bbc.com']) {
      for (const [port, protocol] of [
        [80, 'http'],
        [443, 'tls'],
        [443, 'tcp'],
      ] as const) {
        const client = { kind: 'sidecar', namespace, labels: {} } as const;
        const ways = trace({ world, isEgressGateway }, client, { host, port, protocol });
        if (verdictOf(outcomesOf(ways)) === 'leaks') found.push(`${namespace} ${protocol} ${host}:${port}`);
      }
    }
  }
  return found;
}

const WISHES = [undefined, ['*'], ['.'], ['pay', 'istio-system'], []] as const;

/** Two hosts, each with an entry and with routes. */
const scenario = fc.record({
  wishes: fc.tuple(fc.constantFrom(...WISHES), fc.constantFrom(...WISHES)),
  ports: fc.constantFrom(['80 HTTP'], ['80 HTTP', '443 TLS']),
  order: fc.array(fc.nat(), { minLength: 6, maxLength: 24 }),
});

interface Scenario {
  readonly wishes: readonly (readonly string[] | undefined)[];
  readonly ports: readonly string[];
}

function manifests({ wishes, ports }: Scenario) {
  const entries = ['cnn', 'bbc'].map((name, index) => {
    const exportTo = wishes[index];
    return entry(ports, { hosts: [`${name}.com`], ...(exportTo === undefined ? {} : { exportTo }) }, { name });
  });
  const whole = [fullPair({ name: 'cnn' }), named('bbc')];
  const [first, second] = ports.length === 1 ? [httpPair({ name: 'cnn' }), named('bbc')] : whole;
  return { entries, routes: [first, second] };
}

function named(name: string): Document {
  const host = `${name}.com`;
  const spec = { hosts: [host], http: [meshHttp(), gatewayHttp(80, host)], tls: [meshTls(host), gatewayTls(host)] };
  return routes(spec, { name });
}

t.test(
  'in whatever order and however often all is applied, nothing leaks, and in the end all is as it was written',
  async (t) => {
    await fc.assert(
      fc.asyncProperty(scenario, async (drawn) => {
        const { entries, routes: written } = manifests(drawn);
        const all = [...entries, ...written];
        const store = new Store();
        const turns = [...drawn.order, ...all.keys()];
        for (const turn of turns) {
          const sent = all[turn % all.length];
          if (sent === undefined) continue;
          if (!(await store.send(sent))) throw new Error(`refused: ${JSON.stringify(sent)}`);
          const found = leaks(store.world);
          if (found.length > 0) throw new Error(`leaks after ${keyOf(sent)}: ${found.join(', ')}`);
          if (turn % 3 === 0) store.release();
        }
        store.release();
        for (const sent of entries) {
          const stored = store.get(sent) as { spec: unknown; metadata: { annotations?: Document } } | undefined;
          if (JSON.stringify(stored?.spec) !== JSON.stringify(sent['spec'])) {
            throw new Error(`not as written: ${JSON.stringify(stored)}`);
          }
          if (stored?.metadata.annotations?.[HELD_EXPORT_TO] !== undefined) throw new Error('the annotation is left');
        }
        if (leaks(store.world).length > 0) throw new Error('leaks in the end');
      }),
      { numRuns: 150 },
    );
    t.pass('none of 150');
  },
);
