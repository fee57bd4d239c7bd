import t from 'tap';
import { calls, scene } from '../scene.js';

const GROUND = `
ServiceEntry app/in: {hosts: [in.com], ports: [80 HTTP, 443 TLS, 3306 TCP], resolution: DNS}
ServiceEntry app/sole: {hosts: [sole.com], ports: [9443 HTTP], resolution: DNS}
ServiceEntry app/two: {hosts: [two.com], ports: [80 HTTP, 443 TLS, 3306 TCP], resolution: DNS}
Service app/web: {clusterIP: 10.0.0.9, selector: {app: web}, ports: [9080 http]}
`;
const to = (host: string) =>
  `VirtualService app/r: {hosts: [in.com], http: [{route: ["${host}"]}], tls: [{match: [{sniHosts: [in.com]}], route: ["${host}"]}], tcp: [{route: ["${host}"]}]}\n`;

t.test('T6.1 the port of a destination', (t) => {
  t.test('the one that it names', (t) => {
    calls(t, scene(GROUND, to('two.com:443')), {
      'http in.com:80': 'two.com:443 external',
      'tls in.com:443': 'two.com:443 external',
      'tcp x:3306': 'two.com:443 external',
    });
    t.end();
  });

  t.test('else with HTTP the port that was dialled', (t) => {
    calls(t, scene(GROUND, to('two.com')), { 'http in.com:80': 'two.com:80 external' });
    calls(t, scene(GROUND, to('sole.com')), { 'http in.com:80': 'sole.com:80 missing' });
    t.end();
  });

  t.test('else with TLS and TCP the sole port of the service, else the port that was dialled', (t) => {
    calls(t, scene(GROUND, to('sole.com')), {
      'tls in.com:443': 'sole.com:9443 external',
      'tcp x:3306': 'sole.com:9443 external',
    });
    calls(t, scene(GROUND, to('two.com')), {
      'tls in.com:443': 'two.com:443 external',
      'tcp x:3306': 'two.com:3306 external',
    });
    calls(t, scene(GROUND, to('web')), { 'tls in.com:443': 'web.app.svc.cluster.local:9080 auto' });
    calls(t, scene(GROUND, to('un.known')), { 'tls in.com:443': 'un.known:443 missing' });
    t.end();
  });
  t.end();
});

t.test('A9 the host of a destination: only a name without a dot is completed', (t) => {
  calls(t, scene(GROUND, to('web:9080')), { 'http in.com:80': 'web.app.svc.cluster.local:9080 auto' });
  calls(t, scene(GROUND, to('web.app:9080')), { 'http in.com:80': 'web.app:9080 missing' });
  calls(t, scene(GROUND, to('TWO.com:80')), { 'http in.com:80': 'TWO.com:80 missing' });
  t.end();
});

t.test('T6.1 weights of TLS and TCP routes are those of HTTP', (t) => {
  const weighted = (list: string) =>
    scene(GROUND, `VirtualService app/r: {hosts: [in.com], tcp: [{route: [${list}]}]}\n`);
  calls(t, weighted('"two.com:80 * 1", "sole.com:9443 * 99"'), {
    'tcp x:3306': 'two.com:80 external | sole.com:9443 external',
  });
  calls(t, weighted('"two.com:80 * 1", "sole.com:9443 * 0"'), { 'tcp x:3306': 'two.com:80 external' });
  calls(t, weighted('"two.com:80 * 0"'), { 'tcp x:3306': 'two.com:80 external' });
  t.end();
});
