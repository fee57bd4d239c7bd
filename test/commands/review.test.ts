import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { readReview } from '../../examples/demo/review.js';
import type { ReviewJson } from '../../src/report/review-json.js';
import { FakeApiServer, writeKubeconfig } from '../cluster/fake-api-server.js';
import { ended } from './ended.js';

const WORLD = ['--world', 'examples/mesh'];
const GOLDEN = 'test/golden/review';
const SHOP = `${GOLDEN}/shop.yaml`;

async function answers(args: readonly string[], input = ''): Promise<readonly ReviewJson[]> {
  const { printed } = await ended(['review', ...args, '-o', 'json'], { input });
  return JSON.parse(printed) as readonly ReviewJson[];
}

function verdicts(reviewed: readonly ReviewJson[]): readonly string[] {
  return reviewed.map(({ operation, allowed, object }) => `${allowed ? '+' : '-'} ${operation} ${object.kind}`);
}

/** Each golden text begins with its command line. `SALLYPORT_GOLDEN=write` writes what is printed now. */
for (const name of readdirSync(GOLDEN).filter((file) => file.endsWith('.txt'))) {
  t.test(`${name}: is what its command prints`, async (t) => {
    const file = path.join(GOLDEN, name);
    const [line = '', ...rest] = readFileSync(file, 'utf8').split('\n');
    const [prompt, program, ...args] = line.split(' ');
    t.same([prompt, program], ['$', 'sallyport']);
    const { code, printed, complained } = await ended(args);
    if (process.env['SALLYPORT_GOLDEN'] === 'write') writeFileSync(file, `${line}\n${printed}`);
    else t.equal(printed, rest.join('\n'));
    t.same({ code, complained }, { code: printed.includes('\nDenied: ') ? 1 : 0, complained: '' });
  });
}

t.test('the answers as JSON', async (t) => {
  const [gateway, routes, entry, broken, deployment, ...more] = await answers([SHOP, ...WORLD]);
  t.same(more, []);
  const shop = { apiVersion: 'networking.istio.io/v1', namespace: 'shop' };
  t.strictSame(gateway, {
    object: { ...shop, kind: 'Gateway', name: 'news-egress' },
    operation: 'create',
    allowed: true,
    message: '',
    findings: [],
    warnings: [],
    patch: null,
  });
  t.strictSame(routes?.patch, [
    { op: 'add', path: '/spec/http/0/route/0/destination/subset', value: 'news-example-com' },
  ]);
  t.match(routes, {
    allowed: true,
    findings: [{ rule: 'unknown-gateway', severity: 'warning', field: 'spec.gateways[2]', file: SHOP, line: 21 }],
  });
  t.match(routes?.warnings, [/^\[unknown-gateway\] spec\.gateways\[2\]: /]);
  t.match(entry, {
    allowed: false,
    message: /^Sallyport refuses to create ServiceEntry shop\/news: .*\n\[direct-egress\] spec\.ports\[1\]: /,
    findings: [{ rule: 'direct-egress', reason: 'port-uncovered', host: 'news.example.com', port: 8080, line: 50 }],
  });
  t.match(broken, { allowed: false, findings: [], message: /^Sallyport cannot read .*\nspec\.hosts: / });
  t.match(deployment, { object: { kind: 'Deployment' }, allowed: true, findings: [] });
});

t.test('each on top of what was allowed before it, unless it is a dry run', async (t) => {
  const files = ['examples/mesh/10-http.yaml', '--world', 'examples/mesh/00-mesh.yaml'];
  const creations = ['Gateway', 'DestinationRule', 'VirtualService', 'ServiceEntry'].map((kind) => `create ${kind}`);
  t.same(
    verdicts(await answers(files)),
    creations.map((each) => `+ ${each}`),
  );
  const dry = verdicts(await answers([...files, '--dry-run']));
  t.equal(dry.at(-1), '- create ServiceEntry', 'the routes before it are not there');
  // What is denied is not there either: the entry comes before its routes, and again behind them.
  const text = readFileSync('examples/mesh/10-http.yaml', 'utf8');
  const entry = text.split('\n---\n').find((document) => document.includes('kind: ServiceEntry')) ?? '';
  const twice = await answers(['-', '--world', 'examples/mesh/00-mesh.yaml'], `${entry}\n---\n${text}`);
  t.equal(verdicts(twice).at(0), '- create ServiceEntry');
  t.equal(verdicts(twice).at(-1), '+ create ServiceEntry');
});

t.test('where entries are held, the tutorial is let through in its own order', async (t) => {
  const policy = path.join(t.testdir({ 'policy.yaml': 'serviceEntries:\n  unrouted: hold\n' }), 'policy.yaml');
  const args = ['test/e2e/hold/tutorial.yaml', '--world', 'examples/mesh/00-mesh.yaml'];
  const held = await answers([...args, '--policy', policy]);
  t.same(
    verdicts(held),
    ['ServiceEntry', 'Gateway', 'DestinationRule', 'VirtualService'].map((kind) => `+ create ${kind}`),
  );
  t.match(held[0]?.warnings, [/^ServiceEntry shop\/cnn is held: no pod sees it until /]);
  t.match(held[0]?.patch, [
    { op: 'add', path: '/spec/exportTo', value: ['istio-system'] },
    { op: 'add', path: '/metadata/annotations' },
  ]);
  t.equal(verdicts(await answers(args)).at(0), '- create ServiceEntry', 'elsewhere the entry is denied');
});

t.test('a finding about another reviewed object stands where that was reviewed', async (t) => {
  const [gateway, rule, routes, entry] = readFileSync('examples/mesh/10-http.yaml', 'utf8').split('\n---\n');
  const folder = t.testdir({
    'world.yaml': [gateway, rule, routes].join('\n---\n'),
    'entry.yaml': `# the entry\n${entry ?? ''}`,
  });
  const file = (name: string) => path.join(folder, name);
  const review = {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: 'u-1',
      kind: { group: 'networking.istio.io', version: 'v1', kind: 'VirtualService' },
      namespace: 'shop',
      name: 'cnn-through-egress',
      operation: 'DELETE',
    },
  };
  const world = ['--world', 'examples/mesh/00-mesh.yaml', file('world.yaml')];
  const reviewed = await answers([file('entry.yaml'), '-', ...world], JSON.stringify(review));
  t.same(verdicts(reviewed), ['+ create ServiceEntry', '- delete VirtualService']);
  const finding = reviewed[1]?.findings[0];
  t.match(finding, { reason: 'deleted-route', object: { kind: 'ServiceEntry' }, file: file('entry.yaml') });
  const line = readFileSync(file('entry.yaml'), 'utf8').split('\n')[(finding?.line ?? 0) - 1];
  t.match(line, /edition\.cnn\.com/);
});

t.test('the operation can be said', async (t) => {
  const entry = 'examples/leaks/11-http-no-route.yaml';
  t.same(verdicts(await answers([entry, '--operation', 'create', ...WORLD])), ['- create ServiceEntry']);
  t.same(verdicts(await answers(['examples/mesh/10-http.yaml', '--operation', 'create', ...WORLD])).slice(0, 1), [
    '+ create Gateway',
  ]);
  const [gone] = await answers([entry, '--operation', 'delete', ...WORLD]);
  t.match(gone, { allowed: true, warnings: ['there is no such object, so there is nothing to delete'] });
});

t.test('reviews are answered as the server answers them', async (t) => {
  const folder = new URL('../../../examples/reviews/', import.meta.url);
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.json') && name !== 'expectations.json')) {
    const { body } = await readReview(folder, file);
    const { request } = JSON.parse(body) as { request: { uid: string; operation: string } };
    const [one, ...more] = await answers([`examples/reviews/${file}`, ...WORLD]);
    t.same(more, [], file);
    t.equal(one?.operation, request.operation.toLowerCase(), file);
    t.equal(one?.allowed, one?.message === '', file);
    t.equal(one?.allowed, !one?.findings.some(({ severity }) => severity === 'error') && one?.message === '', file);
  }
  const [wanted] = await answers(['examples/reviews/subset-wanted-v1alpha3.json', ...WORLD]);
  t.match(wanted, { allowed: true, patch: [{ op: 'add', value: 'gist-github-com' }] });
  const [denied] = await answers(['examples/reviews/routes-one-percent-direct.json', ...WORLD]);
  const line = readFileSync('examples/reviews/routes-one-percent-direct.json', 'utf8').split('\n')[
    (denied?.findings[0]?.line ?? 0) - 1
  ];
  t.match(line, /"host": /, 'the line is that of the field within the review');
});

t.test('exit codes, and what is read of the rest', async (t) => {
  const folder = t.testdir({
    'broken.yaml': 'kind: [\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n',
    'review.json': JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request: {} }),
    'empty.yaml': '# nothing\n',
  });
  const file = (name: string) => path.join(folder, name);
  const gateway = 'test/golden/explain/mesh.yaml';
  t.equal((await ended(['review', gateway, ...WORLD])).code, 0);
  t.equal((await ended(['review', SHOP, ...WORLD])).code, 1);
  const cases: readonly (readonly [string, RegExp, number])[] = [
    [file('none.yaml'), /^sallyport: .*none\.yaml: there is no such file or folder$/m, 1],
    [file('broken.yaml'), /^sallyport: .*broken\.yaml:\d: /m, 2],
    [file('review.json'), /^sallyport: .*review\.json:1: request\.uid must be a string/m, 1],
  ];
  for (const [bad, complaint, answered] of cases) {
    const { code, complained, printed } = await ended([
      'review',
      bad,
      'examples/leaks/11-http-no-route.yaml',
      '-o',
      'json',
      ...WORLD,
    ]);
    t.equal(code, 2, bad);
    t.match(complained, complaint, bad);
    t.equal((JSON.parse(printed) as unknown[]).length, answered, `${bad}: the rest is answered`);
  }
  t.match(await ended(['review', file('empty.yaml'), ...WORLD]), { code: 2, complained: /there is nothing to review/ });
});

t.test('what cannot be understood is bad usage', async (t) => {
  const review = 'examples/reviews/subset-wanted.json';
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [[], /missing required argument 'file'/],
    [[SHOP], /^sallyport: say what the world is: --world with files and folders, or --cluster$/m],
    [['-', '--world', '-'], /^sallyport: standard input is either the world or what is reviewed, not both$/m],
    [[SHOP, '--cluster', ...WORLD], /^sallyport: give paths or --cluster, not both$/m],
    [[SHOP, '--context', 'prod', ...WORLD], /^sallyport: --kubeconfig and --context go with --cluster$/m],
    [[SHOP, '--operation', 'patch', ...WORLD], /Allowed choices are create, update, delete\.$/m],
    [[SHOP, '-o', 'yaml', ...WORLD], /Allowed choices are text, json\.$/m],
    [[SHOP, '--world', 'none.yaml'], /^sallyport: none\.yaml: there is no such file or folder$/m],
    [[SHOP, '--policy', 'none.yaml', ...WORLD], /^sallyport: none\.yaml: /m],
    [
      [review, '--operation', 'create', ...WORLD],
      /subset-wanted\.json:1: an AdmissionReview says its operation itself/,
    ],
  ];
  for (const [args, complaint] of cases) {
    const { code, complained } = await ended(['review', ...args]);
    t.equal(code, 2, args.join(' '));
    t.match(complained, complaint, args.join(' '));
  }
});

t.test('the policy counts', async (t) => {
  const folder = t.testdir({ 'policy.yaml': 'rules: {direct-egress: warn}\n' });
  const args = ['examples/leaks/11-http-no-route.yaml', '--policy', path.join(folder, 'policy.yaml'), ...WORLD];
  const [one] = await answers(args);
  t.match(one, { allowed: true, findings: [{ severity: 'warning' }, { severity: 'warning' }] });
  t.equal(one?.warnings.length, 2);
  t.match(
    (await ended(['review', ...args])).printed,
    '\n  warning: examples/leaks/11-http-no-route.yaml:19  spec.hosts[0]',
  );
});

t.test('the world is a cluster, as it is now', async (t) => {
  const fake = await FakeApiServer.start(t);
  fake.served.set('/api/v1', ['services', 'namespaces']);
  fake.served.set('/apis/networking.istio.io/v1', ['serviceentries']);
  fake.put('/api/v1/namespaces/istio-system/configmaps', { metadata: { name: 'istio', namespace: 'istio-system' } });
  fake.clear('/api/v1/services');
  fake.clear('/api/v1/namespaces');
  fake.put('/apis/networking.istio.io/v1/serviceentries', {
    metadata: { name: 'bbc', namespace: 'shop' },
    spec: { hosts: ['www.bbc.co.uk'], resolution: 'DNS', ports: [{ number: 80, name: 'http', protocol: 'HTTP' }] },
  });
  const args = ['examples/leaks/11-http-no-route.yaml', '--cluster', '--kubeconfig', writeKubeconfig(t, fake.url)];
  const [one] = await answers(args);
  t.match(one, { operation: 'update', allowed: false, findings: [{ host: 'www.bbc.co.uk', port: 443 }] });
  t.equal(one?.findings.length, 1, 'port 80 leaked before');
});

t.test('colours are for terminals only', async (t) => {
  const plain = await ended(['review', SHOP, ...WORLD]);
  const coloured = await ended(['review', SHOP, ...WORLD], { colour: true });
  t.notMatch(plain.printed, ESCAPE);
  t.match(coloured.printed, ESCAPE);
  t.equal(coloured.printed.replaceAll(new RegExp('\\u001b\\[\\d+m', 'g'), ''), plain.printed);
  t.notMatch((await ended(['review', SHOP, '-o', 'json', ...WORLD], { colour: true })).printed, ESCAPE);
});

const ESCAPE = '\u001b[';

t.test('the page shows what is printed', (t) => {
  const page = readFileSync('docs/review.md', 'utf8');
  const [line = '', ...rest] = readFileSync(path.join(GOLDEN, 'manifests.txt'), 'utf8').split('\n');
  t.ok(page.includes(`npx ${line.slice('$ '.length)}\n`));
  t.ok(page.includes(`\`\`\`\n${rest.join('\n')}\`\`\`\n`));
  t.end();
});
