import t from 'tap';
import { calls, scene } from '../scene.js';

/** Calls from any namespace to a service of `net` go to subset `v1`: it is there, or missing, as the rule that counts says. */
const GROUND = `
ServiceEntry net/ext: {hosts: [www.ext.com], ports: [80 HTTP], resolution: DNS}
VirtualService net/r: {hosts: [www.ext.com], http: [{route: ["www.ext.com:80/v1"]}]}
`;
const CALL = 'http www.ext.com:80';
const THERE = 'www.ext.com:80/v1 external';
const MISSING = 'www.ext.com:80/v1 missing';

const rule = (title: string, subsets: string, more = '', host = 'www.ext.com') =>
  `DestinationRule ${title}: {host: "${host}", subsets: [${subsets
    .split(' ')
    .filter(Boolean)
    .map((name) => `{name: ${name}}`)
    .join(', ')}]${more}}\n`;

t.test('C1 where a DestinationRule is looked for', (t) => {
  t.test('in the client’s namespace, the service’s and the root, and in no other', (t) => {
    calls(t, scene(GROUND), { [CALL]: MISSING });
    for (const namespace of ['app', 'net', 'istio-system'])
      calls(t, scene(GROUND, rule(`${namespace}/r`, 'v1')), { [CALL]: THERE });
    calls(t, scene(GROUND, rule('shop/r', 'v1')), { [CALL]: MISSING, [`${CALL} from shop`]: THERE });
    calls(t, scene(GROUND, rule('edge/r', 'v1'), 'mesh: {rootNamespace: edge}'), { [CALL]: THERE });
    t.end();
  });

  t.test('the first that has anything wins, and nothing is merged across namespaces', (t) => {
    calls(t, scene(GROUND, rule('app/r', 'v2'), rule('net/r', 'v1')), {
      [CALL]: MISSING,
      [`${CALL} from shop`]: THERE,
    });
    calls(t, scene(GROUND, rule('net/r', 'v2'), rule('istio-system/r', 'v1')), { [CALL]: MISSING });
    calls(t, scene(GROUND, rule('app/wild', '', '', '*.com'), rule('net/r', 'v1')), { [CALL]: MISSING });
    t.end();
  });

  t.test('in each the exact host, else the longest wildcard', (t) => {
    calls(t, scene(GROUND, rule('net/wide', 'v1', '', '*.com')), { [CALL]: THERE });
    calls(t, scene(GROUND, rule('net/wide @1', 'v1', '', '*.com'), rule('net/narrow @2', 'v2', '', '*.ext.com')), {
      [CALL]: MISSING,
    });
    calls(t, scene(GROUND, rule('net/wide @1', 'v2', '', '*.com'), rule('net/exact @2', 'v1')), { [CALL]: THERE });
    t.end();
  });

  t.test('a short host is one of the rule’s namespace (A9)', (t) => {
    const web = `
Service net/web: {clusterIP: 10.0.0.9, selector: {app: web}, ports: [80 http]}
VirtualService net/r: {hosts: [web], http: [{route: ["web:80/v1"]}]}
`;
    const found = 'web.net.svc.cluster.local:80/v1';
    calls(t, scene(web, rule('net/r', 'v1', '', 'web')), { 'http web.net:80': `${found} auto` });
    calls(t, scene(web, rule('app/r', 'v1', '', 'web')), { 'http web.net:80': `${found} missing` });
    calls(t, scene(web, rule('app/r', 'v1', '', 'WEB.net.svc.cluster.local')), {
      'http web.net:80': `${found} missing`,
    });
    t.end();
  });

  t.test('exportTo: in the client’s own namespace what is visible there', (t) => {
    for (const exportTo of ['["*"]', '["."]', '[app]', '[shop, "."]'])
      calls(t, scene(GROUND, rule('app/r', 'v1', `, exportTo: ${exportTo}`)), { [CALL]: THERE });
    const hidden = rule('app/r', 'v1', ', exportTo: [shop]');
    calls(t, scene(GROUND, hidden), { [CALL]: MISSING });
    calls(t, scene(GROUND, hidden, rule('net/r', 'v1')), { [CALL]: THERE });
    t.end();
  });

  t.test('elsewhere what is not private, and names the client', (t) => {
    for (const namespace of ['net', 'istio-system']) {
      const at = (exportTo: string, more = '') =>
        scene(GROUND, rule(`${namespace}/r`, 'v1', `, exportTo: ${exportTo}`), more);
      for (const exportTo of ['["*"]', '[app]', '[shop, app]']) calls(t, at(exportTo, '{}'), { [CALL]: THERE });
      for (const exportTo of ['["."]', `[${namespace}]`, '[shop]']) calls(t, at(exportTo, '{}'), { [CALL]: MISSING });
    }
    t.end();
  });

  t.test('a hidden exact rule is not replaced by a visible wildcard one beside it; the next namespace is', (t) => {
    const hidden = rule('net/exact', '', ', exportTo: [shop]');
    calls(t, scene(GROUND, hidden, rule('net/wide', 'v1', '', '*.com')), { [CALL]: MISSING });
    calls(t, scene(GROUND, hidden, rule('istio-system/r', 'v1')), { [CALL]: THERE });
    const privately = rule('net/exact', '', ', exportTo: ["."]');
    calls(t, scene(GROUND, privately, rule('net/wide', 'v1', '', '*.com')), { [CALL]: THERE });
    t.end();
  });

  t.test('for the root namespace’s own pods only what is private there comes first', (t) => {
    const own = `${CALL} from istio-system`;
    calls(t, scene(GROUND, rule('istio-system/r', 'v1', ', exportTo: ["."]'), rule('net/r', 'v2')), { [own]: THERE });
    calls(t, scene(GROUND, rule('istio-system/r', 'v1'), rule('net/r', 'v2')), { [own]: MISSING });
    calls(t, scene(GROUND, rule('istio-system/r', 'v1')), { [own]: THERE });
    t.end();
  });

  t.test('the mesh’s default stands for an unset exportTo', (t) => {
    const standard = 'mesh: {defaultDestinationRuleExportTo: ["."]}';
    calls(t, scene(GROUND, standard, rule('net/r', 'v1')), { [CALL]: MISSING, [`${CALL} from net`]: THERE });
    calls(t, scene(GROUND, standard, rule('app/r', 'v1')), { [CALL]: THERE });
    calls(t, scene(GROUND, standard, rule('istio-system/r', 'v1')), { [`${CALL} from istio-system`]: THERE });
    t.end();
  });
  t.end();
});

t.test('C2 a rule with a workloadSelector', (t) => {
  const selecting = (labels: string) => `, workloadSelector: {matchLabels: ${labels}}`;

  t.test('is for the pods that it selects instead of the plain one, subsets and all', (t) => {
    const where = scene(GROUND, rule('app/plain', 'v1'), rule('app/web', 'v2', selecting('{app: web}')));
    calls(t, where, { [`${CALL} with app=web`]: MISSING, [`${CALL} with app=api`]: THERE, [CALL]: THERE });
    const other = scene(GROUND, rule('app/plain', 'v2'), rule('app/web', 'v1', selecting('{app: web}')));
    calls(t, other, { [`${CALL} with app=web,v=1`]: THERE, [CALL]: MISSING });
    t.end();
  });

  t.test('of several the oldest', (t) => {
    const where = scene(
      GROUND,
      rule('app/young @2', 'v2', selecting('{app: web}')),
      rule('app/old @1', 'v1', selecting('{v: "1"}')),
    );
    calls(t, where, { [`${CALL} with app=web,v=1`]: THERE });
    t.end();
  });

  t.test('is private to its namespace', (t) => {
    const where = scene(GROUND, rule('net/web', 'v1', selecting('{app: web}')));
    calls(t, where, { [`${CALL} with app=web`]: MISSING, [`${CALL} from net with app=web`]: THERE });
    t.end();
  });

  t.test('one that selects nobody still stops the look-up', (t) => {
    const where = scene(GROUND, rule('app/never', 'v1', selecting('{app: never}')), rule('net/r', 'v1'));
    calls(t, where, { [CALL]: MISSING, [`${CALL} from shop`]: THERE });
    t.end();
  });
  t.end();
});

t.test('C3 several rules of one namespace and host', (t) => {
  const two = (first: string, second: string) =>
    scene(GROUND, rule('net/a @1', 'v0', first), rule('net/b @2', 'v1', second));
  const [all, app, both, everybody] = ['', ', exportTo: [app]', ', exportTo: [app, shop]', ', exportTo: ["*"]'];

  t.test('the younger is merged into the older where exportTo is equal, or a superset of a non-empty one', (t) => {
    calls(t, two(all, all), { [CALL]: THERE });
    calls(t, two(app, app), { [CALL]: THERE });
    calls(t, two(both, ', exportTo: [shop, app]'), { [CALL]: THERE });
    calls(t, two(app, both), { [CALL]: THERE, [`${CALL} from shop`]: MISSING });
    t.end();
  });

  t.test('else both stand, and the youngest visible one counts', (t) => {
    calls(t, two(all, everybody), { [CALL]: THERE });
    const oldest = scene(GROUND, rule('net/a @1', 'v1'), rule('net/b @2', 'v0', everybody));
    calls(t, oldest, { [CALL]: MISSING });
    const hidden = scene(GROUND, rule('net/a @1', 'v1'), rule('net/b @2', 'v0', ', exportTo: [shop]'));
    calls(t, hidden, { [CALL]: THERE, [`${CALL} from shop`]: MISSING });
    t.end();
  });

  t.test('a duplicate subset keeps the older’s', (t) => {
    const policy = (mode: string) => `{name: v1, trafficPolicy: {tls: {mode: ${mode}}}}`;
    const where = scene(
      GROUND,
      `DestinationRule net/a @1: {host: www.ext.com, subsets: [${policy('SIMPLE')}]}\n`,
      `DestinationRule net/b @2: {host: www.ext.com, subsets: [${policy('MUTUAL')}]}\n`,
    );
    calls(t, where, { [CALL]: 'www.ext.com:80/v1 external simple' });
    t.end();
  });

  t.test('the younger’s trafficPolicy counts only if the older has none at all', (t) => {
    const policy = (more: string) => `, trafficPolicy: {${more}}`;
    const tls = policy('tls: {mode: SIMPLE}');
    calls(t, scene(GROUND, rule('net/a @1', 'v1'), rule('net/b @2', '', tls)), { [CALL]: `${THERE} simple` });
    calls(t, scene(GROUND, rule('net/a @1', 'v1', policy('')), rule('net/b @2', '', tls)), { [CALL]: THERE });
    t.end();
  });

  t.test('each is compared with all that were kept, and stays where it does not fit the last of them', (t) => {
    const where = (subsets: readonly [string, string, string]) =>
      scene(GROUND, rule('net/a @1', subsets[0]), rule('net/b @2', subsets[1], both), rule('net/c @3', subsets[2]));
    calls(t, where(['v1', '', '']), { [CALL]: MISSING });
    calls(t, where(['', '', 'v1']), { [CALL]: THERE, [`${CALL} from edge`]: THERE });
    const kept = scene(GROUND, rule('net/a @1', 'v1'), rule('net/b @2', '', both), rule('net/c @3', '', both));
    calls(t, kept, { [`${CALL} from edge`]: THERE, [CALL]: MISSING });
    t.end();
  });

  t.test('one with a selector counts as [.] and comes first', (t) => {
    const selecting = ', workloadSelector: {matchLabels: {app: web}}';
    const where = (exportTo: string) =>
      scene(GROUND, rule('app/plain @1', 'v1', exportTo), rule('app/web @2', 'v2', selecting));
    const web = `${CALL} with app=web`;
    calls(t, where(', exportTo: [".", shop]'), { [web]: THERE, [CALL]: THERE });
    calls(t, where(', exportTo: ["."]'), { [web]: THERE, [CALL]: MISSING });
    calls(t, where(''), { [web]: MISSING, [CALL]: THERE });
    const pair = (labels: string) =>
      scene(
        GROUND,
        rule('app/a @1', 'v2', selecting),
        rule('app/b @2', 'v1', `, workloadSelector: {matchLabels: ${labels}}`),
      );
    calls(t, pair('{app: web}'), { [web]: THERE });
    calls(t, pair('{v: "1"}'), { [`${CALL} with app=web,v=1`]: MISSING, [`${CALL} with v=1`]: THERE });
    t.end();
  });
  t.end();
});
