import fc from 'fast-check';
import t from 'tap';
import { OLDEST } from '../../src/mesh/metadata.js';
import { readPassing } from '../../src/mesh/read-passing.js';
import { deployment, gatewayApi, pod } from '../policy/kubernetes-manifests.js';

t.test('reads workloads and the Gateway API by their versions', (t) => {
  t.match(readPassing(pod({}), OLDEST), { kind: 'Pod', pod: { path: '' } });
  t.match(readPassing(deployment({}), OLDEST), { kind: 'Deployment', pod: { path: 'spec.template.' } });
  t.match(readPassing(gatewayApi('Gateway', { gatewayClassName: 'istio' }), OLDEST), { kind: 'KubernetesGateway' });
  t.match(readPassing(gatewayApi('TLSRoute', {}, 'v1alpha3'), OLDEST), { kind: 'TLSRoute', parents: [] });
  for (const other of [
    { ...pod({}), apiVersion: 'v2' },
    { ...deployment({}), apiVersion: 'extensions/v1beta1' },
    { ...gatewayApi('Gateway', {}), apiVersion: 'networking.istio.io/v1' },
    gatewayApi('ReferenceGrant', {}),
    gatewayApi('toString', {}),
    null,
    [],
    'Pod',
  ]) {
    t.equal(readPassing(other, OLDEST), undefined, JSON.stringify(other));
  }
  t.end();
});

t.test('reads on whatever is in the place of its fields', (t) => {
  const fields = ['metadata', 'spec', 'template', 'labels', 'annotations', 'securityContext', 'containers'];
  const keys = fc.oneof(fc.constantFrom(...fields, 'hostNetwork', 'runAsUser', 'parentRefs', 'kind'), fc.string());
  const tree = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 6 },
      fc.jsonValue({ maxDepth: 1 }),
      fc.dictionary(keys, tie('value')),
      fc.array(tie('value'), { maxLength: 3 }),
    ),
  })).value;
  const heads = fc.constantFrom(
    ...[pod({}), deployment({}), { apiVersion: 'batch/v1', kind: 'CronJob' }, gatewayApi('HTTPRoute', {})],
  );
  fc.assert(
    fc.property(heads, fc.dictionary(keys, tree), ({ apiVersion, kind }, document) => {
      return readPassing({ ...document, apiVersion, kind }, OLDEST)?.kind === kind;
    }),
    { numRuns: 2000 },
  );
  t.end();
});
