import fc from 'fast-check';
import t from 'tap';
import { applyPatch } from '../../src/admission/apply-patch.js';
import { mutate } from '../../src/admission/mutate.js';
import { releaseOf } from '../../src/admission/release.js';
import { validate } from '../../src/admission/validate.js';
import { DEFAULT_MESH } from '../../src/mesh/kinds/mesh-config.js';
import { OLDEST } from '../../src/mesh/metadata.js';
import { readObject } from '../../src/mesh/read-object.js';
import { MeshWorld } from '../../src/mesh/world/mesh-world.js';
import { egressGatewayTest } from '../../src/policy/egress-gateways.js';
import { HELD_EXPORT_TO } from '../../src/policy/held-entries.js';
import { DEFAULT_POLICY, type Policy, type Unrouted } from '../../src/policy/policy.js';
import { verdictOf } from '../../src/routing/outcome.js';
import { trace } from '../../src/routing/trace.js';
import { outcomesOf } from '../../src/routing/way.js';
import { read } from '../policy/judgement.js';
import {
  EGRESS,
  egressGateway,
  entry,
  gateway,
  gatewayHttp,
  meshHttp,
  routes,
  subsets,
  toHost,
  type Document,
} from '../policy/manifests.js';
import { requestFor } from './request.js';

const POLICIES: Readonly<Record<Unrouted, Policy>> = {
  deny: { ...DEFAULT_POLICY, serviceEntries: { unrouted: 'deny' } },
  hold: { ...DEFAULT_POLICY, serviceEntries: { unrouted: 'hold' } },
  warn: { ...DEFAULT_POLICY, serviceEntries: { unrouted: 'warn' } },
};
const isEgressGateway = egressGatewayTest(DEFAULT_POLICY);
const HOSTS = ['cnn', 'bbc', 'npr'] as const;
const BORN = '2024-05-01T12:00:00Z';

/** What the API server stores, and a world that follows it. */
class Store {
  readonly world = new MeshWorld({ ...DEFAULT_MESH, outboundTrafficPolicy: 'REGISTRY_ONLY' }, [
    read(egressGateway(), OLDEST),
  ]);
  readonly #documents = new Map<string, Document>();
  policy = POLICIES.hold;

  /** Applies a document as a file that is sent whole. Whether it was admitted. */
  async send(sent: Document): Promise<boolean> {
    const old = this.get(sent);
    const change = old === undefined ? { object: sent } : { object: born(sent), oldObject: old };
    const grounds = { world: this.world, policy: this.policy, now: 0, worldAge: 0 };
    const mutated = await mutate(requestFor(change), grounds, (manifest) => {
      const rule = readObject(manifest, OLDEST);
      if (rule !== undefined) this.world.put(rule);
      return Promise.resolve();
    });
    if (!mutated.allowed) return false;
    const object = applyPatch(change.object, mutated.patch ?? []) as Document;
    const { allowed } = validate(requestFor({ ...change, object }), grounds);
    if (allowed) this.#put(born(object));
    return allowed;
  }

  /** Deletes what is there of a document. Whether it was admitted. */
  drop(document: Document): boolean {
    const old = this.get(document);
    if (old === undefined) return true;
    const grounds = { world: this.world, policy: this.policy, now: 0, worldAge: 0 };
    const { allowed } = validate(requestFor({ oldObject: old }), grounds);
    if (!allowed) return false;
    const { kind, metadata } = read(old, OLDEST);
    this.#documents.delete(keyOf(old));
    this.world.remove(kind, metadata.namespace, metadata.name);
    return true;
  }

  /** The controller's turn, whose patch passes the webhooks as any other. How many entries were given back. */
  async release(): Promise<number> {
    let count = 0;
    for (const object of [...this.world.all('ServiceEntry')]) {
      const release = releaseOf({ world: this.world, policy: this.policy, now: 0 }, object);
      const { kind, metadata } = object;
      const stored = this.#documents.get(`${kind}/${metadata.namespace}/${metadata.name}`);
      if (release === undefined || 'obstacles' in release || stored === undefined) continue;
      if (!(await this.send(applyPatch(stored, release.patch) as Document))) throw new Error('a release was refused');
      if (annotationOf(this.get(stored)) === undefined) count += 1;
    }
    return count;
  }

  get(document: Document): Document | undefined {
    return this.#documents.get(keyOf(document));
  }

  #put(document: Document): void {
    this.#documents.set(keyOf(document), document);
    this.world.put(read(document, OLDEST));
  }
}

function born(document: Document): Document {
  return { ...document, metadata: { ...Object(document['metadata']), creationTimestamp: BORN } as Document };
}

function keyOf({ kind, metadata }: Document): string {
  const { namespace, name } = metadata as { readonly namespace: string; readonly name: string };
  return `${String(kind)}/${namespace}/${name}`;
}

function annotationOf(document: Document | undefined): unknown {
  const { annotations } = Object(document?.['metadata']) as { readonly annotations?: Document };
  return annotations?.[HELD_EXPORT_TO];
}

/** The calls of pods outside the gateway's namespace that leave the mesh past the gateway. */
function leaks(world: MeshWorld): readonly string[] {
  const found: string[] = [];
  for (const namespace of ['shop', 'pay', 'elsewhere']) {
    for (const host of HOSTS.map((name) => `${name}.com`)) {
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

/** The four objects of a host: the entry, the Gateway, the rule and the routes, each as it should be. */
function right(name: string): readonly Document[] {
  const host = `${name}.com`;
  const server = { port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: [host] };
  return [
    entry(['80 HTTP'], { hosts: [host] }, { name }),
    gateway({ name }, { servers: [server] }),
    subsets({ subsets: [{ name }] }, { name, namespace: 'istio-system' }),
    routes({ hosts: [host], gateways: ['mesh', name], http: [mesh(name), out(name)] }, { name }),
  ];
}

function mesh(name: string): Document {
  return { ...meshHttp(), route: [{ destination: { host: EGRESS, subset: name, port: { number: 80 } } }] };
}

function out(name: string, gateways: readonly string[] = [name]): Document {
  return { ...gatewayHttp(80, `${name}.com`), match: [{ gateways, port: 80 }] };
}

/** What people write instead. */
function wrong(name: string): readonly Document[] {
  const host = `${name}.com`;
  const bound = (http: readonly Document[], more: Document = {}) =>
    routes({ hosts: [host], gateways: ['mesh', name], http, ...more }, { name });
  const direct = { match: [{ gateways: ['mesh'], port: 80 }], route: [toHost(80, host)] };
  const some = { ...mesh(name), match: [{ gateways: ['mesh'], port: 80, uri: { prefix: '/some' } }] };
  const split = {
    match: [{ gateways: ['mesh'], port: 80 }],
    route: [
      { destination: { host: EGRESS, subset: name, port: { number: 80 } }, weight: 50 },
      { ...toHost(80, host), weight: 50 },
    ],
  };
  const forged = (exportTo: readonly string[]) =>
    entry(['80 HTTP'], { hosts: [host], exportTo }, { name, annotations: { [HELD_EXPORT_TO]: '["*"]' } });
  return [
    bound([out(name)]),
    bound([direct, out(name)]),
    bound([some, out(name)]),
    bound([split, out(name)]),
    bound([{ route: [toHost(80, host)] }]),
    bound([mesh(name), out(name)], { exportTo: ['.'] }),
    bound([mesh(name), out(name)], { gateways: [name] }),
    entry(['80 HTTP', '443 TLS'], { hosts: [host] }, { name }),
    entry(['80 HTTP'], { hosts: [host], exportTo: ['pay'] }, { name }),
    entry(['80 HTTP'], { hosts: [host] }, { name: `${name}-again`, namespace: 'pay' }),
    entry(['443 TLS'], { hosts: [`*.com`] }, { name: 'all', namespace: 'pay' }),
    forged(['*']),
    forged(['pay']),
    forged(['istio-system', 'shop']),
    forged(['istio-system']),
  ];
}

/** Whoever writes what is right in the end gets it, whatever was there before. */
async function settle(store: Store, said: readonly string[]): Promise<void> {
  store.policy = POLICIES.hold;
  const failed = (what: string) => new Error(`${what}, after ${said.join('; ')}`);
  const all = HOSTS.flatMap((name) => right(name));
  const entries = all.filter(({ kind }) => kind === 'ServiceEntry');
  const send = async (document: Document): Promise<void> => {
    if (!(await store.send(document))) throw failed(`refused ${keyOf(document)}`);
  };
  // The routes first: beside wrong ones a new entry is refused, and not held; and what is deleted may have hidden that they are.
  for (const document of all.toReversed()) if (!entries.includes(document)) await send(document);
  for (const extra of HOSTS.flatMap((name) => wrong(name)).filter((document) => keyOf(document).includes('/pay/'))) {
    if (!store.drop(extra)) throw failed(`refused to delete ${keyOf(extra)}`);
  }
  for (const document of entries) await send(document);
  while ((await store.release()) > 0);
  for (const document of entries) {
    const stored = store.get(document);
    if (annotationOf(stored) !== undefined) throw failed(`${keyOf(document)} is still held`);
    if (JSON.stringify(stored?.['spec']) !== JSON.stringify(document['spec'])) {
      throw failed(`${keyOf(document)} is not as it was written`);
    }
  }
  if (leaks(store.world).length > 0) throw failed('leaks in the end');
}

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ does: fc.constant('right' as const), host: fc.nat(2), which: fc.nat(3) }) },
  { weight: 5, arbitrary: fc.record({ does: fc.constant('wrong' as const), host: fc.nat(2), which: fc.nat(14) }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('drop' as const), host: fc.nat(2), which: fc.nat(3) }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constant('release' as const), host: fc.nat(2), which: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('flip' as const), host: fc.nat(2), which: fc.nat(1) }) },
);

t.test('whatever is tried, in whatever order, nothing leaks', async (t) => {
  const counts = { admitted: 0, refused: 0, held: 0, released: 0 };
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 40 }), async (steps) => {
      const store = new Store();
      const said: string[] = [];
      for (const { does, host, which } of steps) {
        const name = HOSTS[host] ?? 'cnn';
        const document = (does === 'wrong' ? wrong : right)(name)[which];
        if (does === 'release') counts.released += await store.release();
        else if (does === 'flip') store.policy = which === 0 ? POLICIES.hold : POLICIES.deny;
        else if (document !== undefined) {
          const isIn = does === 'drop' ? store.drop(document) : await store.send(document);
          counts[isIn ? 'admitted' : 'refused'] += 1;
          if (annotationOf(store.get(document)) !== undefined) counts.held += 1;
        }
        said.push(`${does} ${name} ${which}`);
        const found = leaks(store.world);
        if (found.length > 0) throw new Error(`${found.join(', ')} after ${said.join('; ')}`);
      }
      await settle(store, said);
    }),
    { numRuns: 150 },
  );
  t.comment(JSON.stringify(counts));
  for (const [what, count] of Object.entries(counts)) t.ok(count > 0, what);
});
