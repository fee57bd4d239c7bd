import t from 'tap';
import { manifest, read, told } from '../manifests.js';

t.test('reads what istiod reads', (t) => {
  t.same(read('Sidecar').spec, { workloadSelector: undefined, egress: [], outboundTrafficPolicy: undefined });
  t.same(
    read('Sidecar', {
      workloadSelector: { labels: { app: 'web' } },
      egress: [
        { port: { number: 443, protocol: 'tls', name: 'a' }, bind: '127.0.0.1', hosts: ['./*'] },
        { port: {}, hosts: [] },
        { hosts: ['*/*'] },
      ],
      outboundTrafficPolicy: { mode: 'ALLOW_ANY', egressProxy: { host: 'a', port: { number: 443 }, subset: 's' } },
    }).spec,
    {
      workloadSelector: { app: 'web' },
      egress: [
        { port: { number: 443, protocol: 'TLS' }, bind: '127.0.0.1', hosts: ['./*'] },
        { port: { number: 0, protocol: 'unset' }, bind: undefined, hosts: [] },
        { port: undefined, bind: undefined, hosts: ['*/*'] },
      ],
      outboundTrafficPolicy: { mode: 'ALLOW_ANY', egressProxy: { host: 'a', port: 443, subset: 's' } },
    },
  );
  t.same(
    read('Sidecar', { outboundTrafficPolicy: {} }).spec.outboundTrafficPolicy,
    { mode: 'REGISTRY_ONLY', egressProxy: undefined },
    'a policy without a mode closes',
  );
  t.same(read('Sidecar', { workloadSelector: {} }).spec.workloadSelector, {});
  t.end();
});

t.test('refuses what the CRD refuses, by its field', (t) => {
  const refused: [Record<string, unknown>, string[]][] = [
    [{ egress: [{}] }, ['spec.egress[0].hosts is required']],
    [
      { outboundTrafficPolicy: { mode: 'allow_any', egressProxy: {} } },
      [
        'spec.outboundTrafficPolicy.mode must be one of REGISTRY_ONLY, ALLOW_ANY, not "allow_any"',
        'spec.outboundTrafficPolicy.egressProxy.host is required',
      ],
    ],
    [{ workloadSelector: 'app=web' }, ['spec.workloadSelector must be an object, not "app=web"']],
  ];
  for (const [spec, faults] of refused)
    t.same(told(manifest('Sidecar', spec)).slice().sort(), faults.slice().sort(), faults.join('; '));
  t.end();
});
