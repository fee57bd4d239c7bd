import t from 'tap';
import type { AdmissionRequest } from '../../src/admission/review.js';
import type { AdmissionResponse } from '../../src/admission/response.js';
import { validate } from '../../src/admission/validate.js';
import type { ObjectChange } from '../../src/policy/change.js';
import { DEFAULT_POLICY, type Policy } from '../../src/policy/policy.js';
import { CLOSED, exemption, INJECTED, namespace, pod } from '../policy/kubernetes-manifests.js';
import { EGRESS, entry, gatewayHttp, httpPair, meshHttp, routes, subsets, type Document } from '../policy/manifests.js';
import { requestFor, worldWith } from './request.js';

const plain = entry(['80 HTTP']);

interface Circumstances {
  readonly world?: readonly Document[];
  readonly policy?: Partial<Policy>;
  readonly worldAge?: number;
}

/** The answer, and what was told to have come about. */
function answer(request: AdmissionRequest, { world = [], policy = {}, worldAge = 0 }: Circumstances = {}) {
  const changes: ObjectChange[] = [];
  const grounds = {
    world: worldWith(world),
    policy: { ...DEFAULT_POLICY, ...policy },
    now: 0,
    worldAge,
    admitted: (change: ObjectChange) => {
      changes.push(change);
    },
  };
  return { response: validate(request, grounds), changes };
}

function lines({ status }: AdmissionResponse): readonly string[] {
  return status?.message.split('\n') ?? [];
}

t.test('a leak is denied, in the form of the contract', (t) => {
  const { response, changes } = answer(requestFor({ object: plain }));
  t.match(response, { uid: 'u-1', allowed: false, status: { code: 403, reason: 'Forbidden' } });
  const [verdict, finding, ...more] = lines(response);
  t.equal(
    verdict,
    'Sallyport refuses to create ServiceEntry shop/cnn: calls would leave the mesh without the egress gateway.',
  );
  t.match(finding, /^\[direct-egress\] spec\.hosts\[0\]: calls to cnn\.com:80 .*\. Mend: .*$/);
  t.strictSame(more, []);
  t.strictSame(response.auditAnnotations, { verdict: 'denied', rules: 'direct-egress', 'world-age': '0s' });
  t.strictSame(changes, [], 'it does not come about');
  t.end();
});

t.test('what is right is allowed, and comes about unless it is a dry run', (t) => {
  const { response, changes } = answer(requestFor({ object: httpPair() }), { worldAge: 1400 });
  t.match(response, { uid: 'u-1', allowed: true, warnings: [] });
  t.strictSame(response.auditAnnotations, { verdict: 'allowed', 'world-age': '1s' });
  t.match(changes, [{ old: undefined, object: { kind: 'VirtualService' } }]);
  t.strictSame(answer(requestFor({ object: httpPair() }, { dryRun: true })).changes, []);
  t.end();
});

t.test('warnings are told, and the rules of all findings kept for the audit', (t) => {
  const object = httpPair({}, { gateways: ['mesh', 'egress', 'gone'] });
  const { response } = answer(requestFor({ object }));
  t.equal(response.allowed, true);
  t.match(response.warnings, [/^\[unknown-gateway\] spec\.gateways\[2\]: there is no Gateway shop\/gone\. Mend: /]);
  t.match(response.auditAnnotations, { verdict: 'allowed', rules: 'unknown-gateway' });
  t.end();
});

t.test('a denial lists what denies, and warns of the rest', (t) => {
  const object = routes({ gateways: ['mesh', 'egress', 'gone'], http: [meshHttp()] });
  const { response } = answer(requestFor({ object }), { policy: { rules: { 'unknown-gateway': 'warn' } } });
  t.equal(response.allowed, false);
  t.match(lines(response), [/^Sallyport refuses/, /^\[missing-gateway-match\]/]);
  t.match(response.warnings, [/^\[unknown-gateway\]/]);
  t.equal(response.auditAnnotations?.['rules'], 'missing-gateway-match,unknown-gateway');
  const audited = answer(requestFor({ object: plain }), { policy: { rules: { 'direct-egress': 'audit' } } }).response;
  t.match(audited, { allowed: true, warnings: [], auditAnnotations: { verdict: 'allowed', rules: 'direct-egress' } });
  t.end();
});

t.test('updates and deletions are judged by both objects', (t) => {
  const broken = routes({ http: [gatewayHttp()] });
  t.equal(answer(requestFor({ object: broken, oldObject: httpPair() }), { world: [plain] }).response.allowed, false);
  t.equal(answer(requestFor({ object: httpPair(), oldObject: broken }), { world: [plain] }).response.allowed, true);
  t.match(
    lines(answer(requestFor({ oldObject: httpPair() }), { world: [plain, httpPair()] }).response)[1],
    /delete ServiceEntry shop\/cnn first/,
  );
  t.equal(answer(requestFor({ oldObject: plain }), { world: [plain, httpPair()] }).response.allowed, true);
  t.end();
});

t.test('what is not judged is allowed without a word', (t) => {
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'web', namespace: 'shop' } };
  const { response, changes } = answer(requestFor({ object: secret }), { worldAge: 1e9 });
  t.strictSame([response, changes], [{ uid: 'u-1', allowed: true }, []]);
  t.end();
});

t.test('an object that cannot be read is denied with its fields', (t) => {
  const { response } = answer(requestFor({ object: { ...plain, spec: { hosts: 'cnn.com' } } }));
  t.equal(response.allowed, false);
  t.strictSame(lines(response)[0], 'Sallyport cannot read ServiceEntry shop/cnn.');
  t.match(lines(response)[1], /^spec\.hosts: /);
  t.match(response.auditAnnotations, { verdict: 'denied' });
  t.end();
});

t.test('a world that is not fresh: the policy decides, and it is said', (t) => {
  const staleAfter = 60_000;
  const failure = (staleWorld: 'deny' | 'allow') => ({ failure: { onError: 'deny' as const, staleWorld, staleAfter } });
  const right = requestFor({ object: httpPair() });
  t.equal(answer(right, { policy: failure('deny'), worldAge: staleAfter }).response.allowed, true, 'fresh to the last');
  const { response, changes } = answer(right, { policy: failure('deny'), worldAge: staleAfter + 1 });
  t.equal(response.allowed, false);
  t.match(lines(response), [/cannot judge this now: what it knows of the cluster is 60 seconds old/]);
  t.match(response.auditAnnotations, { verdict: 'denied', 'world-age': '60s' });
  t.strictSame(changes, []);
  const lenient = answer(right, { policy: failure('allow'), worldAge: 90_000 }).response;
  t.equal(lenient.allowed, true);
  t.match(lenient.warnings, [/judged this by an old world: what it knows of the cluster is 90 seconds old/]);
  const leak = answer(requestFor({ object: plain }), { policy: failure('allow'), worldAge: 90_000 }).response;
  t.equal(leak.allowed, false, 'it is judged all the same');
  t.match(leak.warnings, [/old world/]);
  t.end();
});

t.test('nothing is refused of a namespace that is being deleted', (t) => {
  const metadata = { name: 'shop', deletionTimestamp: '2024-05-01T12:00:00Z' };
  const leaving = { apiVersion: 'v1', kind: 'Namespace', metadata };
  const world = [leaving, plain, httpPair()];
  const removal = requestFor({ oldObject: httpPair() });
  const { response, changes } = answer(removal, { world, worldAge: 1e9 });
  t.strictSame(response, { uid: 'u-1', allowed: true });
  t.equal(changes.length, 1);
  t.strictSame(answer({ ...removal, dryRun: true }, { world }).changes, []);
  const staying = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } };
  t.equal(answer(removal, { world: [staying, plain, httpPair()] }).response.allowed, false);
  t.equal(answer(requestFor({ object: plain }), { world: [leaving] }).response.allowed, false, 'only deletions');
  const update = requestFor({ object: routes({ http: [gatewayHttp()] }), oldObject: httpPair() });
  t.equal(answer(update, { world: [leaving, plain] }).response.allowed, false);
  t.equal(
    answer(requestFor({ oldObject: httpPair() }), {
      world: [{ ...leaving, metadata: { ...metadata, name: 'net' } }, plain, httpPair()],
    }).response.allowed,
    false,
  );
  t.end();
});

t.test('a route that names the injection’s subset is judged with its rule, which the watch may not have seen', (t) => {
  const named = (subset: string) =>
    routes({
      http: [
        {
          match: [{ gateways: ['mesh'], port: 80 }],
          route: [{ destination: { host: EGRESS, subset, port: { number: 80 } } }],
        },
        gatewayHttp(),
      ],
    });
  const warnings = (subset: string, policy: Partial<Policy> = {}, world: readonly Document[] = []) =>
    answer(requestFor({ object: named(subset) }), { policy, world }).response.warnings;
  t.strictSame(warnings('cnn-com'), []);
  t.match(warnings('cnn-co'), [/^\[missing-subset\]/], 'somebody else’s subset');
  t.match(warnings('cnn-com', { injection: { ...DEFAULT_POLICY.injection, enabled: false } }), [/^\[missing-subset\]/]);
  const wide = subsets({ host: '*.local', subsets: [] }, { name: 'wide', namespace: 'shop' });
  const { response } = answer(requestFor({ object: named('cnn-com') }), { world: [wide] });
  t.equal(response.allowed, false, 'the clients do not see what was provided');
  t.match(lines(response)[1], /^\[missing-subset\] spec\.http\[0\]\.route\[0\]\.destination\.subset: /);
  t.end();
});

t.test('an object whose name is to be generated is the subject of its own findings', (t) => {
  const object = { ...routes({ http: [meshHttp()] }), metadata: { generateName: 'cnn-', namespace: 'shop' } };
  const { response } = answer(requestFor({ object }));
  t.match(lines(response)[0], /^Sallyport refuses to create VirtualService shop\/cnn-:/);
  t.match(lines(response)[1], /^\[missing-gateway-match\] spec\.http: this VirtualService sends/);
  t.end();
});

t.test('every use of an exemption is in the audit log', (t) => {
  const own = entry(['80 HTTP'], { exportTo: ['.'] });
  const { response } = answer(requestFor({ object: own }), { world: [exemption({ expires: '2026-01-01T00:00:00Z' })] });
  t.match(response, { allowed: true, warnings: [] });
  t.strictSame(response.auditAnnotations, { verdict: 'allowed', exemptions: 'shop/legacy', 'world-age': '0s' });
  const status = requestFor({ object: exemption(), oldObject: exemption() }, { subResource: 'status' });
  t.strictSame(answer(status).response, { uid: 'u-1', allowed: true }, 'what it matches is not judged');
  t.end();
});

t.test('pods and namespaces are not held up by an old world', (t) => {
  const bypassing = pod({ spec: { hostNetwork: true } });
  const { response, changes } = answer(requestFor({ object: bypassing }), { world: [INJECTED], worldAge: 1e9 });
  t.match(response, {
    allowed: true,
    warnings: [/judged this by an old world/, /^\[pod-bypass\] spec\.hostNetwork: /],
  });
  t.match(changes, [{ object: { kind: 'Pod' } }]);
  t.equal(answer(requestFor({ object: namespace({}), oldObject: INJECTED }), { worldAge: 1e9 }).response.allowed, true);
  t.equal(answer(requestFor({ object: CLOSED }), { worldAge: 1e9 }).response.allowed, false);
  t.end();
});
