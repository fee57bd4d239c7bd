import t from 'tap';
import { calls, DELIVERED, GATEWAY_SERVICE, PAIR, scene } from '../scene.js';

const ANY = 'outboundTrafficPolicy: {mode: ALLOW_ANY}';
const ONLY = 'outboundTrafficPolicy: {mode: REGISTRY_ONLY}';

t.test('T1.1 which Sidecar is a pod’s', (t) => {
  t.test('one whose selector fits, whatever the age of the others', (t) => {
    const where = scene(`
Sidecar app/all @1: {${ANY}}
Sidecar app/web @2: {workloadSelector: {labels: {app: web}}, ${ONLY}}
`);
    calls(t, where, {
      'http un.known:80 with app=web': 'blackhole',
      'http un.known:80 with app=web,v=1': 'blackhole',
      'http un.known:80 with app=api': 'passthrough',
      'http un.known:80': 'passthrough',
      'http un.known:80 from shop': 'blackhole',
    });
    t.end();
  });

  t.test('of several that fit the oldest, and of several for all the oldest (A3)', (t) => {
    const selecting = scene(`
Sidecar app/young @3: {workloadSelector: {labels: {app: web}}, ${ONLY}}
Sidecar app/old @2: {workloadSelector: {labels: {v: "1"}}, ${ANY}}
`);
    calls(t, selecting, { 'http un.known:80 with app=web,v=1': 'passthrough' });
    const plain = scene(`
Sidecar app/young @3: {${ONLY}}
Sidecar app/old @2: {${ANY}}
`);
    calls(t, plain, { 'http un.known:80': 'passthrough' });
    t.end();
  });

  t.test(
    'else the root namespace’s oldest without a selector; there a selector is for that namespace’s pods alone (A3)',
    (t) => {
      const where = scene(`
Sidecar istio-system/web @1: {workloadSelector: {labels: {app: web}}, ${ONLY}}
Sidecar istio-system/young @3: {${ONLY}}
Sidecar istio-system/old @2: {${ANY}}
Sidecar app/api @1: {workloadSelector: {labels: {app: api}}, ${ONLY}}
`);
      calls(t, where, {
        'http un.known:80 from shop with app=web': 'passthrough',
        'http un.known:80 from istio-system with app=web': 'blackhole',
        'http un.known:80 from app with app=api': 'blackhole',
        'http un.known:80 from app with app=web': 'passthrough',
      });
      t.end();
    },
  );

  t.test('else everything is seen, and so it is by a Sidecar without egress', (t) => {
    calls(t, scene(PAIR), { 'http ext.com:80 from shop': DELIVERED });
    calls(t, scene(PAIR, 'Sidecar shop/default: {}'), { 'http ext.com:80 from shop': DELIVERED });
    t.end();
  });
  t.end();
});

t.test('T1.1, D10 what happens to a call that nothing is known of', (t) => {
  const allow = 'mesh: {outboundTrafficPolicy: ALLOW_ANY}';
  const unknown = (expected: string) => ({
    'http un.known:80': expected,
    'tls un.known:443': expected,
    'tcp un.known:5432': expected,
  });
  calls(t, scene(), unknown('blackhole'));
  calls(t, scene(allow), unknown('passthrough'));
  calls(t, scene(allow, 'Sidecar app/default: {}'), unknown('passthrough'));
  calls(t, scene(allow, `Sidecar app/default: {${ONLY}}`), unknown('blackhole'));
  calls(t, scene(allow, 'Sidecar app/default: {outboundTrafficPolicy: {}}'), unknown('blackhole'));
  calls(t, scene(`Sidecar app/default: {${ANY}}`), unknown('passthrough'));
  t.end();
});

t.test('T1.1, D10 an egressProxy takes the place of passthrough, for HTTP and for TCP, and of nothing else', (t) => {
  const proxy = 'egressProxy: {host: proxy.com, port: {number: 3128}}';
  const where = scene(
    PAIR,
    `
ServiceEntry app/proxy: {hosts: [proxy.com], ports: [3128 TCP], resolution: DNS}
Sidecar app/default: {outboundTrafficPolicy: {mode: ALLOW_ANY, ${proxy}}}
Sidecar shop/default: {outboundTrafficPolicy: {mode: REGISTRY_ONLY, ${proxy}}}
`,
  );
  calls(t, where, {
    'http un.known:80': 'proxy.com:3128 external',
    'tls un.known:443': 'proxy.com:3128 external',
    'tcp un.known:5432': 'proxy.com:3128 external',
    'http ext.com:80': DELIVERED,
    'http un.known:80 from shop': 'blackhole',
  });
  t.end();
});

t.test('T1.2 which egress entry a port’s listener comes from', (t) => {
  const three = `
ServiceEntry app/web: {hosts: [web.com], ports: [80 HTTP], resolution: DNS}
ServiceEntry app/tls: {hosts: [tls.com], ports: [443 TLS], resolution: DNS}
ServiceEntry app/both: {hosts: [both.com], ports: [80 HTTP, 443 TLS], resolution: DNS}
`;
  t.test('the first with the port’s number, else the one without a port, else none', (t) => {
    const both = scene(
      three,
      "Sidecar app/default: {egress: [{port: 80 HTTP, hosts: ['*/web.com']}, {hosts: ['*/*']}]}",
    );
    calls(t, both, {
      'http web.com:80': 'web.com:80 external',
      'http both.com:80': 'blackhole',
      'tls both.com:443': 'both.com:443 external',
    });
    const only = scene(three, "Sidecar app/default: {egress: [{port: 80 HTTP, hosts: ['*/*']}]}");
    calls(t, only, { 'http both.com:80': 'both.com:80 external', 'tls both.com:443': 'blackhole' });
    const twice = scene(
      three,
      "Sidecar app/default: {egress: [{port: 80 HTTP, hosts: ['*/web.com']}, {port: 80 HTTP, hosts: ['*/both.com']}]}",
    );
    calls(t, twice, { 'http web.com:80': 'web.com:80 external', 'http both.com:80': 'blackhole' });
    t.end();
  });

  t.test('an entry with a port speaks its own protocol for every service that has the port', (t) => {
    const where = scene(three, "Sidecar app/default: {egress: [{port: 443 HTTP, hosts: ['*/*']}]}");
    calls(t, where, {
      'http tls.com:443': 'tls.com:443 external',
      'tls tls.com:443': 'blackhole',
      'http web.com:443': 'blackhole',
    });
    t.end();
  });

  t.test(
    'a bind that it makes gets nothing from the portless entry, other binds on the port do, with their own protocols',
    (t) => {
      const where = scene(`
ServiceEntry app/vip: {hosts: [vip.com], addresses: [203.0.113.1], ports: [3306 TCP], resolution: DNS}
ServiceEntry app/any: {hosts: [any.com], ports: [3306 TCP], resolution: DNS}
ServiceEntry app/late: {hosts: [late.com], ports: [3306 TCP], resolution: DNS}
Sidecar app/default: {egress: [{port: 3306 TCP, hosts: ['*/any.com']}, {hosts: ['*/*']}]}
Sidecar shop/default: {egress: [{port: 3306 TCP, hosts: ['*/vip.com']}, {hosts: ['*/any.com', '*/late.com']}]}
`);
      calls(t, where, {
        'tcp any.com:3306': 'any.com:3306 external',
        'tcp vip.com:3306 at 203.0.113.1': 'vip.com:3306 external',
        'tcp vip.com:3306 from shop at 203.0.113.1': 'vip.com:3306 external',
        'tcp any.com:3306 from shop': 'any.com:3306 external',
      });
      t.end();
    },
  );

  t.test('one that speaks TLS for services with addresses alone leaves 0.0.0.0 to the portless one', (t) => {
    const where = scene(`
ServiceEntry app/vip: {hosts: [vip.com], addresses: [203.0.113.1], ports: [443 HTTP], resolution: DNS}
ServiceEntry app/any: {hosts: [any.com], ports: [443 TLS], resolution: DNS}
Sidecar app/default: {egress: [{port: 443 TLS, hosts: ['*/vip.com']}, {hosts: ['*/*']}]}
`);
    calls(t, where, {
      'tls any.com:443': 'any.com:443 external',
      'tls what.ever:443 at 203.0.113.1': 'vip.com:443 external',
    });
    t.end();
  });

  t.test('routes come from the entry with the port, even for a listener of the other', (t) => {
    const where = scene(`
ServiceEntry app/vip: {hosts: [vip.com], addresses: [203.0.113.1], ports: [80 TCP], resolution: DNS}
ServiceEntry app/web: {hosts: [web.com], ports: [80 HTTP], resolution: DNS}
Sidecar app/default: {egress: [{port: 80 TCP, hosts: ['*/vip.com']}, {hosts: ['*/web.com']}]}
`);
    calls(t, where, { 'http web.com:80': 'blackhole' });
    t.end();
  });

  t.test('it knows no endpoint or pod as a bind: what has no address of its own shares 0.0.0.0', (t) => {
    const world = `
ServiceEntry app/none: {hosts: [none.com], ports: [3306 TCP], resolution: NONE}
ServiceEntry app/twin: {hosts: [none.com], ports: [3306 TCP], resolution: STATIC, endpoints: [{address: 203.0.113.9}], exportTo: ["~"]}
`;
    calls(t, scene(world), {
      'tcp none.com:3306': 'blackhole',
      'tcp none.com:3306 at 203.0.113.9': 'none.com:3306 external',
    });
    calls(t, scene(world, "Sidecar app/default: {egress: [{port: 3306 TCP, hosts: ['*/*']}]}"), {
      'tcp none.com:3306': 'none.com:3306 external',
      'tcp what.ever:3306 at 203.0.113.7': 'none.com:3306 external',
    });
    const headless = 'Service app/pods: {clusterIP: None, selector: {app: x}, ports: [3306 tcp]}';
    calls(t, scene(headless), { 'tcp pods:3306': 'blackhole' });
    calls(t, scene(headless, "Sidecar app/default: {egress: [{port: 3306 TCP, hosts: ['*/*']}]}"), {
      'tcp pods:3306': 'pods.app.svc.cluster.local:3306 external',
    });
    t.end();
  });
  t.end();
});

t.test('T1.3 what an entry imports of services: containment', (t) => {
  const world = `
ServiceEntry net/ext: {hosts: [www.ext.com], ports: [80 HTTP], resolution: DNS}
ServiceEntry net/wild: {hosts: ["*.wild.com"], ports: [80 HTTP], resolution: NONE}
`;
  const through = (host: string) => scene(world, `Sidecar app/default: {egress: [{hosts: ['${host}']}]}`);
  for (const host of ['*/*', 'net/*', 'net/www.ext.com', 'net/*.ext.com', '*/*.com']) {
    calls(t, through(host), { 'http www.ext.com:80': 'www.ext.com:80 external' });
  }
  for (const host of ['./*', 'other/*', 'net/ext.com', 'net/*.www.ext.com', '~/*']) {
    calls(t, through(host), { 'http www.ext.com:80': 'blackhole' });
  }
  calls(t, through('net/www.wild.com'), { 'http www.wild.com:80': 'blackhole' });
  calls(t, through('net/*.wild.com'), { 'http www.wild.com:80': '*.wild.com:80 external' });
  const own = scene(world, "Sidecar net/default: {egress: [{hosts: ['./*']}]}");
  calls(t, own, { 'http www.ext.com:80 from net': 'www.ext.com:80 external' });
  t.end();
});

t.test(
  'T1.5, A3 what an entry imports of VirtualServices: their namespace, and overlap with any of their hosts',
  (t) => {
    const world = `
${GATEWAY_SERVICE}
ServiceEntry app/ext: {hosts: [ext.com], ports: [80 HTTP], resolution: DNS}
VirtualService net/routes: {hosts: [ext.com, other.org], http: [{route: [EGW:80]}]}
`;
    const through = (host: string) =>
      scene(world, `Sidecar app/default: {egress: [{hosts: ['app/*', 'istio-system/*', '${host}']}]}`);
    for (const host of ['net/*', 'net/ext.com', 'net/other.org', 'net/*.org', '*/other.org']) {
      calls(t, through(host), { 'http ext.com:80': 'EGW:80 auto -> (none)' });
    }
    for (const host of ['net/third.net', './ext.com', 'shop/*']) {
      calls(t, through(host), { 'http ext.com:80': 'ext.com:80 external' });
    }
    t.end();
  },
);

t.test('A3 gateways ignore Sidecar objects', (t) => {
  const hidden = scene(
    PAIR,
    "Sidecar istio-system/default: {egress: [{hosts: ['./*']}], outboundTrafficPolicy: {mode: ALLOW_ANY}}",
  );
  calls(t, hidden, { 'http ext.com:80 into istio-system/istio-egressgateway': 'ext.com:80 external' });
  t.end();
});
