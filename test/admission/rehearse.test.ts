import t from 'tap';
import { rehearse } from '../../src/admission/rehearse.js';
import type { AdmissionRequest } from '../../src/admission/review.js';
import { validate } from '../../src/admission/validate.js';
import type { ObjectChange } from '../../src/policy/change.js';
import { DEFAULT_POLICY, type Policy } from '../../src/policy/policy.js';
import { EGRESS, entry, gatewayHttp, httpPair, meshHttp, routes, type Document } from '../policy/manifests.js';
import { requestFor, worldWith } from './request.js';

const unnamed: Document = { destination: { host: EGRESS, port: { number: 80 } } };
const wanting = routes({ http: [{ match: [{ gateways: ['mesh'], port: 80 }], route: [unnamed] }, gatewayHttp()] });

async function rehearsed(request: AdmissionRequest, world: readonly Document[] = [], policy: Partial<Policy> = {}) {
  const changes: ObjectChange[] = [];
  const grounds = {
    world: worldWith(world),
    policy: { ...DEFAULT_POLICY, ...policy },
    now: 0,
    worldAge: 0,
    admitted: (change: ObjectChange) => {
      changes.push(change);
    },
  };
  return { ...(await rehearse(request, grounds)), changes, grounds };
}

t.test('the object is judged as the patch leaves it, beside the rules that were applied for it', async (t) => {
  const { response, patch, applied, changes, grounds } = await rehearsed(requestFor({ object: wanting }));
  t.match(response, { uid: 'u-1', allowed: true, warnings: [], judgement: { decision: { findings: [] } } });
  t.strictSame(patch, [{ op: 'add', path: '/spec/http/0/route/0/destination/subset', value: 'cnn-com' }]);
  t.match(applied, [{ kind: 'DestinationRule', spec: { host: EGRESS, subsets: [{ name: 'cnn-com' }] } }]);
  const [change] = changes;
  t.match(change?.object, { spec: { http: [{ route: [{ destination: { subset: 'cnn-com' } }] }] } });
  const rule = applied[0]?.metadata;
  t.equal(grounds.world.object('DestinationRule', rule?.namespace ?? '', rule?.name ?? ''), undefined);
});

t.test('a dry run answers the same, and nothing comes about', async (t) => {
  const dry = await rehearsed(requestFor({ object: wanting }, { dryRun: true }));
  const { response, patch } = await rehearsed(requestFor({ object: wanting }));
  t.strictSame({ response: dry.response, patch: dry.patch }, { response, patch });
  t.strictSame({ applied: dry.applied, changes: dry.changes }, { applied: [], changes: [] });
});

t.test('what needs no patch is answered as the validating webhook does', async (t) => {
  for (const request of [
    requestFor({ object: httpPair() }),
    requestFor({ object: entry(['80 HTTP']) }),
    requestFor({ oldObject: httpPair() }),
    requestFor({ object: { ...entry(['80 HTTP']), spec: { hosts: 'cnn.com' } } }),
  ]) {
    const { response, patch, applied, grounds } = await rehearsed(request);
    const { allowed, status, judgement, warnings = [] } = validate(request, grounds);
    t.strictSame([response.allowed, response.status, response.judgement], [allowed, status, judgement]);
    t.strictSame(response.warnings ?? [], warnings);
    t.strictSame({ patch, applied }, { patch: [], applied: [] });
  }
});

t.test('a subset that cannot be provided is a denial, or a warning beside those of the judgement', async (t) => {
  const others = { apiVersion: 'networking.istio.io/v1', kind: 'DestinationRule', spec: { host: 'other.example' } };
  const name = 'sallyport-istio-egressgateway-cnn-com';
  const taken = [{ ...others, metadata: { name, namespace: 'istio-system' } }];
  const refused = await rehearsed(requestFor({ object: wanting }), taken);
  t.match(refused.response, { allowed: false, status: { message: /could not provide the subset cnn-com/ } });
  t.strictSame(refused.changes, []);
  const { injection } = DEFAULT_POLICY;
  const onlyMesh = routes({
    gateways: ['mesh', 'nowhere'],
    http: [
      { ...meshHttp(), route: [unnamed] },
      { ...gatewayHttp(), match: [{ gateways: ['nowhere'], port: 80 }] },
    ],
  });
  const warned = await rehearsed(requestFor({ object: onlyMesh }), taken, {
    injection: { ...injection, onFailure: 'warn' },
  });
  t.match(warned.response.warnings?.[0], /could not provide the subset cnn-com/);
  t.match(warned.response.warnings?.slice(1).join('\n'), /\[unknown-gateway\]/);
});
