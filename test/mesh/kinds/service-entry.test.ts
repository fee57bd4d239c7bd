import t from 'tap';
import { manifest, read, told } from '../manifests.js';

const PORTS = [{ number: 443, name: 'tls', protocol: 'TLS' }];
const ENDPOINTS = [{ address: '203.0.113.9' }];

function spec(fields: Record<string, unknown>): Record<string, unknown> {
  return { hosts: ['edition.cnn.com'], ports: PORTS, ...fields };
}

t.test('reads what istiod reads', (t) => {
  t.same(read('ServiceEntry', { hosts: ['edition.cnn.com'] }).spec, {
    hosts: ['edition.cnn.com'],
    addresses: [],
    ports: [],
    location: 'MESH_EXTERNAL',
    resolution: 'NONE',
    endpoints: [],
    workloadSelector: undefined,
    exportTo: [],
  });
  t.same(
    read('ServiceEntry', {
      hosts: ['edition.cnn.com', '*.cnn.com'],
      addresses: ['203.0.113.9', '198.51.100.0/24'],
      ports: [
        { number: 80, name: 'http', protocol: 'http2', targetPort: 8080 },
        { number: 90, name: 'any' },
      ],
      location: 'MESH_INTERNAL',
      resolution: 'STATIC',
      endpoints: [
        { address: '203.0.113.66', ports: { http: 8080 }, labels: { version: 'one' }, weight: 3 },
        { network: 'elsewhere' },
      ],
      exportTo: ['.', 'istio-system'],
      subjectAltNames: ['ignored'],
    }).spec,
    {
      hosts: ['edition.cnn.com', '*.cnn.com'],
      addresses: ['203.0.113.9', '198.51.100.0/24'],
      ports: [
        { number: 80, name: 'http', protocol: 'HTTP2', targetPort: 8080 },
        { number: 90, name: 'any', protocol: 'unset', targetPort: undefined },
      ],
      location: 'MESH_INTERNAL',
      resolution: 'STATIC',
      endpoints: [
        { address: '203.0.113.66', ports: { http: 8080 }, labels: { version: 'one' } },
        { address: '', ports: {}, labels: {} },
      ],
      workloadSelector: undefined,
      exportTo: ['.', 'istio-system'],
    },
  );
  t.same(read('ServiceEntry', spec({ workloadSelector: { labels: { app: 'vm' } } })).spec.workloadSelector, {
    app: 'vm',
  });
  t.same(
    read('ServiceEntry', spec({ workloadSelector: {} })).spec.workloadSelector,
    {},
    'selects all, which is not none',
  );
  t.end();
});

t.test('takes what the CRD takes', (t) => {
  const accepted: Record<string, Record<string, unknown>> = {
    'nulls, which the API server drops': { resolution: null, endpoints: null, addresses: null, exportTo: null },
    'a protocol in any case': { ports: [{ number: 1, name: 'g', protocol: 'gRPC-web' }] },
    'an empty protocol': { ports: [{ number: 1, name: 'g', protocol: '' }] },
    'an empty address': { resolution: 'STATIC', endpoints: [{ address: '' }] },
    'an abstract socket': { resolution: 'STATIC', endpoints: [{ address: 'unix://@name' }] },
    'an empty exportTo entry': { exportTo: [''] },
    'a host of any shape': { hosts: ['', 'EXT.com', '*.a.b', 'a b'] },
    'a long address of few characters': { addresses: ['😀'.repeat(64)] },
    'an unknown field': { unknown: { deep: [1] }, ports: [{ number: 1, name: 'g', unknown: true }] },
  };
  for (const [name, fields] of Object.entries(accepted)) {
    t.same(told(manifest('ServiceEntry', spec(fields))), [], name);
  }
  t.end();
});

t.test('refuses what the CRD refuses, by its field', (t) => {
  const refused: [Record<string, unknown>, string[]][] = [
    [{ hosts: undefined }, ['spec.hosts is required']],
    [{ hosts: null }, ['spec.hosts is required']],
    [{ hosts: [] }, ['spec.hosts must have at least one item']],
    [{ hosts: 'edition.cnn.com' }, ['spec.hosts must be a list, not "edition.cnn.com"']],
    [{ hosts: ['a', null, 5] }, ['spec.hosts[1] must be text, not null', 'spec.hosts[2] must be text, not 5']],
    [{ hosts: ['*'] }, ['spec.hosts[0] cannot be *: name the hosts, or a part of a domain such as *.example.com']],
    [{ hosts: new Array(257).fill('a') }, ['spec.hosts must have at most 256 items, not 257']],
    [{ addresses: ['😀'.repeat(65)] }, ['spec.addresses[0] must have at most 64 characters']],
    [
      { addresses: ['203.0.113.0/24'], resolution: 'DNS' },
      ['spec.addresses[0] cannot be a block of addresses (CIDR) with resolution DNS: only NONE and STATIC take one'],
    ],
    [{ ports: [{ name: 'tls' }] }, ['spec.ports[0].number is required']],
    [{ ports: [{ number: 443 }] }, ['spec.ports[0].name is required']],
    [
      { ports: [{ number: '443', name: 'tls' }] },
      ['spec.ports[0].number must be a whole number from 1 to 65535, not "443"'],
    ],
    [
      { ports: [{ number: 443.5, name: 'tls', targetPort: 0 }] },
      [
        'spec.ports[0].number must be a whole number from 1 to 65535, not 443.5',
        'spec.ports[0].targetPort must be a whole number from 1 to 65535, not 0',
      ],
    ],
    [{ ports: [443] }, ['spec.ports[0] must be an object, not 443']],
    [
      {
        ports: [
          { number: 1, name: 'a' },
          { number: 1, name: 'b' },
        ],
      },
      ['spec.ports must have different numbers'],
    ],
    [
      {
        ports: [
          { number: 1, name: 'a' },
          { number: 2, name: 'a' },
        ],
      },
      ['spec.ports must have different names'],
    ],
    [{ ports: [{ number: 1, name: 'a'.repeat(257) }] }, ['spec.ports[0].name must have at most 256 characters']],
    [
      { ports: [{ number: 1, name: 'a', protocol: 'HTP' }] },
      [
        'spec.ports[0].protocol must be one of HTTP, HTTP2, GRPC, GRPC-Web, HTTP_PROXY, HTTPS, TLS, TCP, Mongo, MySQL, Redis, UDP, not "HTP"',
      ],
    ],
    [{ location: 'mesh_external' }, ['spec.location must be one of MESH_EXTERNAL, MESH_INTERNAL, not "mesh_external"']],
    [{ resolution: '' }, ['spec.resolution must be one of NONE, STATIC, DNS, DNS_ROUND_ROBIN, DYNAMIC_DNS, not ""']],
    [
      { endpoints: ENDPOINTS },
      ['spec.endpoints cannot be given with resolution NONE, which calls the address that the client dialled'],
    ],
    [
      { endpoints: ENDPOINTS, resolution: 'STATIC', workloadSelector: {} },
      ['spec.endpoints cannot stand beside workloadSelector: only one of them may say where the hosts are'],
    ],
    [
      { endpoints: [...ENDPOINTS, ...ENDPOINTS], resolution: 'DNS_ROUND_ROBIN' },
      ['spec.endpoints can name one endpoint at most with resolution DNS_ROUND_ROBIN'],
    ],
    [
      { endpoints: ENDPOINTS, addresses: ['10.0.0.0/8'], resolution: 5 },
      ['spec.resolution must be one of NONE, STATIC, DNS, DNS_ROUND_ROBIN, DYNAMIC_DNS, not 5'],
    ],
    [{ endpoints: [{}], resolution: 'STATIC' }, ['spec.endpoints[0].address is required']],
    [
      { endpoints: [{ address: 'a', ports: { 'a.b': 1, ok: 70000 } }], resolution: 'DNS' },
      [
        'spec.endpoints[0].ports["a.b"] is no name of a port: letters, digits and inner dashes, fewer than 63',
        'spec.endpoints[0].ports.ok must be a whole number from 1 to 65535, not 70000',
      ],
    ],
    [
      { endpoints: [{ address: 'unix://x', ports: {} }], resolution: 'STATIC' },
      [
        'spec.endpoints[0].address must go on with an absolute path (unix:///path) or an abstract socket (unix://@name)',
        'spec.endpoints[0].ports cannot be given for a unix socket',
      ],
    ],
    [
      { endpoints: [{ address: 'unix:///a/' }], resolution: 'STATIC' },
      ['spec.endpoints[0].address must name a socket, not a folder'],
    ],
    [
      { workloadSelector: { labels: { app: 'v*', long: 'x'.repeat(64) } } },
      [
        'spec.workloadSelector.labels.app cannot hold a *: a selector compares whole values',
        'spec.workloadSelector.labels.long must have at most 63 characters',
      ],
    ],
  ];
  for (const [fields, faults] of refused)
    t.same(told(manifest('ServiceEntry', spec(fields))), faults, faults.join('; '));
  t.same(told(manifest('ServiceEntry')), ['spec is required']);
  t.same(
    told(manifest('ServiceEntry', 'text')),
    ['spec must be an object, not "text"'],
    'and nothing that follows from it',
  );
  t.end();
});
