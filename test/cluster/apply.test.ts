import t from 'tap';
import { applyObject } from '../../src/cluster/apply.js';
import { ClusterError } from '../../src/cluster/cluster-error.js';
import { connectTo, FakeApiServer } from './fake-api-server.js';

const asking = { timeout: 60_000, signal: new AbortController().signal };
const rule = {
  apiVersion: 'networking.istio.io/v1beta1',
  kind: 'DestinationRule',
  metadata: { name: 'to-a', namespace: 'istio-egress' },
  spec: { host: 'a' },
};

t.test('a manifest is applied as ours, and nothing is taken over', async (t) => {
  const fake = await FakeApiServer.start(t);
  fake.trick = () => ({ status: 201, body: { stored: true } });
  const connection = await connectTo(t, fake);
  t.strictSame(await applyObject(connection, rule, asking), { created: true, document: { stored: true } });
  fake.trick = () => ({ status: 200, body: {} });
  t.match(await applyObject(connection, rule, { ...asking, dryRun: true }), { created: false });

  const query = { fieldManager: 'sallyport', force: 'false', fieldValidation: 'Strict' };
  const path = '/apis/networking.istio.io/v1beta1/namespaces/istio-egress/destinationrules/to-a';
  t.match(fake.requests, [
    { method: 'PATCH', path, headers: { 'content-type': 'application/apply-patch+yaml' }, body: JSON.stringify(rule) },
    {},
  ]);
  t.strictSame(fake.requests[0]?.query, query);
  t.strictSame(fake.requests[1]?.query, { ...query, dryRun: 'All' });
});

t.test('a conflict tells the fields and their managers', async (t) => {
  const fake = await FakeApiServer.start(t);
  const cause = { reason: 'FieldManagerConflict', message: 'conflict with "kubectl"', field: '.spec.host' };
  fake.trick = () => ({
    status: 409,
    body: { kind: 'Status', code: 409, message: 'Apply failed with 1 conflict', details: { causes: [cause] } },
  });
  const error = await applyObject(await connectTo(t, fake), rule, asking).catch((thrown: unknown) => thrown);
  if (!(error instanceof ClusterError)) throw new Error('no ClusterError');
  t.equal(error.code, 'conflict');
  t.strictSame(error.causes, [cause]);
  t.match(error.message, /Apply failed with 1 conflict/);
});

t.test('what is no object of the world is not sent', async (t) => {
  const fake = await FakeApiServer.start(t);
  const connection = await connectTo(t, fake);
  const cases = [
    undefined,
    'text',
    {},
    { ...rule, kind: 'Secret' },
    { ...rule, kind: 'Namespace' },
    { ...rule, apiVersion: '' },
    { ...rule, metadata: { name: 'a' } },
    { ...rule, metadata: { namespace: 'a' } },
    // What would lead to another object.
    { ...rule, metadata: { namespace: '..', name: 'a' } },
    { ...rule, metadata: { namespace: 'a', name: 'b/../c' } },
    { ...rule, metadata: { namespace: 'a', name: 'b?force=true' } },
    { ...rule, apiVersion: 'networking.istio.io/../v1' },
  ];
  for (const manifest of cases) {
    await t.rejects(applyObject(connection, manifest, asking), { code: 'invalid' }, JSON.stringify(manifest));
  }
  t.equal(fake.requests.length, 0);
});
