import t from 'tap';
import { manifest, read, told } from '../manifests.js';

const PORT = { number: 443, name: 'tls', protocol: 'HTTPS' };

t.test('reads what istiod reads', (t) => {
  t.same(read('Gateway').spec, { selector: {}, servers: [] });
  t.same(
    read('Gateway', {
      selector: { istio: 'egressgateway' },
      servers: [
        {
          name: 'one',
          bind: '127.0.0.1',
          port: { ...PORT, targetPort: 8443 },
          hosts: ['edition.cnn.com', './a'],
          tls: {
            mode: 'MUTUAL',
            httpsRedirect: true,
            serverCertificate: '/etc/certs/cert-chain.pem',
            privateKey: '/etc/certs/key.pem',
            caCertificates: '/etc/certs/root-cert.pem',
          },
        },
        { port: { number: 80, name: '', protocol: 'http' }, hosts: [], tls: {} },
      ],
    }).spec,
    {
      selector: { istio: 'egressgateway' },
      servers: [
        {
          name: 'one',
          bind: '127.0.0.1',
          port: PORT,
          hosts: ['edition.cnn.com', './a'],
          tls: {
            mode: 'MUTUAL',
            httpsRedirect: true,
            credentialName: undefined,
            serverCertificate: '/etc/certs/cert-chain.pem',
          },
        },
        {
          name: undefined,
          bind: undefined,
          port: { number: 80, name: '', protocol: 'HTTP' },
          hosts: [],
          tls: { mode: 'PASSTHROUGH', httpsRedirect: false, credentialName: undefined, serverCertificate: undefined },
        },
      ],
    },
  );
  t.end();
});

t.test('refuses what the CRD refuses, by its field', (t) => {
  const refused: [unknown, string[]][] = [
    [{}, ['spec.servers[0].hosts is required', 'spec.servers[0].port is required']],
    [{ hosts: [], port: {} }, ['number', 'name', 'protocol'].map((name) => `spec.servers[0].port.${name} is required`)],
    [{ hosts: 'a', port: PORT }, ['spec.servers[0].hosts must be a list, not "a"']],
    [
      { hosts: [], port: { ...PORT, number: -1 } },
      ['spec.servers[0].port.number must be a whole number from 0 to 4294967295, not -1'],
    ],
    [
      { hosts: [], port: PORT, tls: { mode: 'NONE', httpsRedirect: 1 } },
      [
        'spec.servers[0].tls.mode must be one of PASSTHROUGH, SIMPLE, MUTUAL, AUTO_PASSTHROUGH, ISTIO_MUTUAL, OPTIONAL_MUTUAL, not "NONE"',
        'spec.servers[0].tls.httpsRedirect must be true or false, not 1',
      ],
    ],
    [
      { hosts: [], port: PORT, tls: { credentialName: 'a', credentialNames: ['b'], tlsCertificates: [{}] } },
      [
        'spec.servers[0].tls.credentialNames cannot stand beside credentialName',
        'spec.servers[0].tls.credentialNames cannot stand beside tlsCertificates',
      ],
    ],
  ];
  for (const [server, faults] of refused)
    t.same(told(manifest('Gateway', { servers: [server] })), faults, faults.join('; '));
  t.end();
});
