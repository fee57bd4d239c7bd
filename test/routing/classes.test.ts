import t from 'tap';
import { classes, classesOf, clientClasses, OTHER, type ClientClass } from '../../src/routing/classes.js';
import { GATEWAY_SERVICE, PAIR, scene } from './scene.js';

/** An entry of `app` that is for everybody. */
const ENTRY = 'ServiceEntry app/ext @2: {hosts: [ext.com], ports: [80 HTTP, 443 TLS, 3306 TCP], resolution: DNS}\n';

/** What stands beside the tutorial's objects and has no say in its calls: no class more. */
const BESIDE: Readonly<Record<string, string>> = {
  nothing: '',
  'private entries for other hosts': `ServiceEntry shop/other: {hosts: [other.org], ports: [80 HTTP, 443 TLS], exportTo: ["."], resolution: DNS}`,
  'entries for other hosts that take whatever bytes come, behind the first':
    'ServiceEntry app/a @2: {hosts: [a.internal], ports: [443 TCP]}\nServiceEntry shop/b @3: {hosts: [b.internal], ports: [443 TCP]}',
  'private routes for other hosts': `VirtualService shop/other: {hosts: [other.org], exportTo: ["."], http: [{route: [EGW:80]}], tls: [{match: [{sniHosts: [other.org]}], route: [EGW:443]}]}`,
  'own rules for other hosts': 'DestinationRule shop/other: {host: other.org, trafficPolicy: {tls: {mode: SIMPLE}}}',
  'a rule for the gateway that is for everybody':
    'DestinationRule istio-system/more @2: {host: EGW, subsets: [{name: more}]}',
  'labels and namespaces that a match asks for on another port, or of the gateway': `VirtualService istio-system/more @9:
  hosts: [ext.com]
  gateways: [mesh, egw]
  http:
  - {match: [{port: 8080, sourceLabels: {app: web}, sourceNamespace: shop}], route: [EGW:80]}
  - {match: [{gateways: [mesh], sourceLabels: {app: web}}], route: [EGW:80]}
  - {match: [{gateways: [egw], sourceNamespace: shop}], route: [EGW:80]}`,
  'a route of the gateway alone, private':
    'VirtualService shop/in: {hosts: [ext.com], gateways: [istio-system/egw], exportTo: ["."], http: [{route: [ext.com:80]}]}',
};

t.test('what has no say in a call makes no class', (t) => {
  for (const [title, world] of Object.entries(BESIDE)) {
    const { topology } = scene(PAIR, world === '' ? '{}' : world);
    for (const port of [80, 443]) {
      t.strictSame(classes(topology.world, 'ext.com', port).all.map(wordsOf), ['every namespace'], `${title}: ${port}`);
    }
  }
  t.end();
});

t.test('classes are told in words', (t) => {
  const { world } = scene(
    PAIR,
    `
Sidecar shop/web @1: {workloadSelector: {labels: {version: v1, app: web}}, egress: [{hosts: ["./*"]}]}
DestinationRule edge/own: {host: EGW, subsets: [{name: ext}]}
VirtualService istio-system/labels @9: {hosts: [ext.com], exportTo: [net], http: [{match: [{sourceLabels: {app: batch}}], route: [EGW:80/ext]}]}
`,
  ).topology;
  const words = classes(world, 'ext.com', 80).all.map(wordsOf);
  t.strictSame(words, [
    'pods in edge',
    'pods in istio-system',
    'other pods in net',
    'pods with app=batch in net',
    'other pods in shop',
    'pods with app=web,version=v1 in shop',
    'every other namespace',
  ]);
  const { world: labelled } = scene(
    `${ENTRY}VirtualService app/out: {hosts: [ext.com], http: [{match: [{sourceLabels: {app: web}}], route: [EGW:80]}]}`,
  ).topology;
  t.strictSame(classes(labelled, 'ext.com', 80).all.map(wordsOf), [
    'other pods in every namespace',
    'pods with app=web in every namespace',
  ]);
  t.end();
});

t.test('the classes of two worlds are those that differ in either', (t) => {
  const before = scene(PAIR, 'Sidecar shop/web: {workloadSelector: {labels: {app: web}}}').topology.world;
  const after = scene(PAIR, 'Sidecar shop/api: {workloadSelector: {labels: {app: api}}}\nSidecar edge/all: {}').topology
    .world;
  const both = clientClasses([before, after], { host: 'ext.com', port: 80, address: undefined });
  t.strictSame(both.all.map(wordsOf), [
    'pods in edge',
    'other pods in shop',
    'pods with app=web in shop',
    'pods with app=api in shop',
    'every other namespace',
  ]);
  t.strictSame(both.incomplete, []);
  t.equal(both.of('edge', { app: 'web' })?.description, 'pods in edge');
  t.equal(both.of('shop', { app: 'web', version: 'v1' })?.description, 'pods with app=web in shop');
  t.equal(both.of('shop', { version: 'v1' })?.description, 'other pods in shop');
  t.equal(both.of('unheard-of', { app: 'web' })?.namespace, OTHER);
  t.strictSame(classesOf([before, after], 'ext.com', 80, undefined), both.all);
  t.end();
});

t.test('more kinds of pods than are looked into are not passed over in silence', (t) => {
  const matches = Array.from(
    { length: 8 },
    (_, index) => `{match: [{sourceLabels: {key-${index}: x}}], route: [EGW:80]}`,
  );
  const where = scene(
    GATEWAY_SERVICE,
    `${ENTRY}VirtualService shop/many: {hosts: [ext.com], exportTo: ["."], http: [${matches.join()}]}`,
  );
  const all = classes(where.topology.world, 'ext.com', 80);
  t.strictSame(all.incomplete, ['shop']);
  t.equal(all.all.filter(({ namespace }) => namespace === 'shop').length, 128, 'a bound on what they cost');
  const everything = Object.fromEntries(matches.map((_, index): [string, string] => [`key-${index}`, 'x']));
  t.equal(all.of('shop', everything), undefined, 'a pod with all labels is in no class');
  t.equal(all.of('app', everything)?.namespace, OTHER);
  t.equal(all.of('shop', { 'key-0': 'x', other: 'y' })?.description, 'pods with key-0=x in shop');
  t.equal(where.outcomes('http ext.com:80 from shop'), 'ext.com:80 external');
  t.end();
});

t.test('many selectors of which the first that fits counts are few kinds of pods', (t) => {
  const sidecars = Array.from(
    { length: 40 },
    (_, index) => `Sidecar shop/s-${index} @${index}: {workloadSelector: {labels: {key-${index}: x}}}`,
  );
  const { topology } = scene(PAIR, sidecars.join('\n'));
  const all = classes(topology.world, 'ext.com', 80);
  t.strictSame(all.incomplete, []);
  t.equal(all.all.length, 42);
  t.equal(all.of('shop', { 'key-7': 'x', 'key-3': 'x' })?.description, 'pods with key-3=x in shop');
  t.end();
});

t.test('nobody can put an object in the place of the namespaces that nothing names', (t) => {
  t.throws(
    () => encodeURIComponent(OTHER),
    URIError,
    'no text in UTF-8 can hold it, so no object that the API server has',
  );
  t.end();
});

function wordsOf({ description }: ClientClass): string {
  return description;
}
