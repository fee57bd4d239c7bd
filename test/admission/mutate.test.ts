import fc from 'fast-check';
import t from 'tap';
import { mutate } from '../../src/admission/mutate.js';
import type { PatchOperation } from '../../src/admission/response.js';
import type { AdmissionRequest } from '../../src/admission/review.js';
import { DEFAULT_POLICY, type Policy } from '../../src/policy/policy.js';
import { EGRESS, entry, gatewayHttp, httpPair, routes, subsets, type Document } from '../policy/manifests.js';
import { requestFor, worldWith } from './request.js';

const unnamed: Document = { destination: { host: EGRESS, port: { number: 80 } } };
const wanting = routes({ http: [{ match: [{ gateways: ['mesh'] }], route: [unnamed] }, gatewayHttp()] });
const edge: Document = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'egress-b', namespace: 'edge' },
  spec: { clusterIP: '10.96.0.11', selector: { istio: 'egressgateway' }, ports: [{ name: 'tls', port: 443 }] },
};

interface Circumstances {
  readonly world?: readonly Document[];
  readonly injection?: Partial<Policy['injection']>;
  readonly apply?: (manifest: unknown) => Promise<void>;
}

/** The answer, and what was applied. */
async function answer(request: AdmissionRequest, { world = [], injection = {}, apply }: Circumstances = {}) {
  const applied: unknown[] = [];
  const policy = { ...DEFAULT_POLICY, injection: { ...DEFAULT_POLICY.injection, ...injection } };
  const grounds = { world: worldWith(world), policy, now: 0, worldAge: 0 };
  const response = await mutate(request, grounds, async (manifest) => {
    await apply?.(manifest);
    applied.push(manifest);
  });
  return { response, applied };
}

t.test('a route to the gateway gets its subset, and the rule is there before the answer', async (t) => {
  const { response, applied } = await answer(requestFor({ object: wanting }));
  t.strictSame(response, {
    uid: 'u-1',
    allowed: true,
    patch: [{ op: 'add', path: '/spec/http/0/route/0/destination/subset', value: 'cnn-com' }],
  });
  t.match(applied, [{ kind: 'DestinationRule', spec: { host: EGRESS, subsets: [{ name: 'cnn-com' }] } }]);
  t.equal(applied.length, 1);
});

t.test('an update likewise', async (t) => {
  const { response, applied } = await answer(requestFor({ object: wanting, oldObject: httpPair() }));
  t.equal(response.patch?.length, 1);
  t.equal(applied.length, 1);
});

t.test('a dry run gets the same answer and applies nothing', async (t) => {
  const { response, applied } = await answer(requestFor({ object: wanting }, { dryRun: true }));
  t.strictSame(response, (await answer(requestFor({ object: wanting }))).response);
  t.strictSame(applied, []);
});

t.test('what wants nothing is let through as it is', async (t) => {
  const nothing = { response: { uid: 'u-1', allowed: true }, applied: [] };
  for (const [name, request] of Object.entries({
    'a subset is named': requestFor({ object: httpPair() }),
    'another kind': requestFor({ object: entry(['80 HTTP']) }),
    'a deletion': requestFor({ oldObject: wanting }),
    'a kind that is not judged': requestFor({ object: { ...wanting, kind: 'Deployment', apiVersion: 'apps/v1' } }),
    'a subresource': requestFor({ object: wanting }, { subResource: 'status' }),
  })) {
    t.strictSame(await answer(request), nothing, name);
  }
  t.strictSame(
    await answer(requestFor({ object: wanting }), { injection: { enabled: false } }),
    nothing,
    'injection is off',
  );
});

t.test('the injection’s own subset, named by the author, has its rule applied where nobody defines it', async (t) => {
  const named = routes({
    http: [{ match: [{ gateways: ['mesh'] }], route: [{ destination: { host: EGRESS, subset: 'cnn-com' } }] }],
  });
  const { response, applied } = await answer(requestFor({ object: named }));
  t.strictSame(response, { uid: 'u-1', allowed: true });
  t.equal(applied.length, 1);
  const known = subsets({ subsets: [{ name: 'cnn-com' }] }, { name: 'own' });
  t.strictSame((await answer(requestFor({ object: named }), { world: [known] })).applied, []);
});

t.test('two destinations of one gateway need one rule, two gateways one each', async (t) => {
  const two = routes({
    http: [
      {
        match: [{ gateways: ['mesh'] }],
        route: [unnamed, { destination: { host: 'egress-b.edge.svc.cluster.local' } }, unnamed],
        mirrors: [{ destination: { host: EGRESS } }],
      },
    ],
  });
  const { response, applied } = await answer(requestFor({ object: two }), { world: [edge] });
  t.strictSame(
    response.patch?.map(({ path }) => path),
    [
      '/spec/http/0/route/0/destination/subset',
      '/spec/http/0/route/2/destination/subset',
      '/spec/http/0/mirrors/0/destination/subset',
      '/spec/http/0/route/1/destination/subset',
    ],
  );
  t.match(applied, [{ metadata: { namespace: 'istio-system' } }, { metadata: { namespace: 'edge' } }]);
  t.equal(applied.length, 2);
});

/** What the rooms outside throw: an error with a code, whose message is for people. */
class Refused extends Error {
  readonly code = 'forbidden';
}

t.test('a rule that cannot be applied refuses the route, or leaves it without a subset', async (t) => {
  const apply = () => Promise.reject(new Refused('the API server refuses it'));
  const denied = await answer(requestFor({ object: wanting }), { apply });
  t.equal(denied.response.allowed, false);
  t.equal(denied.response.patch, undefined);
  t.match(
    denied.response.status?.message,
    /^Sallyport could not provide the subset cnn-com: DestinationRule istio-system\/sallyport-istio-egressgateway-cnn-com could not be applied: the API server refuses it\.\n/,
  );
  const warned = await answer(requestFor({ object: wanting }), { apply, injection: { onFailure: 'warn' } });
  t.equal(warned.response.allowed, true);
  t.equal(warned.response.patch, undefined, 'a subset that nobody defines breaks the calls');
  t.match(warned.response.warnings, [/could not provide the subset cnn-com/]);
});

t.test('what could be applied is named, and what could not is not', async (t) => {
  const two = routes({
    http: [
      {
        match: [{ gateways: ['mesh'] }],
        route: [unnamed, { destination: { host: 'egress-b.edge.svc.cluster.local' } }],
      },
    ],
  });
  const apply = (manifest: unknown) =>
    (manifest as { readonly metadata: { readonly namespace: string } }).metadata.namespace === 'edge'
      ? Promise.reject(new Refused('no'))
      : Promise.resolve();
  const { response } = await answer(requestFor({ object: two }), {
    world: [edge],
    apply,
    injection: { onFailure: 'warn' },
  });
  t.strictSame(response.patch, [{ op: 'add', path: '/spec/http/0/route/0/destination/subset', value: 'cnn-com' }]);
  t.equal(response.warnings?.length, 1);
});

t.test('the text of an error that was not written for people stays inside', async (t) => {
  for (const thrown of [new TypeError('secret of undefined'), 'secret']) {
    // Whoever rejects may reject with anything.
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
    const { response } = await answer(requestFor({ object: wanting }), { apply: () => Promise.reject(thrown) });
    t.equal(response.allowed, false);
    t.notMatch(response.status?.message, /secret/);
  }
});

t.test('the bound on what a namespace may ask for holds in a dry run too', async (t) => {
  for (const dryRun of [false, true]) {
    const { response, applied } = await answer(requestFor({ object: wanting }, { dryRun }), {
      injection: { maxPerNamespace: 0 },
    });
    t.equal(response.allowed, false);
    t.match(response.status?.message, /injection\.maxPerNamespace/);
    t.strictSame(applied, []);
  }
});

t.test('an object that cannot be read is refused with its fields', async (t) => {
  const { response } = await answer(requestFor({ object: { ...wanting, spec: { hosts: 'cnn.com' } } }));
  t.equal(response.allowed, false);
  t.match(response.status?.message, /^Sallyport cannot read VirtualService shop\/cnn\.\nspec\.hosts: /);
});

/** RFC 6902 `add` at an RFC 6901 pointer, as the API server does it: every part of the way must be there. */
function patched(document: unknown, patch: readonly PatchOperation[]): unknown {
  const copy: unknown = structuredClone(document);
  for (const operation of patch) {
    const parts = operation.path.slice(1).split('/');
    const last = parts.pop();
    let at: unknown = copy;
    for (const part of parts) {
      if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) throw new Error(`no ${operation.path}`);
      at = (at as Record<string, unknown>)[part];
    }
    if (operation.op !== 'add' || typeof at !== 'object' || at === null || last === undefined)
      throw new Error('no add');
    (at as Record<string, unknown>)[last] = operation.value;
  }
  return copy;
}

/** A document with every destination of a mesh rule at the gateway named by hand. */
function named(document: unknown): unknown {
  const copy = structuredClone(document) as Shape;
  for (const section of ['http', 'tls', 'tcp'] as const) {
    for (const rule of copy.spec[section] ?? []) {
      const forMesh =
        (rule.match ?? []).length === 0 || rule.match?.some(({ gateways }) => (gateways ?? ['mesh']).includes('mesh'));
      if (forMesh !== true) continue;
      const destinations = [
        ...rule.route.map(({ destination }) => destination),
        ...(rule.mirror === undefined ? [] : [rule.mirror]),
        ...(rule.mirrors ?? []).map(({ destination }) => destination),
      ];
      for (const one of destinations) if (one.host === EGRESS && (one.subset ?? '') === '') one.subset = 'cnn-com';
    }
  }
  return copy;
}

interface Destination {
  readonly host: string;
  subset?: string | null;
}

interface Shape {
  readonly spec: Readonly<
    Record<
      'http' | 'tls' | 'tcp',
      | readonly {
          readonly match?: readonly { readonly gateways?: readonly string[] }[];
          readonly route: readonly { readonly destination: Destination }[];
          readonly mirror?: Destination;
          readonly mirrors?: readonly { readonly destination: Destination }[];
        }[]
      | undefined
    >
  >;
}

const destination = fc.record(
  { host: fc.constantFrom(EGRESS, 'cnn.com', 'reviews'), subset: fc.constantFrom('', null, 'v1', 'cnn-com') },
  { requiredKeys: ['host'] },
);
const route = fc.array(fc.record({ destination }), { minLength: 1, maxLength: 3 });
const gateways = fc.constantFrom(['mesh'], ['egress'], ['egress', 'mesh']);
const httpRule = fc.record(
  {
    name: fc.constantFrom('a~b', 'a/b'),
    match: fc.array(fc.record({ gateways, port: fc.constantFrom(80, 443) }, { requiredKeys: [] }), { maxLength: 2 }),
    route,
    mirror: destination,
    mirrors: fc.array(fc.record({ destination }), { maxLength: 2 }),
  },
  { requiredKeys: ['route'] },
);
const byteRule = fc.record({
  match: fc.array(fc.record({ gateways, sniHosts: fc.constant(['cnn.com']) }), { minLength: 1, maxLength: 2 }),
  route,
});

t.test('whatever the VirtualService, the patch names the subsets and changes nothing else', async (t) => {
  const spec = fc.record(
    {
      http: fc.array(httpRule, { maxLength: 3 }),
      tls: fc.array(byteRule, { maxLength: 2 }),
      tcp: fc.array(byteRule, { maxLength: 2 }),
    },
    { requiredKeys: [] },
  );
  let patches = 0;
  await fc.assert(
    fc.asyncProperty(spec, async (written) => {
      const object = routes(written);
      const before = JSON.stringify(object);
      const { response } = await answer(requestFor({ object }));
      if (response.patch !== undefined) patches++;
      const result = patched(object, response.patch ?? []);
      return (
        JSON.stringify(sorted(result)) === JSON.stringify(sorted(named(object))) && JSON.stringify(object) === before
      );
    }),
    { numRuns: 500 },
  );
  t.ok(patches > 100, `${patches} patches`);
});

/** With the keys of every object in order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}
