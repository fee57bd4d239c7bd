import t from 'tap';
import { calls, scene } from '../scene.js';

const entry = (title: string, hosts: string, ports = '80 HTTP') =>
  `ServiceEntry app/${title} @1: {hosts: [${hosts}], ports: [${ports}], resolution: NONE}\n`;
const EXT = entry('ext', 'ext.com', '80 HTTP, 8080 HTTP');

/** Routes to a destination that bears the VirtualService's name; with `match` a rule of one match. */
const http = (title: string, hosts: string, match = '', more = '') =>
  `VirtualService app/${title}: {hosts: [${hosts}], http: [{${match === '' ? '' : `match: [{${match}}], `}route: [${title.split(' ')[0]!}.test:1]}]${more}}\n`;

t.test(
  'T5.1 of the VirtualServices over a host the exact one owns it, else the longest wildcard, else the first in order',
  (t) => {
    const www = entry('www', 'www.ext.com');
    calls(t, scene(www, http('wide @1', '"*.com"'), http('narrow @2', '"*.ext.com"')), {
      'http www.ext.com:80': 'narrow.test:1 missing',
    });
    calls(t, scene(www, http('wide @1', '"*.com"'), http('exact @3', 'www.ext.com')), {
      'http www.ext.com:80': 'exact.test:1 missing',
    });
    calls(t, scene(www, http('young @2', '"*.ext.com"'), http('old @1', '"*.ext.com"')), {
      'http www.ext.com:80': 'old.test:1 missing',
    });
    const far = http('far @1', '"*.ext.com"').replace('app/far', 'net/far');
    calls(t, scene(www, far, http('own @2', '"*.ext.com"', '', ', exportTo: ["."]')), {
      'http www.ext.com:80': 'own.test:1 missing',
    });
    t.end();
  },
);

t.test(
  'T5.1, A6.4, H21 whatever its sections: an exact one without routes leaves the service direct, past every wildcard',
  (t) => {
    const wide = http('wide @1', '"*.com"');
    const only =
      'VirtualService app/exact @2: {hosts: [ext.com], tls: [{match: [{sniHosts: [ext.com]}], route: [never.test:1]}]}\n';
    calls(t, scene(EXT, wide), { 'http ext.com:80': 'wide.test:1 missing' });
    calls(t, scene(EXT, wide, only), { 'http ext.com:80': 'ext.com:80 external' });
    calls(t, scene(EXT, wide, http('exact @2', 'ext.com', 'port: 8080')), {
      'http ext.com:80': 'ext.com:80 external',
    });
    const narrow = http('narrow @2', '"*.ext.com"', 'port: 8080');
    calls(t, scene(entry('www', 'www.ext.com'), wide, narrow), { 'http www.ext.com:80': 'www.ext.com:80 external' });
    t.end();
  },
);

t.test('T5.3, A6.2 between those with the same exact host the next one in order gets it', (t) => {
  const first = http('first @1', 'ext.com', 'port: 8080');
  const second = http('second @2', 'ext.com');
  calls(t, scene(EXT, first, second), {
    'http ext.com:80': 'second.test:1 missing',
    'http ext.com:8080': 'first.test:1 missing',
  });
  calls(t, scene(EXT, first), { 'http ext.com:80': 'ext.com:80 external' });
  t.end();
});

t.test('A6.3 nothing is merged: the first with routes takes the domain', (t) => {
  const first = http('first @1', 'ext.com', 'uri: {prefix: /a}');
  calls(t, scene(EXT, first, http('second @2', 'ext.com')), { 'http ext.com:80': 'first.test:1 missing | 404' });
  t.end();
});

t.test('T5.2 a VirtualService claims services with an HTTP or unset port, and loose hosts', (t) => {
  t.test('what its exact hosts are, and per wildcard what it owns', (t) => {
    const two = entry('two', 'a.ext.com, b.ext.com');
    calls(t, scene(two, http('r', '"*.ext.com"')), {
      'http a.ext.com:80': 'r.test:1 missing',
      'http b.ext.com:80': 'r.test:1 missing',
      'http c.ext.com:80': 'blackhole',
    });
    calls(t, scene(entry('any', 'ext.com', '80'), http('r', 'ext.com')), { 'http ext.com:80': 'r.test:1 missing' });
    t.end();
  });

  t.test('a wildcard that overlaps a service brings no domain of its own; one that overlaps none does', (t) => {
    calls(t, scene(entry('a', 'a.ext.com'), http('r', '"*.ext.com"')), { 'http b.ext.com:80': 'blackhole' });
    calls(t, scene(entry('a', 'a.other.com'), http('r', '"*.ext.com"')), { 'http b.ext.com:80': 'r.test:1 missing' });
    t.end();
  });

  t.test('A6.5 a wildcard service: only the wildcard itself, or a wider one, claims it', (t) => {
    const wild = entry('wild', '"*.ext.com"', '80 HTTP, 8080 HTTP');
    const claimed = { 'http a.ext.com:80': 'r.test:1 missing', 'http a.ext.com:8080': 'r.test:1 missing' };
    calls(t, scene(wild, http('r', '"*.ext.com"')), claimed);
    calls(t, scene(wild, http('r', '"*.com"')), claimed);
    calls(t, scene(wild, http('r', '"*.a.ext.com"')), { 'http b.a.ext.com:80': '*.ext.com:80 external' });
    t.end();
  });

  t.test('A6.5, H29, H53 an exact one inside a wildcard service acts on port 80 only', (t) => {
    const where = scene(entry('wild', '"*.ext.com"', '80 HTTP, 8080 HTTP'), http('r', 'www.ext.com'));
    calls(t, where, {
      'http www.ext.com:80': 'r.test:1 missing',
      'http api.ext.com:80': '*.ext.com:80 external',
      'http www.ext.com:8080': '*.ext.com:8080 external',
    });
    t.end();
  });

  t.test('A6.5 a loose host counts on port 80, and where the same VirtualService claimed something', (t) => {
    const where = scene(EXT, entry('other', 'other.com', '9000 HTTP'), http('r', 'ext.com, loose.com'));
    calls(t, where, {
      'http loose.com:80': 'r.test:1 missing',
      'http loose.com:8080': 'r.test:1 missing',
      'http loose.com:9000': 'blackhole',
    });
    const wild = scene(entry('a', 'a.ext.com', '8080 HTTP'), http('r', '"*.ext.com", loose.com'));
    calls(t, wild, { 'http loose.com:8080': 'r.test:1 missing' });
    t.end();
  });

  t.test('A6.5 a host that is in the registry with a TLS or TCP port brings no HTTP host on it, be it port 80', (t) => {
    const where = scene(entry('raw', 'raw.com', '80 TLS'), entry('web', 'web.com', '80 HTTP'), http('r', 'raw.com'));
    calls(t, where, { 'http raw.com:80': 'blackhole' });
    const claims = scene(
      entry('raw', 'raw.com', '8080 TCP'),
      entry('web', 'web.com', '8080 HTTP'),
      http('r', 'raw.com, loose.com'),
    );
    calls(t, claims, { 'http loose.com:8080': 'blackhole' });
    t.end();
  });

  t.test('a domain belongs to the first that brings it, be it loose or claimed', (t) => {
    const where = scene(EXT, http('young @3', 'ext.com, loose.com'), http('old @2', 'loose.com'));
    calls(t, where, { 'http loose.com:80': 'old.test:1 missing', 'http ext.com:80': 'young.test:1 missing' });
    t.end();
  });
  t.end();
});

t.test('T5.4 the routes that are kept', (t) => {
  const keeps = (condition: string) =>
    scene(EXT, http('r', 'ext.com', condition, ', gateways: [mesh, istio-system/egw]'));
  const kept = { 'http ext.com:80 with v=1': 'r.test:1 missing' };
  const gone = { 'http ext.com:80 with v=1': 'ext.com:80 external' };

  t.test('port, and the source where the match names no gateways (A6.2, H08, H09)', (t) => {
    for (const condition of [
      'port: 80',
      'port: 0',
      'sourceLabels: {v: "1"}',
      'sourceNamespace: app',
      'sourceNamespace: ""',
    ])
      calls(t, keeps(condition), kept);
    for (const condition of [
      'port: 8080',
      'sourceLabels: {v: "2"}',
      'sourceLabels: {v: "1", w: "1"}',
      'sourceNamespace: shop',
    ])
      calls(t, keeps(condition), gone);
    t.end();
  });

  t.test('with gateways the source is ignored (H10)', (t) => {
    for (const condition of [
      'gateways: [mesh]',
      'gateways: [mesh], sourceLabels: {v: "2"}',
      'gateways: [mesh], sourceNamespace: shop',
    ])
      calls(t, keeps(condition), kept);
    for (const condition of ['gateways: [istio-system/egw]', 'gateways: [mesh], port: 8080'])
      calls(t, keeps(condition), gone);
    t.end();
  });

  t.test('matches are OR’d, the fields of one AND’d (A6.1)', (t) => {
    const or = scene(
      EXT,
      'VirtualService app/r: {hosts: [ext.com], http: [{match: [{port: 1}, {port: 80}], route: [r.test:1]}]}',
    );
    calls(t, or, { 'http ext.com:80': 'r.test:1 missing' });
    calls(t, keeps('port: 80, sourceNamespace: shop'), gone);
    t.end();
  });

  t.test('a route that takes all ends the list; without one 404 is an outcome too', (t) => {
    const rules = (list: string) => scene(EXT, `VirtualService app/r: {hosts: [ext.com], http: [${list}]}`);
    const first = (match: string) => rules(`{match: [{${match}}], route: [a.test:1]}, {route: [b.test:1]}`);
    const ends = { 'http ext.com:80': 'a.test:1 missing' };
    const goesOn = { 'http ext.com:80': 'a.test:1 missing | b.test:1 missing' };
    for (const match of ['port: 80', 'uri: {prefix: /}', 'uri: {regex: ".*"}', 'uri: {}', 'gateways: [mesh]'])
      calls(t, first(match), ends);
    for (const match of [
      'uri: {prefix: /a}',
      'uri: {exact: /}',
      'uri: {regex: "/.*"}',
      'method: {exact: GET}',
      'authority: {prefix: ""}',
      'scheme: {}',
      'headers: {x: {exact: "1"}}',
      'withoutHeaders: {x: {}}',
      'queryParams: {q: {exact: "1"}}',
    ]) {
      calls(t, first(match), goesOn);
    }
    calls(t, rules('{match: [{uri: {prefix: /a}}], route: [a.test:1]}'), {
      'http ext.com:80': 'a.test:1 missing | 404',
    });
    calls(t, rules('{match: [{uri: {prefix: /a}}, {port: 80}], route: [a.test:1]}, {route: [b.test:1]}'), ends);
    t.end();
  });
  t.end();
});

t.test('T5.5 the domains of a service', (t) => {
  t.test('its host, with a last dot and a port, in any case (A6.6)', (t) => {
    calls(t, scene(EXT), {
      'http ext.com.:80': 'ext.com:80 external',
      'http EXT.com:80': 'ext.com:80 external',
      'http ext.com:8080:80': 'ext.com:80 external',
      'http www.ext.com:80': 'blackhole',
    });
    t.end();
  });

  t.test('of a Kubernetes Service its short forms, the shortest in its own namespace alone', (t) => {
    const where = scene('Service net/web: {clusterIP: 10.0.0.9, selector: {app: web}, ports: [80 http]}');
    const found = 'web.net.svc.cluster.local:80 auto';
    calls(t, where, {
      'http web:80 from net': found,
      'http web:80': 'blackhole',
      'http web.net:80': found,
      'http web.net.svc:80': found,
      'http web.net.svc.cluster.local:80': found,
      'http web.net.svc.cluster:80': 'blackhole',
      'http 10.0.0.9:80 at 10.0.0.9': found,
      'http a.web.net:80': 'blackhole',
    });
    t.end();
  });

  t.test('a headless one also has what is below each', (t) => {
    const where = scene('Service net/web: {clusterIP: None, selector: {app: web}, ports: [80 http]}');
    const found = 'web.net.svc.cluster.local:80 external';
    calls(t, where, {
      'http pod-0.web.net.svc.cluster.local:80': found,
      'http pod-0.web.net:80': found,
      'http pod-0.web.net.svc:80': found,
      'http pod-0.web:80 from net': found,
      'http pod-0.web:80': 'blackhole',
    });
    t.end();
  });

  t.test('the longest match: exact, else the longest wildcard', (t) => {
    const where = scene(entry('wide', '"*.com"'), entry('narrow', '"*.ext.com"'), entry('exact', 'www.ext.com'));
    calls(t, where, {
      'http www.ext.com:80': 'www.ext.com:80 external',
      'http api.ext.com:80': '*.ext.com:80 external',
      'http ext.com:80': '*.com:80 external',
      'http ext.org:80': 'blackhole',
    });
    t.end();
  });

  t.test('A6.6 an upper-case host: the route names the lowered cluster, which does not exist', (t) => {
    calls(t, scene(entry('ext', 'EXT.com')), {
      'http ext.com:80': 'ext.com:80 missing',
      'http EXT.COM:80': 'ext.com:80 missing',
    });
    const routed = scene(EXT, http('r', 'EXT.com'));
    calls(t, routed, { 'http ext.com:80': 'r.test:1 missing' });
    t.end();
  });

  t.test('none fits: the outbound policy', (t) => {
    calls(t, scene(EXT), { 'http un.known:80': 'blackhole' });
    calls(t, scene(EXT, 'mesh: {outboundTrafficPolicy: ALLOW_ANY}'), { 'http un.known:80': 'passthrough' });
    t.end();
  });
  t.end();
});

t.test('T6.1, A6.7 what a route comes to', (t) => {
  const rule = (text: string) =>
    scene(EXT, entry('a', 'a.com'), entry('b', 'b.com'), `VirtualService app/r: {hosts: [ext.com], http: [${text}]}`);

  t.test('weights: 0 falls out, a sole destination ignores its own, H01', (t) => {
    calls(t, rule('{route: ["a.com:80 * 90", "b.com:80 * 10"]}'), {
      'http ext.com:80': 'a.com:80 external | b.com:80 external',
    });
    calls(t, rule('{route: ["a.com:80 * 100", "b.com:80 * 0"]}'), { 'http ext.com:80': 'a.com:80 external' });
    calls(t, rule('{route: ["a.com:80 * 100", "b.com:80"]}'), { 'http ext.com:80': 'a.com:80 external' });
    calls(t, rule('{route: ["a.com:80 * 0"]}'), { 'http ext.com:80': 'a.com:80 external' });
    t.end();
  });

  t.test('mirrors: all of it unless a percentage says 0, H02', (t) => {
    const mirrored = { 'http ext.com:80': 'a.com:80 external | b.com:80 mirror external' };
    const not = { 'http ext.com:80': 'a.com:80 external' };
    calls(t, rule('{route: ["a.com:80"], mirrors: ["b.com:80"]}'), mirrored);
    calls(t, rule('{route: ["a.com:80"], mirror: "b.com:80"}'), mirrored);
    calls(t, rule('{route: ["a.com:80"], mirror: "b.com:80", mirrorPercentage: {value: 0.1}}'), mirrored);
    calls(t, rule('{route: ["a.com:80"], mirror: "b.com:80", mirrorPercentage: {value: 0}}'), not);
    calls(t, rule('{route: ["a.com:80"], mirror: "b.com:80", mirrorPercent: 0}'), not);
    const none =
      '{route: ["a.com:80"], mirrors: [{destination: {host: b.com, port: {number: 80}}, percentage: {value: 0}}]}';
    calls(t, rule(none), not);
    t.end();
  });

  t.test('redirects and direct responses use no cluster, H16', (t) => {
    calls(t, rule('{redirect: {authority: evil.com}}'), { 'http ext.com:80': 'redirect evil.com' });
    calls(t, rule('{redirect: {uri: /x}}'), { 'http ext.com:80': 'redirect' });
    calls(t, rule('{directResponse: {status: 418}}'), { 'http ext.com:80': '418' });
    t.end();
  });

  t.test('CORS, fault, retries and timeouts change nothing', (t) => {
    calls(
      t,
      rule(
        '{route: ["a.com:80"], timeout: 5s, retries: {attempts: 3}, fault: {abort: {httpStatus: 500}}, corsPolicy: {}}',
      ),
      {
        'http ext.com:80': 'a.com:80 external',
      },
    );
    t.end();
  });
  t.end();
});
