import t from 'tap';
import { calls, scene } from '../scene.js';

const entry = (title: string, spec: string) => `ServiceEntry app/${title}: {resolution: DNS, ${spec}}\n`;

t.test('T2 the protocol of a service’s port', (t) => {
  const speaking = (protocol: string) =>
    scene(entry('ext', `hosts: [ext.com], ports: [443${protocol === '' ? '' : ` ${protocol}`}]`));
  const direct = 'ext.com:443 external';

  for (const protocol of ['HTTP', 'HTTP2', 'GRPC', 'GRPC-Web']) {
    t.test(`${protocol}: plaintext HTTP by its Host, all other bytes are unknown`, (t) => {
      calls(t, speaking(protocol), {
        'http ext.com:443': direct,
        'http other.com:443': 'blackhole',
        'tls ext.com:443': 'blackhole',
        'tcp ext.com:443': 'blackhole',
      });
      t.end();
    });
  }
  for (const protocol of ['HTTPS', 'TLS']) {
    t.test(`${protocol}: TLS by its SNI`, (t) => {
      calls(t, speaking(protocol), {
        'tls ext.com:443': direct,
        'tls other.com:443': 'blackhole',
        'http ext.com:443': 'blackhole',
        'tcp ext.com:443': 'blackhole',
      });
      t.end();
    });
  }
  for (const protocol of ['TCP', 'Mongo', 'MySQL', 'Redis']) {
    t.test(`${protocol}: whatever bytes`, (t) => {
      calls(t, speaking(protocol), {
        'tcp ext.com:443': direct,
        'tls other.com:443': direct,
        'http other.com:443': direct,
      });
      t.end();
    });
  }
  t.test('none: HTTP by its Host, all other bytes to the first', (t) => {
    calls(t, speaking(''), {
      'http ext.com:443': direct,
      'http other.com:443': 'blackhole',
      'tls other.com:443': direct,
      'tcp ext.com:443': direct,
    });
    t.end();
  });
  t.test('UDP: nothing at all', (t) => {
    calls(t, speaking('UDP'), {
      'http ext.com:443': 'blackhole',
      'tls ext.com:443': 'blackhole',
      'tcp ext.com:443': 'blackhole',
    });
    t.end();
  });
  t.test('HTTP_PROXY: HTTP for all bytes, so TLS and raw ones break', (t) => {
    calls(t, speaking('HTTP_PROXY'), {
      'http ext.com:443': direct,
      'tls ext.com:443': 'none',
      'tcp ext.com:443': 'none',
    });
    t.end();
  });
  t.test('of a Service: the name before its first dash, unless appProtocol says otherwise', (t) => {
    const where = scene(`
Service app/web: {clusterIP: 10.0.0.9, selector: {app: web}, ports: [80 http-main, 443 tls, 3306 mysql-x, 9000 x]}
Service app/said: {clusterIP: 10.0.0.8, selector: {app: web}, ports: [{port: 81, name: tcp, appProtocol: http}]}
`);
    const cluster = (port: number) => `web.app.svc.cluster.local:${port} auto`;
    calls(t, where, {
      'http web:80': cluster(80),
      'tcp web:80 at 10.0.0.9': 'blackhole',
      'tls x:443 at 10.0.0.9': cluster(443),
      'tcp web:3306 at 10.0.0.9': cluster(3306),
      'http web:9000 at 10.0.0.9': cluster(9000),
      'tls x:9000 at 10.0.0.9': cluster(9000),
      'http said:81': 'said.app.svc.cluster.local:81 auto',
    });
    t.end();
  });
  t.end();
});

t.test('T3.1 a virtual IP has a listener of its own for TLS, TCP and unset ports', (t) => {
  for (const protocol of [' TLS', ' HTTPS', ' TCP', ' Redis', '']) {
    const where = scene(
      entry('vip', `hosts: [vip.com], addresses: [203.0.113.1, 203.0.113.2], ports: [443${protocol}]`),
    );
    calls(t, where, {
      'tls other.com:443 at 203.0.113.1': 'vip.com:443 external',
      'tls other.com:443 at 203.0.113.2': 'vip.com:443 external',
      'tls vip.com:443': 'blackhole',
      'tls vip.com:443 at 203.0.113.3': 'blackhole',
      'tls vip.com:444 at 203.0.113.1': 'blackhole',
    });
  }
  t.end();
});

t.test('T3.1, D5 HTTP ports never bind to it: there it is only one more Host', (t) => {
  const where = scene(entry('vip', 'hosts: [vip.com], addresses: [203.0.113.1], ports: [80 HTTP]'));
  calls(t, where, {
    'http vip.com:80': 'vip.com:80 external',
    'http vip.com:80 at 198.51.100.7': 'vip.com:80 external',
    'http 203.0.113.1:80 at 203.0.113.1': 'vip.com:80 external',
    'http 203.0.113.2:80 at 203.0.113.1': 'blackhole',
    'tcp vip.com:80 at 203.0.113.1': 'blackhole',
  });
  t.end();
});

t.test('T3.1 an address is the same however it is written', (t) => {
  const where = scene(entry('vip', 'hosts: [vip.com], addresses: ["2001:DB8:0::1"], ports: [443 TCP]'));
  calls(t, where, { 'tcp x:443 at 2001:db8::1': 'vip.com:443 external', 'tcp x:443 at 2001:db8::2': 'blackhole' });
  t.end();
});

t.test('T3.1 headless Services bind such ports to the pods alone, and their HTTP ports to every address', (t) => {
  const where = scene('Service app/pods: {clusterIP: None, selector: {app: x}, ports: [80 http, 3306 tcp]}');
  calls(t, where, {
    'http pods:80': 'pods.app.svc.cluster.local:80 external',
    'tcp pods:3306': 'blackhole',
  });
  t.end();
});

t.test('T3.2 0.0.0.0 is for HTTP, with an address or not, and for what has no address or a block', (t) => {
  const where = scene(
    entry('web', 'hosts: [web.com], addresses: [203.0.113.1], ports: [80 HTTP]'),
    entry('any', 'hosts: [any.com], ports: [443 TLS]'),
    `ServiceEntry app/block: {hosts: [block.com], resolution: NONE, addresses: [198.51.100.0/24], ports: [3306 TCP]}\n`,
    entry('vip', 'hosts: [vip.com], addresses: [203.0.113.5], ports: [9000 TCP]'),
  );
  calls(t, where, {
    'http web.com:80 at 192.0.2.1': 'web.com:80 external',
    'tls any.com:443 at 192.0.2.1': 'any.com:443 external',
    'tcp x:3306 at 198.51.100.7': 'block.com:3306 external',
    'tcp x:3306 at 192.0.2.1': 'blackhole',
    'tcp x:9000 at 192.0.2.1': 'blackhole',
  });
  t.end();
});

t.test('T3.2 a NONE entry without address binds to its namesakes’ endpoints on the port’s number', (t) => {
  const none = 'ServiceEntry app/none: {hosts: [ext.com], resolution: NONE, ports: [443 TCP]}\n';
  const free = { 'tcp x:443': 'ext.com:443 external', 'tcp x:443 at 203.0.113.9': 'ext.com:443 external' };
  const bound = {
    'tcp x:443': 'blackhole',
    'tcp x:443 at 203.0.113.9': 'ext.com:443 external',
    'tcp x:443 at 203.0.113.8': 'blackhole',
  };
  const nowhere = { 'tcp x:443': 'blackhole', 'tcp x:443 at 203.0.113.9': 'blackhole' };
  const twin = (spec: string) => `ServiceEntry app/twin: {hosts: [ext.com], ports: [443 TCP], ${spec}}\n`;

  calls(t, scene(none), free);
  calls(t, scene(none, twin('resolution: STATIC, endpoints: [{address: 203.0.113.9}], exportTo: ["~"]')), bound);
  calls(t, scene(none, twin('resolution: DNS, endpoints: [{address: a.com}], exportTo: ["~"]')), nowhere);
  calls(t, scene(none, twin('resolution: STATIC, workloadSelector: {labels: {app: vm}}, exportTo: ["~"]')), nowhere);
  const vm = 'WorkloadEntry app/vm: {address: 203.0.113.9, labels: {app: vm}}\n';
  calls(t, scene(none, vm, twin('resolution: STATIC, workloadSelector: {labels: {app: vm}}, exportTo: ["~"]')), bound);

  const otherPort =
    'ServiceEntry app/twin: {hosts: [ext.com], ports: [444 TCP], resolution: STATIC, endpoints: [{address: 203.0.113.9}]}\n';
  calls(t, scene(none, otherPort), free);
  const otherNamespace =
    'ServiceEntry net/twin: {hosts: [ext.com], ports: [443 TCP], resolution: STATIC, endpoints: [{address: 203.0.113.9}]}\n';
  calls(t, scene(none, otherNamespace), free);
  const web = 'ServiceEntry app/none: {hosts: [ext.com], resolution: NONE, ports: [443 HTTP]}\n';
  calls(t, scene(web, twin('resolution: STATIC, endpoints: [{address: 203.0.113.9}], exportTo: ["~"]')), {
    'http ext.com:443': 'ext.com:443 external',
  });
  t.end();
});

t.test('D1 a NONE entry with a workloadSelector and TCP has no listener', (t) => {
  const where = scene(
    'ServiceEntry app/none: {hosts: [ext.com], resolution: NONE, workloadSelector: {labels: {app: vm}}, ports: [443 TCP]}',
  );
  calls(t, where, { 'tcp x:443': 'blackhole', 'tls ext.com:443 at 203.0.113.9': 'blackhole' });
  t.end();
});

t.test('D5 of two entries with one address and port the first keeps the listener', (t) => {
  const vip = (title: string, host: string, age: number) =>
    `ServiceEntry app/${title} @${age}: {hosts: [${host}], resolution: DNS, addresses: [203.0.113.1], ports: [443 TCP]}\n`;
  calls(t, scene(vip('a', 'young.com', 2), vip('b', 'old.com', 1)), {
    'tcp x:443 at 203.0.113.1': 'old.com:443 external',
  });
  t.end();
});

t.test('T3 what another declaration of the host hides binds nothing', (t) => {
  const where = scene(
    'ServiceEntry net/old @1: {hosts: [ext.com], resolution: DNS, addresses: [203.0.113.1], ports: [443 TCP]}\n',
    'ServiceEntry app/own @2: {hosts: [ext.com], resolution: DNS, ports: [80 HTTP]}\n',
  );
  calls(t, where, {
    'tcp x:443 at 203.0.113.1': 'blackhole',
    'tcp x:443 from shop at 203.0.113.1': 'ext.com:443 external',
  });
  t.end();
});
