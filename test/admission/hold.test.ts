import t from 'tap';
import { mutate } from '../../src/admission/mutate.js';
import { applyPatch } from '../../src/admission/apply-patch.js';
import { releaseOf } from '../../src/admission/release.js';
import type { AdmissionResponse } from '../../src/admission/response.js';
import { validate } from '../../src/admission/validate.js';
import { OLDEST } from '../../src/mesh/metadata.js';
import { DEFAULT_POLICY, type Policy } from '../../src/policy/policy.js';
import {
  egressGateway,
  entry,
  fullPair,
  gatewayHttp,
  httpPair,
  meshHttp,
  routes,
  toHost,
  type Document,
} from '../policy/manifests.js';
import { read } from '../policy/judgement.js';
import { requestFor, worldWith } from './request.js';

const HOLD: Policy = { ...DEFAULT_POLICY, serviceEntries: { unrouted: 'hold' } };
const WISH = 'sallyport.dev/held-export-to';
const plain = entry(['80 HTTP']);

/** `plain` as it is stored while it is held. */
function heldEntry(wish: string, spec: Document = {}, exportTo: readonly string[] = ['istio-system']): Document {
  return entry(['80 HTTP'], { ...spec, exportTo }, { annotations: { [WISH]: wish } });
}

interface Circumstances {
  readonly world?: readonly Document[];
  readonly policy?: Policy;
}

interface Change {
  readonly object: Document;
  readonly oldObject?: Document;
}

/** What the mutating webhook answers, and the object as it makes it. */
async function mutated(change: Change, { world = [], policy = HOLD }: Circumstances = {}) {
  const told: unknown[] = [];
  const request = requestFor(change);
  const grounds = { world: worldWith(world), policy, now: 0, worldAge: 0 };
  const response = await mutate(
    request,
    grounds,
    () => Promise.resolve(),
    (...args) => told.push(args),
  );
  const object = applyPatch(change.object, response.patch ?? []) as Document;
  return { response, object, told };
}

function validated(
  change: Change | { readonly oldObject: Document },
  circumstances: Circumstances = {},
): AdmissionResponse {
  const { world = [], policy = HOLD } = circumstances;
  return validate(requestFor(change), { world: worldWith(world), policy, now: 0, worldAge: 0 });
}

function release(held: Document, world: readonly Document[] = [], policy: Policy = HOLD) {
  const object = read(held, OLDEST);
  if (object.kind !== 'ServiceEntry') throw new Error('no entry');
  const answer = releaseOf({ world: worldWith([held, ...world]), policy, now: 0 }, object);
  if (answer === undefined || 'obstacles' in answer) return answer;
  return applyPatch(held, answer.patch) as Document;
}

t.test('an entry before its routes is held, said in words, and admitted so', async (t) => {
  const { response, object, told } = await mutated({ object: plain });
  t.strictSame(response, {
    uid: 'u-1',
    allowed: true,
    patch: [
      { op: 'add', path: '/spec/exportTo', value: ['istio-system'] },
      { op: 'add', path: '/metadata/annotations', value: { [WISH]: 'unset' } },
    ],
    warnings: [
      'ServiceEntry shop/cnn is held: no pod sees it until a VirtualService takes cnn.com:80 to the egress gateway. Then Sallyport exports it as you wrote it.',
    ],
  });
  t.match(told, [[{ kind: 'ServiceEntry', namespace: 'shop', name: 'cnn' }, ['cnn.com:80']]]);
  const judged = validated({ object });
  t.equal(judged.allowed, true);
  t.strictSame(judged.warnings, []);
});

t.test('the wish is kept to the letter', async (t) => {
  const wishes: [Document, string][] = [
    [{}, 'unset'],
    [{ exportTo: [] }, '[]'],
    [{ exportTo: ['*'] }, '["*"]'],
    [{ exportTo: ['.', 'pay'] }, '[".","pay"]'],
  ];
  for (const [spec, wish] of wishes) {
    const written = entry(['80 HTTP'], spec, { annotations: { 'a/b': 'c' } });
    const { object } = await mutated({ object: written });
    t.match(object, { spec: { exportTo: ['istio-system'] }, metadata: { annotations: { [WISH]: wish, 'a/b': 'c' } } });
    t.strictSame(release(object, [httpPair()]), written, `${wish} is given back`);
  }
});

t.test('with its routes there, or where nothing is held, it is let through as it is', async (t) => {
  t.strictSame((await mutated({ object: plain }, { world: [httpPair()] })).response, { uid: 'u-1', allowed: true });
  for (const unrouted of ['deny', 'warn'] as const) {
    const policy: Policy = { ...DEFAULT_POLICY, serviceEntries: { unrouted } };
    t.strictSame((await mutated({ object: plain }, { policy })).response, { uid: 'u-1', allowed: true });
  }
  const lenient: Policy = { ...HOLD, rules: { 'direct-egress': 'warn' } };
  t.strictSame((await mutated({ object: plain }, { policy: lenient })).response, { uid: 'u-1', allowed: true });
});

t.test('what routes cannot mend is not held', async (t) => {
  const alias = { hosts: ['db.shop.svc.cluster.local'], resolution: 'STATIC', endpoints: [{ address: '1.2.3.4' }] };
  const cases: [string, Document, readonly Document[]][] = [
    ['an alias', entry(['80 HTTP'], alias), []],
    ['the wrong section', entry(['443 TLS']), [routes({ http: [meshHttp(443), gatewayHttp()] })]],
    ['one of two', entry(['80 HTTP', '443 TLS']), [routes({ http: [meshHttp(443), gatewayHttp()] })]],
  ];
  for (const [what, object, world] of cases) {
    t.strictSame((await mutated({ object }, { world })).response, { uid: 'u-1', allowed: true }, what);
    t.equal(validated({ object }, { world }).allowed, false, `${what} is denied`);
  }
  const noGateway = { world: worldWith([]), policy: HOLD, now: 0, worldAge: 0 };
  const policy: Policy = { ...HOLD, egressGateways: [{ by: 'service', namespace: 'gone', name: 'gone' }] };
  const answer = await mutate(requestFor({ object: plain }), { ...noGateway, policy }, () => Promise.resolve());
  t.strictSame(answer, { uid: 'u-1', allowed: true }, 'without a gateway there is nowhere to hold it');
});

t.test('sent again while it is held, whatever the client: the same object, byte for byte', async (t) => {
  for (const wish of [undefined, ['*'], ['.']]) {
    const spec = wish === undefined ? {} : { exportTo: wish };
    const written = entry(['80 HTTP'], spec);
    const { object: stored } = await mutated({ object: written });
    const world = [stored];
    const annotated = { ...written, metadata: stored['metadata'] } as Document;
    const sent: [string, Document][] = [
      ['a merge that leaves everything', stored],
      ['a merge that sets exportTo again', wish === undefined ? stored : annotated],
      ['a replacement, or an apply that drops both', written],
    ];
    for (const [what, object] of sent) {
      const again = await mutated({ object, oldObject: stored }, { world });
      t.strictSame(again.object, stored, `${what} (${String(wish)})`);
      t.equal(validated({ object: again.object, oldObject: stored }, { world }).allowed, true);
    }
  }
});

t.test('who takes the annotation away releases nothing, and the wish stays', async (t) => {
  const stored = heldEntry('["*"]');
  const bare = { ...stored, metadata: { name: 'cnn', namespace: 'shop' } };
  for (const world of [[stored], [stored, httpPair()]]) {
    const { object } = await mutated({ object: bare, oldObject: stored }, { world });
    t.strictSame(object['metadata'], { name: 'cnn', namespace: 'shop', annotations: { [WISH]: '["*"]' } });
    t.match(object, { spec: { exportTo: ['istio-system'] } });
  }
});

t.test('another wish takes the place of the one that is held', async (t) => {
  const stored = heldEntry('unset');
  const sent = { ...stored, spec: { ...(stored['spec'] as Document), exportTo: ['.'] } };
  const { object } = await mutated({ object: sent, oldObject: stored }, { world: [stored] });
  t.match(object, { spec: { exportTo: ['istio-system'] }, metadata: { annotations: { [WISH]: '["."]' } } });
});

t.test('an entry in use that gets a port without routes is held, and its author warned', async (t) => {
  const wider = entry(['80 HTTP', '443 TLS']);
  const { response, object } = await mutated({ object: wider, oldObject: plain }, { world: [plain, httpPair()] });
  t.match(response.warnings, [
    /takes cnn\.com:443 to the egress gateway/,
    /was in use: all calls to its hosts may fail/,
  ]);
  t.equal(validated({ object, oldObject: plain }, { world: [plain, httpPair()] }).allowed, true);
  t.strictSame(release(object, [fullPair()]), {
    ...wider,
    metadata: { ...(wider['metadata'] as Document), annotations: {} },
  });
});

t.test('a forged annotation opens nothing', async (t) => {
  const open = heldEntry('unset', {}, ['*']);
  t.equal(validated({ object: open }).allowed, false, 'judged by its exportTo');
  t.equal(validated({ object: heldEntry('unset', {}, ['pay']) }).allowed, false, 'the namespace of no gateway');
  t.equal(validated({ object: heldEntry('unset', {}, ['istio-system', 'pay']) }).allowed, false);
  t.equal(validated({ object: heldEntry('rubbish') }).allowed, false, 'no wish');
  t.equal(validated({ object: entry(['80 HTTP'], { exportTo: ['istio-system'] }) }).allowed, false, 'no annotation');
  t.equal(validated({ object: heldEntry('unset') }, { policy: DEFAULT_POLICY }).allowed, false, 'nothing is held');
  t.match(release(heldEntry('["*"]')), { obstacles: [{ rule: 'direct-egress', reason: 'no-route' }] });
  t.match((await mutated({ object: open })).object, {
    spec: { exportTo: ['istio-system'] },
    metadata: { annotations: { [WISH]: '["*"]' } },
  });
});

t.test("a gateway of somebody's own opens nothing to the pods beside it", async (t) => {
  const own = egressGateway();
  const beside = { ...own, metadata: { name: 'egress', namespace: 'shop' } };
  const wider = heldEntry('["*"]', {}, ['istio-system', 'shop']);
  for (const forged of [heldEntry('["*"]', {}, ['shop']), wider]) {
    t.match(
      validated({ object: forged }, { world: [beside] }).status?.message,
      /from namespaces? .*shop leave the mesh directly/,
    );
  }
  const { object } = await mutated({ object: plain }, { world: [beside] });
  t.strictSame((object['spec'] as Document)['exportTo'], ['istio-system'], 'nor is anything exported to it');
  const elsewhere: Policy = {
    ...HOLD,
    egressGateways: [...HOLD.egressGateways, { by: 'service', namespace: 'shop', name: 'egress' }],
  };
  const named = { world: [beside], policy: elsewhere };
  t.strictSame(((await mutated({ object: plain }, named)).object['spec'] as Document)['exportTo'], [
    'istio-system',
    'shop',
  ]);
  t.equal(validated({ object: wider }, named).allowed, true, 'one that the policy names is its own affair');
});

t.test('sent again it stays as it is, whatever else has come into its way', async (t) => {
  const written = entry(['80 HTTP'], { exportTo: ['*'] });
  const { object: stored } = await mutated({ object: written });
  const half = routes({ gateways: ['mesh', 'gone'], http: [{ ...gatewayHttp(), match: [{ gateways: ['gone'] }] }] });
  const world = [stored, half];
  const again = await mutated({ object: written, oldObject: stored }, { world });
  t.strictSame(again.object, stored);
  t.equal(validated({ object: again.object, oldObject: stored }, { world }).allowed, true);
  t.strictSame(
    (await mutated({ object: written }, { world: [half] })).object,
    written,
    'a new one is not held beside it',
  );
  t.match(release(stored, [half]), { obstacles: [{ rule: 'direct-egress' }] }, 'nor is it given back');
});

t.test('an entry that is held when the policy turns to deny is no leak that blocks anybody', (t) => {
  const stored = heldEntry('["*"]');
  const world = [stored];
  const deny = { world, policy: DEFAULT_POLICY };
  t.equal(validated({ object: stored, oldObject: stored }, deny).allowed, true, 'sent again');
  t.equal(validated({ object: httpPair() }, deny).allowed, true, 'its routes come');
  t.equal(validated({ oldObject: stored }, deny).allowed, true, 'it goes');
  const open = heldEntry('["*"]', {}, ['*']);
  t.equal(validated({ object: open, oldObject: stored }, deny).allowed, false, 'it does not open by hand');
  t.end();
});

t.test('an annotation that is left over goes with the next change', async (t) => {
  const stored = heldEntry('["*"]', {}, ['*']);
  const { object } = await mutated({ object: stored, oldObject: stored }, { world: [stored, httpPair()] });
  t.strictSame(object['metadata'], { namespace: 'shop', name: 'cnn', annotations: {} });
  t.match(object, { spec: { exportTo: ['*'] } });
});

t.test('routes of a held entry are judged as if it were given back', (t) => {
  const world = [heldEntry('unset')];
  t.equal(validated({ object: httpPair() }, { world }).allowed, true);
  const half = validated({ object: routes({ http: [gatewayHttp()] }) }, { world });
  t.equal(half.allowed, false);
  t.match(half.status?.message, /missing-mesh-match/);
  const direct = routes({
    http: [{ match: [{ gateways: ['mesh'], port: 80 }], route: [toHost(80)] }, gatewayHttp()],
  });
  t.match(validated({ object: direct }, { world }).status?.message, /direct-egress/);
  t.equal(validated({ oldObject: httpPair() }, { world: [...world, httpPair()] }).allowed, true, 'nobody needs them');
  t.end();
});

t.test('the release waits for all that would leak', (t) => {
  const two = heldEntry('unset', { hosts: ['cnn.com', 'bbc.com'] });
  t.match(release(two, [httpPair()]), { obstacles: [{ host: 'bbc.com', reason: 'no-route' }] });
  const both = httpPair({}, { hosts: ['cnn.com', 'bbc.com'] });
  t.match(release(two, [both]), { spec: { hosts: ['cnn.com', 'bbc.com'] } });
  t.match(release(heldEntry('unset'), [], DEFAULT_POLICY), { obstacles: [{}] }, 'under every policy');
  t.match(release(heldEntry('unset'), [httpPair()], DEFAULT_POLICY), { kind: 'ServiceEntry' });
  t.equal(release(plain), undefined, 'nothing is held');
  t.end();
});
