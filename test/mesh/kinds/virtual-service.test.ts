import t from 'tap';
import type { HttpRule } from '../../../src/mesh/kinds/virtual-service.js';
import { manifest, read, told } from '../manifests.js';

const EGRESS = 'istio-egressgateway.istio-system.svc.cluster.local';

function http(rule: Record<string, unknown>): HttpRule | undefined {
  return read('VirtualService', { http: [rule] }).spec.http[0];
}

t.test('reads the tutorial', (t) => {
  const { spec } = read('VirtualService', {
    hosts: ['edition.cnn.com'],
    gateways: ['egress', 'mesh'],
    exportTo: ['.'],
    tls: [
      {
        match: [
          { gateways: ['mesh'], port: 443, sniHosts: ['edition.cnn.com'], destinationSubnets: ['203.0.113.0/24'] },
        ],
        route: [{ destination: { host: EGRESS, subset: 'cnn', port: { number: 443 } } }],
      },
    ],
    tcp: [
      {
        match: [{ port: 3306, sourceLabels: { app: 'web' }, sourceNamespace: 'shop', sourceSubnet: 'ignored' }],
        route: [{ destination: { host: 'db.example.com' }, weight: 7 }],
      },
    ],
  });
  t.same(spec, {
    hosts: ['edition.cnn.com'],
    gateways: ['egress', 'mesh'],
    http: [],
    tls: [
      {
        match: [
          {
            gateways: ['mesh'],
            port: 443,
            sourceLabels: {},
            sourceNamespace: undefined,
            destinationSubnets: ['203.0.113.0/24'],
            sniHosts: ['edition.cnn.com'],
          },
        ],
        route: [{ destination: { host: EGRESS, subset: 'cnn', port: 443 }, weight: 0 }],
      },
    ],
    tcp: [
      {
        match: [
          {
            gateways: [],
            port: 3306,
            sourceLabels: { app: 'web' },
            sourceNamespace: 'shop',
            destinationSubnets: [],
          },
        ],
        route: [{ destination: { host: 'db.example.com', subset: undefined, port: undefined }, weight: 7 }],
      },
    ],
    exportTo: ['.'],
  });
  t.end();
});

t.test('reads an empty rule as one that takes every request', (t) => {
  t.same(http({}), {
    name: undefined,
    match: [],
    route: [],
    redirect: undefined,
    directResponse: undefined,
    delegate: undefined,
    mirrors: [],
    rewriteAuthority: undefined,
    requestHost: undefined,
  });
  t.same(read('VirtualService').spec, { hosts: [], gateways: [], http: [], tls: [], tcp: [], exportTo: [] });
  t.end();
});

t.test('reads matches', (t) => {
  const rule = http({
    name: 'first',
    match: [
      {
        gateways: ['mesh'],
        port: 0,
        uri: { prefix: '/' },
        method: {},
        authority: { regex: '.*' },
        headers: { here: {}, 'x-egress': { exact: '' } },
        withoutHeaders: { gone: { prefix: 'a' } },
        queryParams: { v: { exact: '2' } },
        ignoreUriCase: true,
        sourceNamespace: '',
      },
    ],
  });
  t.same(rule?.match, [
    {
      gateways: ['mesh'],
      port: undefined,
      sourceLabels: {},
      sourceNamespace: undefined,
      uri: { type: 'prefix', value: '/' },
      // A condition without a value still asks for presence: it keeps the rule from taking every request.
      method: { type: 'prefix', value: '' },
      authority: { type: 'regex', value: '.*' },
      scheme: undefined,
      headers: { here: undefined, 'x-egress': { type: 'exact', value: '' } },
      withoutHeaders: { gone: { type: 'prefix', value: 'a' } },
      queryParams: { v: { type: 'exact', value: '2' } },
      ignoreUriCase: true,
    },
  ]);
  t.equal(http({ match: [{ uri: {} }] })?.match[0]?.uri, undefined, 'an empty match of the path matches every path');
  t.end();
});

t.test('reads who answers', (t) => {
  t.same(http({ redirect: { authority: 'a.example.com' } })?.redirect, { authority: 'a.example.com', status: 301 });
  t.same(http({ redirect: { redirectCode: 302, authority: '' } })?.redirect, { authority: undefined, status: 302 });
  t.same(http({ directResponse: { status: 503 } })?.directResponse, { status: 503 });
  t.same(http({ delegate: { name: 'd' } })?.delegate, { name: 'd', namespace: undefined });
  t.same(http({ delegate: { namespace: 'n' } })?.delegate, { name: '', namespace: 'n' });
  t.equal(http({ rewrite: { authority: 'a', uri: '/' } })?.rewriteAuthority, 'a');
  t.same(
    http({ route: [{ destination: { host: 'a', port: {}, subset: '' }, weight: 5 }] })?.route,
    [{ destination: { host: 'a', subset: undefined, port: 0 }, weight: 5, requestHost: undefined }],
    'a port without a number is port 0, not any port',
  );
  t.end();
});

t.test('reads mirrors, the old field first', (t) => {
  const mirror = { host: 'a' };
  const read = { host: 'a', subset: undefined, port: undefined };
  const percentages: [Record<string, unknown>, number][] = [
    [{}, 100],
    [{ mirrorPercent: 5 }, 5],
    [{ mirror_percent: 6 }, 6],
    [{ mirrorPercent: null }, 100],
    [{ mirrorPercentage: { value: 12.5 }, mirrorPercent: 5 }, 12.5],
    [{ mirrorPercentage: {} }, 0],
    [{ mirrorPercentage: { value: 250 } }, 100],
    [{ mirrorPercentage: { value: -1 } }, 0],
  ];
  for (const [fields, percentage] of percentages) {
    t.same(
      http({ mirror, ...fields })?.mirrors,
      [{ field: 'mirror', destination: read, percentage }],
      JSON.stringify(fields),
    );
  }
  t.same(
    http({ mirrors: [{ destination: mirror }, { destination: mirror, percentage: { value: 1 } }], mirror })?.mirrors,
    [
      { field: 'mirror', destination: read, percentage: 100 },
      { field: 'mirrors[0].destination', destination: read, percentage: 100 },
      { field: 'mirrors[1].destination', destination: read, percentage: 1 },
    ],
  );
  t.end();
});

t.test('reads the Host that a rule or a destination gives', (t) => {
  const hosts: [unknown, string | undefined][] = [
    [{ request: { set: { Host: 'a' } } }, 'a'],
    [{ request: { add: { ':Authority': 'a' } } }, 'a'],
    [{ request: { add: { host: 'b' }, set: { HOST: 'a' } } }, 'a'],
    [{ request: { add: { host: 'b' }, set: { host: '' } } }, 'b'],
    [{ request: { set: { 'x-host': 'a' }, remove: ['host'] } }, undefined],
    [{ response: { set: { host: 'a' } } }, undefined],
  ];
  for (const [headers, host] of hosts) {
    t.equal(http({ headers })?.requestHost, host, JSON.stringify(headers));
    t.equal(http({ route: [{ destination: { host: 'd' }, headers }] })?.route[0]?.requestHost, host);
  }
  t.end();
});

t.test('refuses what the CRD refuses, by its field', (t) => {
  const refused: [Record<string, unknown>, string[]][] = [
    [{ hosts: 'a' }, ['spec.hosts must be a list, not "a"']],
    [{ http: [null] }, ['spec.http[0] must be an object, not null']],
    [{ http: [{ route: [{}] }] }, ['spec.http[0].route[0].destination is required']],
    [{ http: [{ route: [{ destination: {} }] }] }, ['spec.http[0].route[0].destination.host is required']],
    [
      { http: [{ route: [{ destination: { host: 'a', port: 80 } }] }] },
      ['spec.http[0].route[0].destination.port must be an object, not 80'],
    ],
    [
      { http: [{ route: [{ destination: { host: 'a', port: { number: '80' } } }] }] },
      ['spec.http[0].route[0].destination.port.number must be a whole number from 0 to 4294967295, not "80"'],
    ],
    [
      { http: [{ route: [{ destination: { host: 'a' }, weight: -1 }] }] },
      ['spec.http[0].route[0].weight must be a whole number from 0 to 2147483647, not -1'],
    ],
    [{ http: [{ mirror: {} }] }, ['spec.http[0].mirror.host is required']],
    [{ http: [{ mirrors: [{}] }] }, ['spec.http[0].mirrors[0].destination is required']],
    [{ http: [{ directResponse: {} }] }, ['spec.http[0].directResponse.status is required']],
    [
      { http: [{ redirect: { port: 1, derivePort: 'FROM_REQUEST_PORT' } }] },
      ['spec.http[0].redirect.derivePort cannot stand beside port: only one of them may say the port'],
    ],
    [
      { http: [{ match: [{ uri: { exact: 'a', prefix: 'b' } }] }] },
      ['spec.http[0].match[0].uri.prefix cannot stand beside exact: a match compares in one way'],
    ],
    [
      { http: [{ match: [{ headers: { 'x-a': { regex: 5 }, b: 'text' } }] }] },
      [
        'spec.http[0].match[0].headers["x-a"].regex must be text, not 5',
        'spec.http[0].match[0].headers.b must be an object, not "text"',
      ],
    ],
    [
      { http: [{ match: [{ ignoreUriCase: 'true' }] }] },
      ['spec.http[0].match[0].ignoreUriCase must be true or false, not "true"'],
    ],
    [{ tls: [{}] }, ['spec.tls[0].match is required']],
    [
      { tls: [{ match: [{ port: 443 }] }] },
      ['spec.tls[0].match[0].sniHosts is required (its name of 2019, sni_hosts, is dropped by the API server)'],
    ],
    [
      { tcp: [{ match: [{ sourceLabels: ['app'] }] }] },
      ['spec.tcp[0].match[0].sourceLabels must be an object, not a list'],
    ],
    [
      { gateways: [1], http: [{ mirrorPercentage: { value: '5' } }], tcp: {} },
      [
        'spec.gateways[0] must be text, not 1',
        'spec.http[0].mirrorPercentage.value must be a number, not "5"',
        'spec.tcp must be a list, not an object',
      ],
    ],
  ];
  for (const [spec, faults] of refused) t.same(told(manifest('VirtualService', spec)), faults, faults.join('; '));
  t.end();
});
