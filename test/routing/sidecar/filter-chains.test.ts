import t from 'tap';
import { calls, scene } from '../scene.js';

const GROUND = 'ServiceEntry app/ext @1: {hosts: [ext.com], ports: [443 TLS], resolution: DNS}\n';
const WILD = 'ServiceEntry app/wild @1: {hosts: ["*.ext.com"], ports: [443 TLS], resolution: NONE}\n';
const DB = 'ServiceEntry app/db @1: {hosts: [db.com], ports: [3306 TCP], resolution: DNS}\n';
const BLOCK =
  'ServiceEntry app/db @1: {hosts: [db.com], ports: [3306 TCP], resolution: NONE, addresses: [203.0.113.0/24]}\n';
const routes = (title: string, hosts: string, spec: string) =>
  `VirtualService app/${title}: {hosts: [${hosts}], ${spec}}\n`;
const tls = (title: string, hosts: string, match: string, to = `${title.split(' ')[0]!}.test:1`) =>
  routes(title, hosts, `tls: [{match: [${match}], route: ["${to}"]}]`);

t.test('T4.2 a TLS service: the tls matches of every overlapping VirtualService', (t) => {
  t.test('its own chain where there is none: its host as SNI, direct', (t) => {
    calls(t, scene(GROUND), { 'tls ext.com:443': 'ext.com:443 external', 'tls www.ext.com:443': 'blackhole' });
    calls(t, scene(WILD), { 'tls www.ext.com:443': '*.ext.com:443 external', 'tls ext.com:443': 'blackhole' });
    t.end();
  });

  t.test('one chain, for whatever SNI, suppresses it (A7)', (t) => {
    const where = scene(WILD, tls('r', '"*.ext.com"', '{sniHosts: [www.ext.com]}'));
    calls(t, where, { 'tls www.ext.com:443': 'r.test:1 missing', 'tls api.ext.com:443': 'blackhole' });
    const other = scene(GROUND, tls('r', 'ext.com, other.com', '{sniHosts: [other.com]}'));
    calls(t, other, { 'tls ext.com:443': 'blackhole', 'tls other.com:443': 'r.test:1 missing' });
    t.end();
  });

  t.test('an exact VirtualService counts for a wildcard service too, H55; a wildcard one for an exact service', (t) => {
    const exact = scene(WILD, tls('r', 'www.ext.com', '{sniHosts: [www.ext.com]}'));
    calls(t, exact, { 'tls www.ext.com:443': 'r.test:1 missing', 'tls api.ext.com:443': 'blackhole' });
    const wider = scene(GROUND, tls('r', '"*.com"', '{sniHosts: ["*.com"]}'));
    calls(t, wider, { 'tls ext.com:443': 'r.test:1 missing' });
    t.end();
  });

  t.test('a match counts where its gateways, port and both its sources fit', (t) => {
    const fits = { 'tls ext.com:443 with v=1': 'r.test:1 missing' };
    const fails = { 'tls ext.com:443 with v=1': 'ext.com:443 external' };
    const rows: readonly [condition: string, expected: Record<string, string>][] = [
      ['gateways: [mesh]', fits],
      ['gateways: [istio-system/egw, mesh]', fits],
      ['gateways: [istio-system/egw]', fails],
      ['port: 443', fits],
      ['port: 0', fits],
      ['port: 8443', fails],
      ['sourceLabels: {v: "1"}', fits],
      ['sourceLabels: {v: "2"}', fails],
      ['sourceNamespace: app', fits],
      ['sourceNamespace: ""', fits],
      ['sourceNamespace: shop', fails],
      ['gateways: [mesh], sourceLabels: {v: "2"}', fails],
    ];
    for (const [condition, expected] of rows) {
      const gateways = 'gateways: [mesh, istio-system/egw]';
      const where = scene(
        GROUND,
        routes('r', 'ext.com', `${gateways}, tls: [{match: [{sniHosts: [ext.com], ${condition}}], route: [r.test:1]}]`),
      );
      t.test(condition, (t) => {
        calls(t, where, expected);
        t.end();
      });
    }
    t.end();
  });

  t.test('rules for one SNI in two VirtualServices: the first in order', (t) => {
    const where = scene(
      GROUND,
      tls('young @3', 'ext.com', '{sniHosts: [ext.com]}'),
      tls('old @2', 'ext.com', '{sniHosts: [ext.com]}'),
    );
    calls(t, where, { 'tls ext.com:443': 'old.test:1 missing' });
    t.end();
  });

  t.test('destinationSubnets bind this and every later match that has none, H56', (t) => {
    const first = tls('first @2', 'ext.com', '{sniHosts: [a.ext.com], destinationSubnets: [203.0.113.0/24]}');
    const where = scene(GROUND, first, tls('second @3', 'ext.com', '{sniHosts: [ext.com]}'));
    calls(t, where, {
      'tls ext.com:443 at 203.0.113.7': 'second.test:1 missing',
      'tls ext.com:443 at 198.51.100.7': 'blackhole',
      'tls ext.com:443': 'blackhole',
      'tls a.ext.com:443 at 203.0.113.7': 'first.test:1 missing',
    });
    const own = tls('second @3', 'ext.com', '{sniHosts: [ext.com], destinationSubnets: [198.51.100.0/24]}');
    calls(t, scene(GROUND, first, own), {
      'tls ext.com:443 at 198.51.100.7': 'second.test:1 missing',
      'tls ext.com:443 at 203.0.113.7': 'blackhole',
    });
    const before = scene(GROUND, tls('zero @1', 'ext.com', '{sniHosts: [ext.com]}'), first);
    calls(t, before, { 'tls ext.com:443': 'zero.test:1 missing' });
    t.end();
  });

  t.test('the same list of SNIs and subnets again is dropped, and still hands on its subnets', (t) => {
    const same = '{sniHosts: [b.ext.com], destinationSubnets: [203.0.113.0/24]}';
    const last = '{sniHosts: [c.ext.com], destinationSubnets: [198.51.100.0/24]}';
    const where = scene(
      GROUND,
      routes(
        'r',
        'ext.com',
        `tls: [{match: [${same}], route: [one.test:1]}, {match: [${last}], route: [two.test:1]}, {match: [${same}], route: [three.test:1]}, {match: [{sniHosts: [ext.com]}], route: [four.test:1]}]`,
      ),
    );
    calls(t, where, {
      'tls b.ext.com:443 at 203.0.113.7': 'one.test:1 missing',
      'tls ext.com:443 at 203.0.113.7': 'four.test:1 missing',
      'tls ext.com:443 at 198.51.100.7': 'blackhole',
    });
    t.end();
  });

  t.test('else the block of the service', (t) => {
    const blocks =
      'ServiceEntry app/ext @1: {hosts: [ext.com], addresses: [203.0.113.0/24], ports: [443 TLS], resolution: NONE}\n';
    calls(t, scene(blocks), {
      'tls ext.com:443 at 203.0.113.7': 'ext.com:443 external',
      'tls ext.com:443 at 198.51.100.7': 'blackhole',
    });
    calls(t, scene(blocks, tls('r', 'ext.com', '{sniHosts: [ext.com]}')), {
      'tls ext.com:443 at 203.0.113.7': 'r.test:1 missing',
      'tls ext.com:443 at 198.51.100.7': 'blackhole',
    });
    t.end();
  });

  t.test('on a virtual IP its own chain takes any bytes, and with routes only their SNIs (A7)', (t) => {
    const vip =
      'ServiceEntry app/ext @1: {hosts: [ext.com], addresses: [203.0.113.1], ports: [443 TLS], resolution: DNS}\n';
    calls(t, scene(vip), {
      'tls other.com:443 at 203.0.113.1': 'ext.com:443 external',
      'tcp x:443 at 203.0.113.1': 'ext.com:443 external',
      'http x:443 at 203.0.113.1': 'ext.com:443 external',
    });
    calls(t, scene(vip, tls('r', 'ext.com', '{sniHosts: [ext.com]}')), {
      'tls ext.com:443 at 203.0.113.1': 'r.test:1 missing',
      'tls other.com:443 at 203.0.113.1': 'blackhole',
      'tcp x:443 at 203.0.113.1': 'blackhole',
    });
    t.end();
  });

  t.test('the sections for other protocols are not looked at (A5, H11)', (t) => {
    const where = scene(GROUND, routes('r', 'ext.com', 'http: [{route: [r.test:1]}], tcp: [{route: [r.test:1]}]'));
    calls(t, where, { 'tls ext.com:443': 'ext.com:443 external' });
    t.end();
  });
  t.end();
});

t.test('T4.3 a TCP service: the first rule without subnets ends the search', (t) => {
  const tcp = (title: string, hosts: string, rules: string) => routes(title, hosts, `tcp: [${rules}]`);

  t.test('a rule without a match takes all, and so does the first match without subnets', (t) => {
    calls(t, scene(DB), { 'tcp x:3306': 'db.com:3306 external' });
    calls(t, scene(DB, tcp('r', 'db.com', '{route: [r.test:1]}')), { 'tcp x:3306': 'r.test:1 missing' });
    calls(t, scene(DB, tcp('r', 'db.com', '{match: [{port: 3306}], route: [r.test:1]}, {route: [never.test:1]}')), {
      'tcp x:3306': 'r.test:1 missing',
    });
    t.end();
  });

  t.test('a rule none of whose matches fits is passed over', (t) => {
    for (const condition of [
      'port: 1',
      'gateways: [istio-system/egw]',
      'sourceLabels: {v: "1"}',
      'sourceNamespace: shop',
    ]) {
      const where = scene(
        DB,
        routes(
          'r',
          'db.com',
          `gateways: [mesh, istio-system/egw], tcp: [{match: [{${condition}}], route: [r.test:1]}]`,
        ),
      );
      calls(t, where, { 'tcp x:3306': 'db.com:3306 external' });
    }
    const next = tcp(
      'r',
      'db.com',
      '{match: [{port: 1}], route: [r.test:1]}, {match: [{port: 1}, {port: 3306}], route: [s.test:1]}',
    );
    calls(t, scene(DB, next), { 'tcp x:3306': 's.test:1 missing' });
    t.end();
  });

  t.test('matches with subnets add chains for them, and the search and the direct chain go on (A8, H14)', (t) => {
    const narrow = tcp('r', 'db.com', '{match: [{destinationSubnets: [203.0.113.0/25]}], route: [r.test:1]}');
    calls(t, scene(DB, narrow), {
      'tcp x:3306 at 203.0.113.7': 'r.test:1 missing',
      'tcp x:3306 at 203.0.113.200': 'db.com:3306 external',
    });
    calls(t, scene(BLOCK, narrow), {
      'tcp x:3306 at 203.0.113.7': 'r.test:1 missing',
      'tcp x:3306 at 203.0.113.200': 'db.com:3306 external',
      'tcp x:3306 at 198.51.100.1': 'blackhole',
    });
    const more = tcp(
      'r',
      'db.com',
      '{match: [{destinationSubnets: [203.0.113.0/25]}], route: [r.test:1]}, {route: [rest.test:1]}',
    );
    calls(t, scene(DB, more), {
      'tcp x:3306 at 203.0.113.200': 'rest.test:1 missing',
      'tcp x:3306': 'rest.test:1 missing',
    });
    t.end();
  });

  t.test('across VirtualServices too, in order, without a most specific host (A8)', (t) => {
    const wide = tcp('wide @2', '"*.com"', '{route: [wide.test:1]}');
    const exact = tcp('exact @3', 'db.com', '{route: [exact.test:1]}');
    calls(t, scene(DB, wide, exact), { 'tcp x:3306': 'wide.test:1 missing' });
    calls(t, scene(DB, wide.replace('@2', '@4'), exact), { 'tcp x:3306': 'exact.test:1 missing' });
    const blocked = tcp(
      'first @1',
      'db.com',
      '{match: [{destinationSubnets: [203.0.113.0/24]}], route: [first.test:1]}',
    );
    calls(t, scene(DB, blocked, wide), {
      'tcp x:3306 at 203.0.113.7': 'first.test:1 missing',
      'tcp x:3306': 'wide.test:1 missing',
    });
    t.end();
  });
  t.end();
});

t.test(
  'T4.4 an unset port: the tcp section for what is no plaintext HTTP, the http section for HTTP (A5, H30)',
  (t) => {
    const unset = 'ServiceEntry app/ext @1: {hosts: [ext.com], ports: [443], resolution: DNS}\n';
    const where = scene(
      unset,
      routes(
        'r',
        'ext.com',
        'http: [{route: [h.test:1]}], tls: [{match: [{sniHosts: [ext.com]}], route: [s.test:1]}], tcp: [{route: [b.test:1]}]',
      ),
    );
    calls(t, where, {
      'http ext.com:443': 'h.test:1 missing',
      'tls ext.com:443': 'b.test:1 missing',
      'tcp x:443': 'b.test:1 missing',
    });
    const tlsOnly = scene(unset, tls('r', 'ext.com', '{sniHosts: [ext.com]}'));
    calls(t, tlsOnly, { 'tls ext.com:443': 'ext.com:443 external' });
    t.end();
  },
);

t.test('T4.4 on a virtual IP an unset port has one virtual host, for any Host', (t) => {
  const vip = 'ServiceEntry app/ext @1: {hosts: [ext.com], addresses: [203.0.113.1], ports: [443], resolution: DNS}\n';
  const other = 'ServiceEntry app/other @1: {hosts: [other.com], ports: [443 HTTP], resolution: DNS}\n';
  calls(t, scene(vip, other), {
    'http what.ever:443 at 203.0.113.1': 'ext.com:443 external',
    'http other.com:443 at 203.0.113.1': 'ext.com:443 external',
    'http other.com:443': 'other.com:443 external',
  });
  calls(t, scene(vip, routes('r', 'ext.com', 'http: [{route: [h.test:1]}]')), {
    'http what.ever:443 at 203.0.113.1': 'h.test:1 missing',
    'tcp x:443 at 203.0.113.1': 'ext.com:443 external',
  });
  t.end();
});

t.test('T4.5 services that share a listener', (t) => {
  const one = (title: string, port: string) =>
    `ServiceEntry app/${title.replace(' ', ' @')}: {hosts: [${title.split(' ')[0]!}.com], ports: [${port}], resolution: DNS}\n`;

  t.test('of two chains with the same condition the first service’s stays', (t) => {
    calls(t, scene(one('old 1', '3306 TCP'), one('young 2', '3306 TCP')), { 'tcp x:3306': 'old.com:3306 external' });
    t.end();
  });

  t.test('TLS and HTTP ports stand beside a TCP one, which takes what they do not want (A6.9, H54)', (t) => {
    const where = scene(one('web 1', '443 HTTP'), one('sec 2', '443 TLS'), one('raw 3', '443 TCP'));
    calls(t, where, {
      'http web.com:443': 'web.com:443 external',
      'http un.known:443': 'blackhole',
      'tls sec.com:443': 'sec.com:443 external',
      'tls un.known:443': 'raw.com:443 external',
      'tcp x:443': 'raw.com:443 external',
    });
    t.end();
  });

  t.test('an unset port behind an HTTP or unset one adds no chain for bytes; before them it does (A6.9)', (t) => {
    calls(t, scene(one('web 1', '80 HTTP'), one('any 2', '80')), {
      'tcp x:80': 'blackhole',
      'http any.com:80': 'any.com:80 external',
      'http web.com:80': 'web.com:80 external',
    });
    calls(t, scene(one('any 1', '80'), one('web 2', '80 HTTP')), { 'tcp x:80': 'any.com:80 external' });
    calls(t, scene(one('any 1', '80'), one('more 2', '80')), { 'tcp x:80': 'any.com:80 external' });
    calls(t, scene(one('raw 1', '80 TCP'), one('any 2', '80')), { 'tcp x:80': 'raw.com:80 external' });
    calls(t, scene(one('any 1', '80'), one('raw 2', '80 TCP')), { 'tcp x:80': 'any.com:80 external' });
    t.end();
  });

  for (const protocol of ['Mongo', 'MySQL']) {
    t.test(`${protocol} and any other protocol exclude each other, the first wins`, (t) => {
      calls(t, scene(one('db 1', `3306 ${protocol}`), one('web 2', '3306 HTTP'), one('raw 3', '3306 TCP')), {
        'tcp x:3306': 'db.com:3306 external',
        'http web.com:3306': 'db.com:3306 external',
      });
      calls(t, scene(one('web 1', '3306 HTTP'), one('db 2', `3306 ${protocol}`)), {
        'tcp x:3306': 'blackhole',
        'http web.com:3306': 'web.com:3306 external',
      });
      calls(t, scene(one('db 1', `3306 ${protocol}`), one('more 2', `3306 ${protocol}`)), {
        'tcp x:3306': 'db.com:3306 external',
      });
      t.end();
    });
  }

  t.test('on a virtual IP alike', (t) => {
    const vip = (title: string, age: number, port: string) =>
      `ServiceEntry app/${title} @${age}: {hosts: [${title}.com], addresses: [203.0.113.1], ports: [${port}], resolution: DNS}\n`;
    calls(t, scene(vip('db', 1, '443 Mongo'), vip('sec', 2, '443 TLS')), {
      'tls sec.com:443 at 203.0.113.1': 'db.com:443 external',
    });
    calls(t, scene(vip('sec', 1, '443 TLS'), vip('db', 2, '443 Mongo')), {
      'tls x:443 at 203.0.113.1': 'sec.com:443 external',
    });
    calls(t, scene(vip('any', 1, '443'), vip('more', 2, '443')), {
      'tcp x:443 at 203.0.113.1': 'any.com:443 external',
    });
    t.end();
  });
  t.end();
});

t.test('T4.6 the chain is chosen by address, then SNI, then what the bytes are', (t) => {
  const block = (title: string, age: number, blocks: string, port: string) =>
    `ServiceEntry app/${title} @${age}: {hosts: [${title}.com], resolution: NONE, addresses: [${blocks}], ports: [${port}]}\n`;

  t.test('the longest block, and it takes TLS and HTTP too, also under REGISTRY_ONLY (A8, H32)', (t) => {
    const where = scene(
      GROUND,
      block('wide', 2, '203.0.0.0/16', '443 TCP'),
      block('narrow', 3, '203.0.113.0/24', '443 TCP'),
    );
    calls(t, where, {
      'tls ext.com:443 at 203.0.113.7': 'narrow.com:443 external',
      'tls ext.com:443 at 203.0.1.7': 'wide.com:443 external',
      'http ext.com:443 at 203.0.113.7': 'narrow.com:443 external',
      'tls ext.com:443 at 198.51.100.1': 'ext.com:443 external',
      'tls ext.com:443': 'ext.com:443 external',
    });
    t.end();
  });

  t.test('H52 a younger VirtualService steals TLS by address: blocks are looked at before the SNI', (t) => {
    const where = scene(
      GROUND,
      tls('pair @2', 'ext.com', '{sniHosts: [ext.com]}'),
      tls('thief @3', 'ext.com', '{sniHosts: [ext.com], destinationSubnets: [203.0.113.0/24]}'),
    );
    calls(t, where, {
      'tls ext.com:443 at 203.0.113.7': 'thief.test:1 missing',
      'tls ext.com:443': 'pair.test:1 missing',
    });
    t.end();
  });

  t.test('then the exact SNI, else the longest wildcard, else the chain without one', (t) => {
    const where = scene(
      'ServiceEntry app/wild @1: {hosts: ["*.com"], ports: [443 TLS], resolution: NONE}\n',
      'ServiceEntry app/raw @2: {hosts: [raw.org], ports: [443 TCP], resolution: DNS}\n',
      tls('wide @3', '"*.com"', '{sniHosts: ["*.com"]}'),
      tls('narrow @4', '"*.ext.com"', '{sniHosts: ["*.ext.com"]}'),
      tls('exact @5', 'www.ext.com', '{sniHosts: [www.ext.com]}'),
    );
    calls(t, where, {
      'tls www.ext.com:443': 'exact.test:1 missing',
      'tls api.ext.com:443': 'narrow.test:1 missing',
      'tls a.com:443': 'wide.test:1 missing',
      'tls a.org:443': 'raw.org:443 external',
      'tcp x:443': 'raw.org:443 external',
    });
    t.end();
  });

  t.test('Envoy compares SNIs without case on both sides; VirtualServices overlap with it (A6.6, H57)', (t) => {
    calls(t, scene(GROUND), { 'tls EXT.com:443': 'ext.com:443 external' });
    const shouted = 'ServiceEntry app/ext @1: {hosts: [EXT.COM], ports: [443 TLS], resolution: DNS}\n';
    calls(t, scene(shouted, tls('pair', 'ext.com', '{sniHosts: [ext.com]}')), {
      'tls ext.com:443': 'EXT.COM:443 external',
    });
    t.end();
  });

  t.test('inside a block with no chain for the bytes: the chain without any condition, else the policy', (t) => {
    const inside = block('sec', 1, '203.0.113.0/24', '443 TLS');
    const raw = 'ServiceEntry app/raw @2: {hosts: [raw.org], ports: [443 TCP], resolution: DNS}\n';
    calls(t, scene(inside, raw), {
      'tls sec.com:443 at 203.0.113.7': 'sec.com:443 external',
      'tls other.com:443 at 203.0.113.7': 'raw.org:443 external',
      'tcp x:443 at 203.0.113.7': 'raw.org:443 external',
    });
    calls(t, scene(inside), { 'tls other.com:443 at 203.0.113.7': 'blackhole' });
    calls(t, scene(inside, 'mesh: {outboundTrafficPolicy: ALLOW_ANY}'), {
      'tls other.com:443 at 203.0.113.7': 'passthrough',
    });
    t.end();
  });

  t.test('an address that the call does not name is in no block', (t) => {
    calls(t, scene(block('all', 1, '203.0.113.0/24', '443 TCP')), { 'tcp x:443': 'blackhole' });
    t.end();
  });

  t.test('H50 bytes that are no HTTP on an HTTP port are nobody’s: under ALLOW_ANY they pass', (t) => {
    const web = 'ServiceEntry app/web @1: {hosts: [ext.com], ports: [80 HTTP], resolution: DNS}\n';
    const open = scene(web, 'mesh: {outboundTrafficPolicy: ALLOW_ANY}');
    calls(t, open, {
      'tls ext.com:80': 'passthrough',
      'tcp x:80': 'passthrough',
      'http ext.com:80': 'ext.com:80 external',
    });
    t.end();
  });
  t.end();
});
