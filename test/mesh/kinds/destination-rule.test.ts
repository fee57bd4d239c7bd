import t from 'tap';
import { manifest, read, told } from '../manifests.js';

t.test('reads what istiod reads', (t) => {
  t.same(read('DestinationRule', { host: 'a' }).spec, {
    host: 'a',
    trafficPolicy: undefined,
    subsets: [],
    exportTo: [],
    workloadSelector: undefined,
  });
  t.same(
    read('DestinationRule', {
      host: 'a',
      exportTo: ['*'],
      workloadSelector: { matchLabels: { app: 'web' } },
      trafficPolicy: {
        tls: { mode: 'SIMPLE', sni: 'b', credentialName: 'c' },
        loadBalancer: { simple: 'PASSTHROUGH' },
        outlierDetection: {},
      },
      subsets: [
        {
          name: 'cnn',
          labels: { version: 'one' },
          trafficPolicy: {
            portLevelSettings: [
              {
                port: { number: 443 },
                tls: { mode: 'MUTUAL', clientCertificate: '/etc/certs/cert-chain.pem', sni: '' },
              },
              { loadBalancer: { consistentHash: { useSourceIp: true } } },
            ],
          },
        },
        { name: 'plain' },
      ],
    }).spec,
    {
      host: 'a',
      exportTo: ['*'],
      workloadSelector: { app: 'web' },
      trafficPolicy: {
        tls: { mode: 'SIMPLE', sni: 'b', credentialName: 'c' },
        loadBalancer: { simple: 'PASSTHROUGH' },
        portLevelSettings: [],
      },
      subsets: [
        {
          name: 'cnn',
          labels: { version: 'one' },
          trafficPolicy: {
            tls: undefined,
            loadBalancer: undefined,
            portLevelSettings: [
              {
                port: 443,
                tls: { mode: 'MUTUAL', sni: undefined, credentialName: undefined },
                loadBalancer: undefined,
              },
              { port: 0, tls: undefined, loadBalancer: { simple: undefined } },
            ],
          },
        },
        { name: 'plain', labels: {}, trafficPolicy: undefined },
      ],
    },
  );
  t.same(read('DestinationRule', { host: 'a', trafficPolicy: { tls: {} } }).spec.trafficPolicy?.tls, {
    mode: 'DISABLE',
    sni: undefined,
    credentialName: undefined,
  });
  t.same(read('DestinationRule', { host: 'a', workloadSelector: {} }).spec.workloadSelector, {});
  t.equal(read('DestinationRule').spec.host, '', 'the CRD takes a rule without a spec');
  t.end();
});

t.test('refuses what the CRD refuses, by its field', (t) => {
  const refused: [Record<string, unknown>, string[]][] = [
    [{}, ['spec.host is required']],
    [{ host: 'a', subsets: [{ labels: {} }] }, ['spec.subsets[0].name is required']],
    [
      { host: 'a', trafficPolicy: { tls: { mode: 'NONE' } } },
      ['spec.trafficPolicy.tls.mode must be one of DISABLE, SIMPLE, MUTUAL, ISTIO_MUTUAL, not "NONE"'],
    ],
    [
      { host: 'a', trafficPolicy: { loadBalancer: { simple: 'RANDOM', consistentHash: {} } } },
      ['spec.trafficPolicy.loadBalancer can have only one of simple, consistentHash'],
    ],
    [
      { host: 'a', trafficPolicy: { portLevelSettings: [{ port: 443 }] } },
      ['spec.trafficPolicy.portLevelSettings[0].port must be an object, not 443'],
    ],
    [
      { host: 'a', workloadSelector: { matchLabels: { 'a*': 'x', b: '*' } } },
      [
        'spec.workloadSelector.matchLabels["a*"] is no key of a label: it is empty or holds a *',
        'spec.workloadSelector.matchLabels.b cannot hold a *: a selector compares whole values',
      ],
    ],
  ];
  for (const [spec, faults] of refused) t.same(told(manifest('DestinationRule', spec)), faults, faults.join('; '));
  t.end();
});
