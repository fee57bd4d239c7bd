import t from 'tap';
import { calls, scene } from './scene.js';

const EXT = 'ServiceEntry app/ext: {hosts: [ext.com], ports: [80 HTTP], resolution: DNS}\n';
const root = (rules: string) => `VirtualService app/root: {hosts: [ext.com], http: [${rules}]}\n`;
const part = (rules: string, more = '', title = 'app/part') => `VirtualService ${title}: {http: [${rules}]${more}}\n`;
const DELEGATE = '{delegate: {name: part}}';
const CALL = 'http ext.com:80';
const DIRECT = { [CALL]: 'ext.com:80 external' };
const TO_PART = { [CALL]: 'part.test:1 missing' };
const BODY = '{route: [part.test:1]}';

t.test('A6.8 the rules of a delegate take the place of the rule that names it', (t) => {
  calls(t, scene(EXT, root(DELEGATE), part(BODY)), TO_PART);
  calls(t, scene(EXT, root('{delegate: {name: part, namespace: net}}'), part(BODY, '', 'net/part')), TO_PART);
  calls(t, scene(EXT, root('{delegate: {name: part, namespace: net}}'), part(BODY)), DIRECT);
  const rest = root(`{match: [{uri: {prefix: /a}}], delegate: {name: part}}, {route: [rest.test:1]}`);
  calls(t, scene(EXT, rest, part(BODY)), { [CALL]: 'part.test:1 missing | rest.test:1 missing' });
  t.end();
});

t.test('A6.8, H15 missing, hidden or with hosts: the rule vanishes, later rules remain, else direct', (t) => {
  const later = root(`${DELEGATE}, {route: [rest.test:1]}`);
  const net = (rules: string) => rules.replace('name: part', 'name: part, namespace: net');
  calls(t, scene(EXT, root(DELEGATE)), DIRECT);
  calls(t, scene(EXT, later), { [CALL]: 'rest.test:1 missing' });
  calls(t, scene(EXT, net(later), part(BODY, ', exportTo: ["."]', 'net/part')), { [CALL]: 'rest.test:1 missing' });
  calls(t, scene(EXT, net(later), part(BODY, ', exportTo: [app]', 'net/part')), TO_PART);
  calls(t, scene(EXT, later, part(BODY, ', hosts: [other.com]')), { [CALL]: 'rest.test:1 missing' });
  const standard = 'mesh: {defaultVirtualServiceExportTo: ["."]}';
  calls(t, scene(EXT, standard, net(later), part(BODY, '', 'net/part')), { [CALL]: 'rest.test:1 missing' });
  t.end();
});

t.test('A6.8 a delegate of a delegate counts for nothing', (t) => {
  const nested = part('{delegate: {name: deep}}, {route: [part.test:1]}');
  calls(t, scene(EXT, root(DELEGATE), nested, 'VirtualService app/deep: {http: [{route: [deep.test:1]}]}\n'), TO_PART);
  t.end();
});

t.test('A6.8 its short hosts are of its own namespace', (t) => {
  const where = scene(
    EXT,
    root('{delegate: {name: part, namespace: net}}'),
    part('{route: ["web:80"]}', '', 'net/part'),
  );
  calls(t, where, { [CALL]: 'web.net.svc.cluster.local:80 missing' });
  t.end();
});

t.test('A6.8 the matches of both are merged: the delegate’s values count, the root’s fill the rest', (t) => {
  /** Whether a rule of the delegate survives, and takes every request. */
  const merged = (outer: string, inner: string) =>
    scene(
      EXT,
      root(`{match: [{${outer}}], delegate: {name: part}}`),
      part(`{match: [{${inner}}], route: [part.test:1]}`),
    );
  const all = TO_PART;
  const some = { [CALL]: 'part.test:1 missing | 404' };

  t.test('a condition of either keeps it from taking all', (t) => {
    calls(t, merged('uri: {prefix: /}', 'uri: {prefix: /}'), all);
    calls(t, merged('uri: {prefix: /}', 'uri: {prefix: /a}'), some);
    calls(t, merged('uri: {prefix: /a}', 'port: 80'), some);
    calls(t, merged('port: 80', 'headers: {x: {exact: "1"}}'), some);
    calls(t, merged('headers: {x: {exact: "1"}}', 'port: 80'), some);
    t.end();
  });

  t.test('one without matches takes the other’s', (t) => {
    const outer = scene(EXT, root('{match: [{uri: {prefix: /a}}], delegate: {name: part}}'), part(BODY));
    calls(t, outer, some);
    const inner = scene(EXT, root(DELEGATE), part('{match: [{uri: {prefix: /a}}], route: [part.test:1]}'));
    calls(t, inner, some);
    t.end();
  });

  t.test('static conditions of either eliminate it', (t) => {
    calls(t, merged('port: 81', 'uri: {prefix: /}'), DIRECT);
    calls(t, merged('uri: {prefix: /}', 'port: 81'), DIRECT);
    calls(t, merged('sourceNamespace: shop', 'port: 80'), DIRECT);
    calls(t, merged('sourceLabels: {v: "1"}', 'sourceLabels: {w: "1"}'), {
      ...DIRECT,
      [`${CALL} with v=1,w=1`]: 'part.test:1 missing',
    });
    t.end();
  });

  const conflicts: readonly [outer: string, inner: string][] = [
    ['uri: {prefix: /a}', 'uri: {prefix: /}'],
    ['uri: {prefix: /a}', 'uri: {prefix: /b}'],
    ['uri: {prefix: /a}', 'uri: {exact: /b}'],
    ['uri: {exact: /a}', 'uri: {exact: /b}'],
    ['uri: {exact: /a}', 'uri: {prefix: /a}'],
    ['uri: {regex: /a.*}', 'uri: {prefix: /a}'],
    ['uri: {prefix: /a}', 'uri: {regex: /a.*}'],
    ['method: {exact: GET}', 'method: {exact: PUT}'],
    ['scheme: {exact: http}', 'scheme: {exact: https}'],
    ['authority: {exact: a.com}', 'authority: {exact: b.com}'],
    ['headers: {x: {exact: "1"}}', 'headers: {x: {exact: "2"}}'],
    ['withoutHeaders: {x: {exact: "1"}}', 'withoutHeaders: {x: {exact: "2"}}'],
    ['queryParams: {q: {exact: "1"}}', 'queryParams: {q: {exact: "2"}}'],
    ['port: 80', 'port: 81'],
    ['sourceNamespace: app', 'sourceNamespace: shop'],
    ['sourceLabels: {v: "1"}', 'sourceLabels: {v: "2"}'],
    ['ignoreUriCase: true', 'uri: {prefix: /a}'],
    ['gateways: [mesh]', 'gateways: [mesh, istio-system/egw]'],
    ['gateways: [mesh]', 'gateways: [app/other]'],
  ];
  t.test('the delegate’s must lie inside the root’s, or the rule vanishes', (t) => {
    for (const [outer, inner] of conflicts) {
      t.test(`${outer} > ${inner}`, (t) => {
        calls(t, merged(outer, inner), {
          [`${CALL} with v=1`]: 'ext.com:80 external',
          [`${CALL} with v=2`]: 'ext.com:80 external',
        });
        t.end();
      });
    }
    t.end();
  });

  const inside: readonly [outer: string, inner: string][] = [
    ['uri: {prefix: /a}', 'uri: {prefix: /a/b}'],
    ['uri: {prefix: /a}', 'uri: {exact: /a}'],
    ['uri: {exact: /a}', 'uri: {exact: /a}'],
    ['method: {exact: GET}', 'method: {exact: GET}'],
    ['headers: {x: {exact: "1"}}', 'headers: {y: {exact: "2"}}'],
    ['headers: {x: {prefix: a}}', 'headers: {x: {exact: ab}}'],
    ['ignoreUriCase: true, uri: {prefix: /a}', 'ignoreUriCase: true, uri: {prefix: /a}'],
  ];
  t.test('and survives where it does', (t) => {
    for (const [outer, inner] of inside) {
      t.test(`${outer} > ${inner}`, (t) => {
        calls(t, merged(outer, inner), some);
        t.end();
      });
    }
    calls(t, merged('gateways: [mesh, istio-system/egw]', 'gateways: [mesh]'), all);
    calls(t, merged('gateways: [mesh]', 'port: 80'), all);
    calls(t, merged('port: 80', 'gateways: [mesh]'), all);
    t.end();
  });

  t.test('several matches of each: a delegate’s match that lies in none makes its rule vanish', (t) => {
    const rules = (outer: string, inner: string) =>
      scene(
        EXT,
        root(`{match: [${outer}], delegate: {name: part}}`),
        part(`{match: [${inner}], route: [part.test:1]}`),
      );
    calls(t, rules('{uri: {prefix: /a}}, {uri: {prefix: /b}}', '{uri: {prefix: /b/c}}'), some);
    calls(t, rules('{uri: {prefix: /a}}', '{uri: {prefix: /a/b}}, {uri: {prefix: /c}}'), DIRECT);
    t.end();
  });
  t.end();
});

t.test('A6.8 what the delegating rule says besides goes for rules that say nothing of it', (t) => {
  const mirrored = scene(EXT, root('{delegate: {name: part}, mirrors: ["copy.test:1"]}'), part(BODY));
  calls(t, mirrored, { [CALL]: 'part.test:1 missing | copy.test:1 missing mirror' });
  const own = scene(
    EXT,
    root('{delegate: {name: part}, mirrors: ["copy.test:1"]}'),
    part('{route: [part.test:1], mirrors: ["own.test:1"]}'),
  );
  calls(t, own, { [CALL]: 'part.test:1 missing | own.test:1 missing mirror' });
  t.end();
});
