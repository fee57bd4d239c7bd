import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import t from 'tap';
import { DEFAULT_MESH } from '../../src/mesh/kinds/mesh-config.js';
import { parseDuration } from '../../src/policy/duration.js';
import { matchesGlob } from '../../src/policy/glob.js';
import { isRuleId, MODES, RULE_IDS, RULE_MODES, stricter } from '../../src/policy/modes.js';
import { parsePolicy, PolicyError } from '../../src/policy/parse-policy.js';
import { DEFAULT_POLICY, meshGround, modeOf, settleMesh, type Policy } from '../../src/policy/policy.js';

const SCHEMA: unknown = JSON.parse(readFileSync('policy.schema.json', 'utf8'));
const fitsSchema = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(Object(SCHEMA));

/** The contract's own example. */
const EXAMPLE: Readonly<Record<string, unknown>> = {
  mesh: {
    rootNamespace: 'istio-system',
    domain: 'cluster.local',
    internalCIDRs: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'],
    outboundTrafficPolicy: 'auto',
  },
  egressGateways: [{ selector: { istio: 'egressgateway' } }, { service: 'edge/egress-b' }],
  rules: { 'direct-egress': 'enforce' },
  namespaces: [{ match: ['legacy-*'], rules: { 'direct-egress': 'warn' } }],
  serviceEntries: { unrouted: 'deny' },
  injection: { enabled: true, onFailure: 'deny', maxPerNamespace: 500 },
  failure: { onError: 'deny', staleWorld: 'deny', staleAfter: '60s' },
};

function entriesOf(value: unknown): readonly (readonly [string, unknown])[] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}

function problemsOf(document: unknown): readonly string[] {
  try {
    parsePolicy(document);
    return [];
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    return error.problems.map(({ path, problem }) => `${path}: ${problem}`);
  }
}

t.test('the whole file is read', (t) => {
  t.same(parsePolicy(EXAMPLE), {
    mesh: EXAMPLE['mesh'],
    egressGateways: [
      { by: 'selector', selector: { istio: 'egressgateway' } },
      { by: 'service', namespace: 'edge', name: 'egress-b' },
    ],
    rules: { 'direct-egress': 'enforce' },
    namespaces: [{ match: ['legacy-*'], rules: { 'direct-egress': 'warn' } }],
    serviceEntries: { unrouted: 'deny' },
    injection: { enabled: true, onFailure: 'deny', maxPerNamespace: 500 },
    failure: { onError: 'deny', staleWorld: 'deny', staleAfter: 60_000 },
  });
  t.end();
});

t.test('every key is optional', (t) => {
  for (const nothing of [undefined, null, {}]) t.strictSame(parsePolicy(nothing), DEFAULT_POLICY);
  const empty = Object.fromEntries(Object.keys(EXAMPLE).map((key) => [key, null]));
  t.strictSame(parsePolicy(empty), DEFAULT_POLICY, 'a section whose keys are all commented out says nothing');
  t.strictSame(parsePolicy({ ...EXAMPLE, egressGateways: undefined, rules: {}, namespaces: [] }), DEFAULT_POLICY);
  for (const [section, keys] of Object.entries(EXAMPLE)) {
    t.same(problemsOf({ [section]: keys }), [], section);
    if (Array.isArray(keys) || section === 'rules') continue;
    for (const [key, value] of entriesOf(keys)) t.same(problemsOf({ [section]: { [key]: value } }), [], key);
  }
  t.end();
});

t.test('everything that is wrong is told at once, with its path and what is allowed', (t) => {
  const wrong = {
    mesh: {
      rootNamespace: 'Istio',
      domain: '.',
      internalCIDRs: ['10.0.0.0', 7],
      outboundTrafficPolicy: 'ANY',
      more: 1,
    },
    egressGateways: [{ selector: {} }, {}, { service: 'a' }, { selector: { a: 'b' }, service: 'a/b' }, 'c'],
    rules: { 'direct-egres': 'enforce', 'direct-egress': 'deny', 'tls-mismatch': null },
    namespaces: [{ match: [] }, { rules: {} }, { match: ['a/b'], rules: { x: 'off' } }, { match: 'a' }],
    serviceEntries: { unrouted: 'refuse' },
    injection: { enabled: 'yes', onFailure: 'allow', maxPerNamespace: 0 },
    failure: { onError: true, staleWorld: 'warn', staleAfter: 60 },
    rule: {},
  };
  const expected = [
    /^mesh\.rootNamespace: must be a name of a namespace: .*, not `Istio`$/,
    /^mesh\.domain: must be a domain name such as cluster\.local, not `\.`$/,
    /^mesh\.internalCIDRs\[0\]: must be an address block such as 10\.0\.0\.0\/8 or fc00::\/7, not `10\.0\.0\.0`$/,
    /^mesh\.internalCIDRs\[1\]: must be an address block .*, not 7$/,
    /^mesh\.outboundTrafficPolicy: must be ALLOW_ANY, REGISTRY_ONLY or auto, not `ANY`$/,
    /^mesh\.more: is not a key here: rootNamespace, domain, internalCIDRs or outboundTrafficPolicy$/,
    /^egressGateways\[0\]\.selector: must have at least one label/,
    /^egressGateways\[1\]: must have either selector or service$/,
    /^egressGateways\[2\]\.service: must be namespace\/name of a Service, not `a`$/,
    /^egressGateways\[3\]: must have either selector or service$/,
    /^egressGateways\[4\]: must be a mapping, not `c`$/,
    /^rules\.direct-egres: is not a rule: direct-egress, .* or deprecated-field$/,
    /^rules\.direct-egress: must be enforce, warn, audit or off, not `deny`$/,
    /^rules\.tls-mismatch: must be enforce, warn, audit or off, not null$/,
    /^namespaces\[0\]\.match: must list at least one name or glob of namespaces$/,
    /^namespaces\[1\]\.match: must list at least one/,
    /^namespaces\[2\]\.match\[0\]: must be a name of a namespace, in which \* and \? are wild cards, not `a\/b`$/,
    /^namespaces\[2\]\.rules\.x: is not a rule/,
    /^namespaces\[3\]\.match: must be a list, not `a`$/,
    /^serviceEntries\.unrouted: must be deny, hold or warn, not `refuse`$/,
    /^injection\.enabled: must be true or false, not `yes`$/,
    /^injection\.onFailure: must be deny or warn, not `allow`$/,
    /^injection\.maxPerNamespace: must be a whole number from 1 to 100000, not 0$/,
    /^failure\.onError: must be deny or allow, not true$/,
    /^failure\.staleWorld: must be deny or allow, not `warn`$/,
    /^failure\.staleAfter: must be a duration such as 60s or 1m30s, not 60$/,
    /^rule: is not a key here: mesh, egressGateways, rules, namespaces, serviceEntries, injection or failure$/,
  ];
  const problems = problemsOf(wrong);
  for (const [index, pattern] of expected.entries()) t.match(problems[index], pattern);
  t.equal(problems.length, expected.length);
  for (const other of [[], 'x', 7, true]) t.match(problemsOf(other), [/^: must be a mapping, not /]);
  t.match(problemsOf({ egressGateways: [] }), [/^egressGateways: names no gateway: leave it out for every Service/]);
  t.match(problemsOf({ mesh: [] }), [/^mesh: must be a mapping, not a list/]);
  t.match(problemsOf({ failure: { staleAfter: 'x'.repeat(100) } }), [/not `x{60}\.\.\.`$/]);
  const error = t.throws(() => parsePolicy({ a: 1, b: 2 }));
  t.match(error, {
    name: 'PolicyError',
    code: 'policy-invalid',
    message: /^a is not a key here: .*; b is not a key here/,
  });
  t.end();
});

t.test('off is a mode, also as parsers of YAML 1.1 read it', (t) => {
  t.equal(parsePolicy({ rules: { exemption: 'off' } }).rules.exemption, 'off');
  t.equal(parsePolicy({ rules: { exemption: false } }).rules.exemption, 'off');
  t.match(problemsOf({ rules: { exemption: true } }), [/must be enforce, warn, audit or off, not true/]);
  t.end();
});

t.test('the schema takes what the parser takes, and nothing else', (t) => {
  const scalar = fc.oneof(
    fc.constantFrom(...Object.values(EXAMPLE).flatMap((section) => entriesOf(section).map(([, value]) => value))),
    fc.constantFrom(
      'auto',
      'deny',
      'hold',
      'warn',
      'off',
      'enforce',
      'allow',
      'edge/egress',
      'a',
      'A',
      '',
      '*',
      'a-',
      'a.b',
    ),
    fc.constantFrom(
      ...[63, 64, 253, 254].map((length) => 'a'.repeat(length)),
      `a${'.a'.repeat(126)}`,
      `a${'.a'.repeat(127)}`,
    ),
    fc.constantFrom('1h', '1h1m1s1ms', '0s', '1s1m', '10', 's', '00h1s', '1234567s', '1.5s', ' 1s', '1s\n'),
    fc.constantFrom(0, 1, 100_000, 100_001, 1.5, -1, true, false, null, 1e400),
    fc.string({ maxLength: 5 }),
  );
  const cidr = fc.oneof(
    fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 40 })).map(([address, length]) => `${address}/${length}`),
    fc.tuple(fc.ipV6(), fc.integer({ min: 0, max: 140 })).map(([address, length]) => `${address}/${length}`),
    fc.constantFrom(
      '::/0',
      ':::/0',
      '1::/1',
      '::1:2:3:4:5:6:7/8',
      '1:2:3:4:5:6:7::/8',
      '1:2:3:4:5:6:7:8::/8',
      '/8',
      '1.2.3.4/08',
    ),
    scalar,
  );
  const label = fc.constantFrom('istio', 'a.b/c', 'a/', '/a', 'a/b/c', '', '-a', 'a_b', 'x'.repeat(64), '__proto__');
  const rules = fc.oneof(
    fc.dictionary(
      fc.oneof(fc.constantFrom(...RULE_IDS), fc.constantFrom('direct', 'constructor')),
      fc.oneof(fc.constantFrom(...MODES), scalar),
    ),
    scalar,
  );
  const sometimes = { requiredKeys: [] as never[] };
  const section = (keys: Record<string, fc.Arbitrary<unknown>>) =>
    fc.oneof(
      { weight: 6, arbitrary: fc.record({ ...keys }, sometimes) },
      { weight: 1, arbitrary: fc.record({ ...keys, extra: scalar }) },
      { weight: 1, arbitrary: scalar },
    );
  const list = (item: fc.Arbitrary<unknown>) =>
    fc.oneof({ weight: 4, arbitrary: fc.array(item, { maxLength: 3 }) }, { weight: 1, arbitrary: scalar });
  const document = section({
    mesh: section({
      rootNamespace: scalar,
      domain: scalar,
      internalCIDRs: list(cidr),
      outboundTrafficPolicy: fc.oneof(scalar, fc.constant('REGISTRY_ONLY')),
    }),
    egressGateways: list(section({ selector: fc.oneof(fc.dictionary(label, scalar), scalar), service: scalar })),
    rules,
    namespaces: list(section({ match: list(scalar), rules })),
    serviceEntries: section({ unrouted: scalar }),
    injection: section({ enabled: scalar, onFailure: scalar, maxPerNamespace: scalar }),
    failure: section({ onError: scalar, staleWorld: scalar, staleAfter: scalar }),
  });
  const verdicts = { taken: 0, refused: 0 };
  const compare = (value: unknown) => {
    const problems = problemsOf(value);
    const taken = problems.length === 0;
    verdicts[taken ? 'taken' : 'refused']++;
    assert.equal(
      fitsSchema(value),
      taken,
      `${JSON.stringify(value)}: ${problems.join('; ')} / ${JSON.stringify(fitsSchema.errors)}`,
    );
  };
  fc.assert(fc.property(document, compare), { numRuns: 3000 });
  // One key at a time, so that a key that is right is not hidden by another that is wrong.
  const lone = fc.oneof(
    scalar.map((value) => ({ mesh: { rootNamespace: value } })),
    scalar.map((value) => ({ mesh: { domain: value } })),
    cidr.map((value) => ({ mesh: { internalCIDRs: [value] } })),
    scalar.map((value) => ({ failure: { staleAfter: value } })),
    scalar.map((value) => ({ egressGateways: [{ service: value }] })),
    fc.tuple(label, scalar).map(([key, value]) => ({ egressGateways: [{ selector: { [key]: value } }] })),
    scalar.map((value) => ({ namespaces: [{ match: [value] }] })),
    rules.map((value) => ({ rules: value })),
  );
  fc.assert(fc.property(lone, compare), { numRuns: 5000 });
  t.ok(verdicts.taken > 300 && verdicts.refused > 300, JSON.stringify(verdicts));
  t.end();
});

t.test('the schema names every rule, and its defaults are the defaults', (t) => {
  const schema = Object(SCHEMA) as {
    definitions: { rules: { properties: object } };
    properties: Record<string, Described>;
  };
  t.same(Object.keys(schema.definitions.rules.properties), RULE_IDS);
  const defaults: Record<string, unknown> = {};
  for (const [section, { properties = {}, default: whole }] of Object.entries(schema.properties)) {
    const each = Object.entries(properties).map(([key, { default: value }]) => [key, value]);
    const value: unknown = whole ?? (each.length > 0 ? Object.fromEntries(each) : undefined);
    if (value !== undefined) defaults[section] = value;
  }
  t.same(Object.keys(defaults), ['mesh', 'egressGateways', 'serviceEntries', 'injection', 'failure']);
  t.strictSame(parsePolicy(defaults), DEFAULT_POLICY);
  t.end();
});

interface Described {
  readonly default?: unknown;
  readonly properties?: Record<string, Described>;
}

t.test('addresses of the defaults are blocks', (t) => {
  for (const block of DEFAULT_POLICY.mesh.internalCIDRs) t.not(isIP(block.split('/')[0]!), 0, block);
  t.end();
});

function policyWith(document: unknown): Policy {
  return parsePolicy(document);
}

t.test('the mode of a finding', (t) => {
  const policy = policyWith({
    rules: { 'direct-egress': 'audit', 'tls-mismatch': 'off' },
    namespaces: [
      { match: ['legacy-web'], rules: { 'direct-egress': 'off' } },
      { match: ['legacy-*', 'old'], rules: { 'direct-egress': 'warn', 'sni-mismatch': 'audit' } },
      { match: ['strict'], rules: { 'direct-egress': 'enforce' } },
      { match: ['*'], rules: { 'sni-mismatch': 'off' } },
    ],
  });
  const direct = (...namespaces: string[]) => modeOf(policy, 'direct-egress', 'enforce', namespaces);
  t.equal(modeOf(DEFAULT_POLICY, 'direct-egress', 'enforce', ['shop']), 'enforce', "the finding's own");
  t.equal(modeOf(DEFAULT_POLICY, 'missing-subset', 'warn', ['shop']), 'warn', "the finding's own, not the rule's");
  t.equal(direct(), 'audit', 'the general mode');
  t.equal(direct('shop'), 'audit', 'of an entry that says nothing of the rule, the general mode');
  t.equal(direct('legacy-web'), 'off', 'the first entry that matches');
  t.equal(direct('legacy-db'), 'warn');
  t.equal(direct('old'), 'warn', 'any of its globs');
  t.equal(direct('legacy-web', 'legacy-db'), 'warn', 'the stricter of two namespaces');
  t.equal(direct('strict', 'legacy-web'), 'enforce');
  t.equal(direct('legacy-web', 'strict'), 'enforce');
  t.equal(modeOf(policy, 'sni-mismatch', 'warn', ['legacy-web']), 'warn', 'the first entry counts though it is silent');
  t.equal(modeOf(policy, 'sni-mismatch', 'warn', ['shop']), 'off');
  t.equal(modeOf(policy, 'tls-mismatch', 'warn', ['shop', 'strict']), 'off');
  t.end();
});

t.test('the mode of two namespaces is never milder than that of each, whatever their order', (t) => {
  const mode = fc.constantFrom(...MODES);
  const entry = fc.record({
    match: fc.array(fc.constantFrom('a', 'b', 'a*', '*'), { minLength: 1 }),
    rules: fc.record({ exemption: mode }, { requiredKeys: [] }),
  });
  const name = fc.constantFrom('a', 'b', 'ab', '');
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 4 }), mode, name, name, (namespaces, otherwise, one, other) => {
      const policy = policyWith({ namespaces });
      const of = (...names: string[]) => modeOf(policy, 'exemption', otherwise, names);
      assert.equal(of(one, other), stricter(of(one), of(other)));
      assert.equal(of(one, other), of(other, one));
    }),
  );
  t.pass('it held every time');
  t.end();
});

t.test('the rules and their modes are those of the contract', (t) => {
  const count = (mode: string) => RULE_IDS.filter((id) => RULE_MODES[id] === mode).length;
  t.same([RULE_IDS.length, count('enforce'), count('warn')], [28, 7, 21]);
  t.ok(isRuleId('direct-egress'));
  for (const other of ['direct', 'toString', '__proto__', '']) t.notOk(isRuleId(other), other);
  t.end();
});

t.test('globs', (t) => {
  const yes = [
    'a:a',
    '*:',
    '*:abc',
    'a*:a',
    'a*:abc',
    '*c:abc',
    'a*c:ac',
    'a?c:abc',
    'a*b*c:axxbyyc',
    '**:a',
    '*a*:bab',
    '?:x',
    ':',
  ];
  const no = ['a:b', 'a:ab', 'a*:ba', '?:', '?:ab', 'a*b:a', 'a*b*c:acb', 'abc:ab', ':a', 'a?:a', '*a:ab'];
  for (const [expected, pairs] of [
    [true, yes],
    [false, no],
  ] as const) {
    for (const pair of pairs) {
      const [glob = '', name = ''] = pair.split(':');
      t.equal(matchesGlob(glob, name), expected, pair);
    }
  }
  const signs = (letters: string) =>
    fc.array(fc.constantFrom(...letters.split('')), { maxLength: 8 }).map((each) => each.join(''));
  fc.assert(
    fc.property(signs('ab*?'), signs('ab'), (glob, name) => {
      const pattern = new RegExp(`^${glob.replaceAll('*', '.*').replaceAll('?', '.')}$`);
      assert.equal(matchesGlob(glob, name), pattern.test(name), `${glob} ${name}`);
    }),
    { numRuns: 3000 },
  );
  const started = performance.now();
  t.notOk(matchesGlob(`${'*a'.repeat(30)}b`, 'a'.repeat(5000)));
  t.ok(performance.now() - started < 1000, 'many stars cost little');
  t.end();
});

t.test('durations', (t) => {
  const good = {
    '60s': 60_000,
    '1m30s': 90_000,
    '500ms': 500,
    '2h': 7_200_000,
    '1h1m1s1ms': 3_661_001,
    '5m': 300_000,
    '0h5s': 5000,
  };
  for (const [text, milliseconds] of Object.entries(good)) t.equal(parseDuration(text), milliseconds, text);
  for (const text of ['', '0s', '60', 's', '1s1m', '-1s', '1.5s', '1d', ' 1s', '1s ', '1234567s', '0h0m']) {
    t.equal(parseDuration(text), undefined, text);
  }
  t.end();
});

t.test('the mesh that the policy makes', (t) => {
  t.same(meshGround(DEFAULT_POLICY.mesh), DEFAULT_MESH);
  const { mesh } = policyWith({ mesh: { rootNamespace: 'mesh', domain: 'corp', internalCIDRs: ['10.0.0.0/8'] } });
  t.match(meshGround(mesh), {
    rootNamespace: 'mesh',
    domain: 'corp',
    internalCIDRs: ['10.0.0.0/8'],
    outboundTrafficPolicy: 'ALLOW_ANY',
  });
  const strict = policyWith({ mesh: { outboundTrafficPolicy: 'REGISTRY_ONLY' } }).mesh;
  t.equal(meshGround(strict).outboundTrafficPolicy, 'REGISTRY_ONLY');
  t.equal(settleMesh(strict, DEFAULT_MESH).outboundTrafficPolicy, 'REGISTRY_ONLY', 'the policy decides');
  const configured = { ...DEFAULT_MESH, outboundTrafficPolicy: 'REGISTRY_ONLY' as const };
  t.equal(settleMesh(mesh, configured).outboundTrafficPolicy, 'REGISTRY_ONLY', 'auto: as configured');
  t.end();
});
