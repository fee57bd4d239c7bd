import t from 'tap';
import { DEFAULT_MESH } from '../../src/mesh/kinds/mesh-config.js';
import { isHeld, type JudgedObject } from '../../src/mesh/judged-object.js';
import { OLDEST } from '../../src/mesh/metadata.js';
import { MeshWorld } from '../../src/mesh/world/mesh-world.js';
import { decide } from '../../src/policy/decide.js';
import type { Decision } from '../../src/policy/decision.js';
import { egressGatewayTest } from '../../src/policy/egress-gateways.js';
import { compareFindings } from '../../src/policy/finding.js';
import { DEFAULT_POLICY, type Policy } from '../../src/policy/policy.js';
import { judge, objectChange, read } from './judgement.js';
import {
  entry,
  fullPair,
  gateway,
  gatewayHttp,
  GROUND,
  httpPair,
  meshHttp,
  routes,
  service,
  sidecar,
  subsets,
  toGateway,
  toHost,
  type Document,
} from './manifests.js';

const plain = entry(['80 HTTP']);
const both = entry(['80 HTTP', '443 TLS']);
const direct = routes({ gateways: ['mesh'], http: [{ route: [toHost(80)] }] });

/** `error direct-egress/no-route cnn.com:80`, a line a finding. */
function told({ findings }: Decision): readonly string[] {
  return findings.map(
    ({ severity, rule, reason, host = '', port = '' }) => `${severity} ${rule}/${reason} ${host}:${port}`,
  );
}

function labelled(document: Document): Document {
  return { ...document, metadata: { ...Object(document['metadata']), labels: { team: 'web' } } };
}

t.test('what is wrong already blocks no change that leaves it so', (t) => {
  for (const [name, change] of Object.entries({
    'an update of the entry that leaks': { update: labelled(both), from: both },
    'an update of routes beside it': { update: labelled(fullPair()), from: fullPair() },
    'another Gateway': { create: gateway({ name: 'other', namespace: 'net' }) },
    'another Service': { create: service({ clusterIP: '10.96.0.20', selector: { app: 'reviews' } }) },
    'a Sidecar that changes nothing': { create: sidecar({ egress: [{ hosts: ['*/*'] }] }) },
    'a DestinationRule that changes nothing': { update: labelled(subsets()), from: subsets() },
  })) {
    const world = [both, entry(['80 HTTP'], { hosts: ['bbc.com'] }, { name: 'bbc' })];
    const ground = 'from' in change && change.from['kind'] === 'DestinationRule' ? GROUND.slice(0, 2) : GROUND;
    const standing = 'from' in change && change.from === both ? world.slice(1) : world;
    const decision = judge({ ground, world: standing, change });
    t.strictSame([decision.allowed, told(decision)], [true, []], name);
  }
  t.end();
});

t.test('it counts what is wrong already and stays so', (t) => {
  const { old } = judge({ change: { update: labelled(both), from: both } });
  t.ok(old > 0);
  t.equal(judge({ world: [fullPair()], change: { update: labelled(both), from: both } }).old, 0);
  t.end();
});

t.test('the same leak is no new one where another object comes to decide it', (t) => {
  const own = entry(['80 HTTP'], { exportTo: ['.'] }, { name: 'own', namespace: 'billing' });
  const decision = judge({ world: [plain], change: { create: own } });
  t.strictSame(told(decision), []);
  t.end();
});

t.test('a leak of more clients is new for these alone', (t) => {
  const [finding, ...others] = judge({
    change: { update: plain, from: entry(['80 HTTP'], { exportTo: ['.'] }) },
  }).findings;
  t.match(finding?.message, /from every namespace but shop/);
  t.strictSame(others, []);
  t.end();
});

t.test('who sends the calls out by a route of his own is told so, and nobody who came after', (t) => {
  t.strictSame(told(judge({ world: [plain], change: { create: direct } })), [
    'error direct-egress/no-route cnn.com:80',
  ]);
  const idle = routes({ gateways: ['mesh'], http: [] });
  t.strictSame(told(judge({ world: [plain], change: { update: direct, from: idle } })), [
    'error direct-egress/no-route cnn.com:80',
  ]);
  const longer = routes({ gateways: ['mesh'], http: [{ timeout: '3s', route: [toHost(80)] }] });
  t.strictSame(told(judge({ world: [plain], change: { update: longer, from: direct } })), []);
  t.strictSame(
    told(
      judge({
        world: [plain, direct],
        change: { create: { ...direct, metadata: { name: 'late', namespace: 'net' } } },
      }),
    ),
    [],
  );
  t.end();
});

t.test('a mend passes with what it leaves undone', (t) => {
  t.test('another port still leaks', (t) => {
    t.strictSame(told(judge({ world: [both], change: { create: httpPair() } })), []);
    t.end();
  });
  t.test('the calls break where they leaked: that is a warning', (t) => {
    const decision = judge({ world: [plain], change: { create: routes({ http: [meshHttp()] }) } });
    t.equal(decision.allowed, true);
    t.strictSame(told(decision), ['warning missing-gateway-match/no-gateway-rule cnn.com:80']);
    t.end();
  });
  t.test('but not with a leak that it brings', (t) => {
    const world = [entry(['80 HTTP'], { hosts: ['bbc.com'] }, { name: 'bbc' }), httpPair(), plain];
    const pair = routes({
      hosts: ['bbc.com', 'cnn.com'],
      http: [{ match: [{ gateways: ['mesh'] }], route: [toGateway(80)] }, gatewayHttp(80, 'bbc.com')],
    });
    const mends = judge({ world: world.filter((one) => one !== world[1]), change: { update: pair, from: httpPair() } });
    t.equal(mends.allowed, true);
    const leaks = judge({
      world: world.filter((one) => one !== world[1]),
      change: {
        update: routes({ hosts: ['bbc.com'], http: [meshHttp(), gatewayHttp(80, 'bbc.com')] }),
        from: httpPair(),
      },
    });
    t.equal(leaks.allowed, false);
    t.strictSame(told(leaks), ['error direct-egress/no-route cnn.com:80']);
    t.end();
  });
  t.test('and told what it breaks of what worked: the way back to what leaks less is always open', (t) => {
    // 443 is taken to the gateway and not out of it, in exchange for port 80.
    const tls = { match: [{ gateways: ['mesh'], port: 443, sniHosts: ['cnn.com'] }], route: [toGateway(443)] };
    const decision = judge({
      world: [both],
      change: { update: httpPair({}, { tls: [tls] }), from: fullPair({}, { http: [gatewayHttp()] }) },
    });
    t.equal(decision.allowed, true);
    t.strictSame(told(decision), ['warning missing-gateway-match/no-gateway-rule cnn.com:443']);
    t.end();
  });
  t.end();
});

t.test('routes before their entry are judged as if it were there', (t) => {
  t.strictSame(told(judge({ change: { create: fullPair() } })), []);
  t.strictSame(told(judge({ change: { create: routes({ http: [meshHttp()] }) } })), [
    'error missing-gateway-match/no-gateway-rule cnn.com:80',
  ]);
  t.end();
});

t.test('routes that go are not, nor hosts that they drop', (t) => {
  t.strictSame(told(judge({ change: { delete: fullPair() } })), []);
  const two = fullPair({}, { hosts: ['cnn.com', 'bbc.com'] });
  t.strictSame(told(judge({ change: { update: fullPair(), from: two } })), []);
  t.end();
});

t.test('a new object is the youngest, an update keeps its age', (t) => {
  const rival = routes({ gateways: [], http: [{ route: [toHost(80)] }] }, { name: 'a-rival' });
  t.strictSame(
    told(judge({ world: [plain, httpPair()], change: { create: rival } })),
    ['warning host-conflict/not-first cnn.com:80'],
    'its name would put it first',
  );
  const harmless = routes({ gateways: [], http: [] }, { name: 'a-rival' });
  t.strictSame(told(judge({ world: [plain, httpPair()], change: { update: rival, from: harmless } })), [
    'error direct-egress/shadowed cnn.com:80',
  ]);
  t.end();
});

t.test('a deletion is judged by what is left', (t) => {
  t.equal(judge({ world: [httpPair()], change: { delete: plain } }).allowed, true);
  t.equal(judge({ world: [plain], change: { delete: httpPair() } }).allowed, false);
  const strict = sidecar({ egress: [{ hosts: ['istio-system/*'] }] });
  t.strictSame(told(judge({ world: [plain], change: { delete: strict } })), [
    'error direct-egress/no-route cnn.com:80',
  ]);
  t.end();
});

t.test('the old object of the request counts, not what the world has of it yet', (t) => {
  const { old, object } = objectChange({ update: routes({ http: [gatewayHttp()] }), from: httpPair() });
  const isEgressGateway = egressGatewayTest(DEFAULT_POLICY);
  const mesh = { ...DEFAULT_MESH, outboundTrafficPolicy: 'REGISTRY_ONLY' as const };
  const objects = [...GROUND, plain].map((document) => read(document, OLDEST));
  const views: Readonly<Record<string, readonly (JudgedObject | undefined)[]>> = {
    'not yet seen': [],
    'seen as it was long ago': [read(direct, OLDEST)],
    'seen as it is to be': [object],
  };
  for (const [name, seen] of Object.entries(views)) {
    const world = new MeshWorld(mesh, [...objects, ...seen.filter((one) => one !== undefined).filter(isHeld)]);
    const decision = decide({ world, isEgressGateway, policy: DEFAULT_POLICY, now: 0 }, { old, object });
    t.strictSame(
      told(decision),
      ['error missing-mesh-match/no-mesh-rule cnn.com:', 'error direct-egress/no-route cnn.com:80'],
      name,
    );
  }
  const nothing = decide(
    { world: new MeshWorld(mesh, objects), isEgressGateway, policy: DEFAULT_POLICY, now: 0 },
    {
      old: undefined,
      object: undefined,
    },
  );
  t.strictSame(nothing, { allowed: true, findings: [], old: 0, exempted: [], until: Infinity });
  t.end();
});

t.test('every finding of a change is in one answer, in order, whatever the order of the world', (t) => {
  const world = [both, entry(['80 HTTP'], { hosts: ['bbc.com'] }, { name: 'bbc' })];
  const change = {
    update: routes({
      hosts: ['cnn.com', 'bbc.com'],
      gateways: ['mesh', 'egress', 'gone'],
      http: [{ route: [toHost(80)] }],
    }),
    from: fullPair({}, { hosts: ['cnn.com', 'bbc.com'] }),
  };
  const { findings } = judge({ world, change });
  t.strictSame([...new Set(findings.map(({ rule }) => rule))].sort(), [
    'direct-egress',
    'missing-mesh-match',
    'unknown-gateway',
    'unscoped-match',
  ]);
  t.strictSame(findings, [...findings].sort(compareFindings));
  t.strictSame(judge({ world: world.toReversed(), ground: GROUND.toReversed(), change }).findings, findings);
  t.end();
});

t.test('the policy says what becomes of a finding', (t) => {
  const modes = (policy: Partial<Policy>, document = plain): readonly string[] => {
    const decision = judge({ change: { create: document }, policy });
    return [String(decision.allowed), ...decision.findings.map(({ severity }) => severity)];
  };
  t.strictSame(modes({}), ['false', 'error']);
  t.strictSame(modes({ rules: { 'direct-egress': 'warn' } }), ['true', 'warning']);
  t.strictSame(modes({ rules: { 'direct-egress': 'audit' } }), ['true', 'info']);
  t.strictSame(modes({ rules: { 'direct-egress': 'off' } }), ['true']);
  const shop = [{ match: ['shop'], rules: { 'direct-egress': 'warn' as const } }];
  t.strictSame(modes({ namespaces: shop }), ['false', 'error'], 'the clients are of every namespace');
  const own = entry(['80 HTTP'], { exportTo: ['.'] });
  t.strictSame(modes({ namespaces: shop }, own), ['true', 'warning'], 'they are those of the object');
  const billing = entry(['80 HTTP'], { exportTo: ['shop'] }, { namespace: 'billing' });
  t.strictSame(modes({ namespaces: shop }, billing), ['false', 'error'], "the object's namespace is stricter");
  t.strictSame(
    modes(
      { rules: { 'direct-egress': 'warn' }, namespaces: [{ match: ['sh*'], rules: { 'direct-egress': 'enforce' } }] },
      billing,
    ),
    ['false', 'error'],
    "the client's namespace is stricter",
  );
  t.end();
});

t.test('a milder mode of the rule itself gives way to the policy', (t) => {
  const change = { create: routes({ gateways: ['egress'], http: [gatewayHttp()] }) };
  t.strictSame(told(judge({ change })), ['warning missing-mesh-match/mesh-not-bound cnn.com:']);
  t.strictSame(told(judge({ change, policy: { rules: { 'missing-mesh-match': 'enforce' } } })), [
    'error missing-mesh-match/mesh-not-bound cnn.com:',
  ]);
  t.end();
});
