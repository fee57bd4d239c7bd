import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import type { ExplainJson } from '../../src/report/explain-json.js';
import { FakeApiServer, writeKubeconfig } from '../cluster/fake-api-server.js';
import { ended } from './ended.js';

/** What a call to edition.cnn.com is asked with, and the world of the examples. */
const QUESTION = ['explain', '--host', 'edition.cnn.com', '--port', '443', '--namespace', 'shop'];
const WORLD = 'examples/mesh';
const GOLDEN = 'test/golden/explain';

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
    t.same({ code, complained }, { code: 0, complained: '' });
  });
}

t.test('the answer as JSON has the form of a trace case, and reasons with their places', async (t) => {
  const { code, printed, complained } = await ended([...QUESTION, '-o', 'json', WORLD]);
  t.same({ code, complained }, { code: 0, complained: '' });
  const answer = JSON.parse(printed) as ExplainJson;
  t.same(Object.keys(answer), ['verdict', 'outcomes', 'reasons']);
  t.equal(answer.verdict, 'delivered');
  t.same(answer.outcomes, [
    {
      type: 'cluster',
      host: 'istio-egressgateway.istio-system.svc.cluster.local',
      port: 443,
      subset: 'cnn',
      tls: { mode: 'auto' },
      then: [{ type: 'cluster', host: 'edition.cnn.com', port: 443, external: true }],
    },
  ]);
  const told = answer.reasons.map(({ proxy, outcome = '', step, reason }) => [proxy, outcome, step, reason].join(' '));
  t.same(told, [
    'sidecar  sidecar everything',
    'sidecar  service declared',
    'sidecar  listener every-address',
    'sidecar  chain route',
    'sidecar outcomes[0] destination sole',
    'sidecar outcomes[0] cluster known',
    'sidecar outcomes[0] policy subset',
    'sidecar outcomes[0] dial inside',
    'sidecar outcomes[0] tls auto',
    'istio-system/istio-egressgateway outcomes[0] port service-port',
    'istio-system/istio-egressgateway outcomes[0] server passes',
    'istio-system/istio-egressgateway outcomes[0] binding route',
    'istio-system/istio-egressgateway outcomes[0].then[0] destination sole',
    'istio-system/istio-egressgateway outcomes[0].then[0] cluster known',
    'istio-system/istio-egressgateway outcomes[0].then[0] policy no-rule',
    'istio-system/istio-egressgateway outcomes[0].then[0] dial outside-name',
  ]);
  const virtualService = {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    namespace: 'shop',
    name: 'cnn-through-egress',
  };
  t.same(answer.reasons[3], {
    proxy: 'sidecar',
    step: 'chain',
    reason: 'route',
    message: 'VirtualService shop/cnn-through-egress routes it in its tls rules',
    object: virtualService,
    field: 'spec.tls[0].match[0]',
    file: 'examples/mesh/10-http.yaml',
    line: 83,
    losers: [
      {
        reason: 'other-gateway',
        message: 'for other gateways',
        object: virtualService,
        field: 'spec.tls[1].match[0].gateways',
        file: 'examples/mesh/10-http.yaml',
        line: 93,
      },
    ],
  });
});

t.test('at a gateway there is no verdict', async (t) => {
  const args = ['--host', 'edition.cnn.com', '--port', '80', '--gateway', 'istio-system/istio-egressgateway'];
  const { printed } = await ended(['explain', ...args, '-o', 'json', WORLD]);
  t.same(Object.keys(JSON.parse(printed) as object), ['outcomes', 'reasons']);
});

t.test('colours are for terminals only', async (t) => {
  const plain = await ended([...QUESTION, WORLD]);
  const coloured = await ended([...QUESTION, WORLD], { colour: true });
  t.notMatch(plain.printed, ESCAPE);
  t.match(coloured.printed, ESCAPE);
  t.equal(coloured.printed.replaceAll(ESCAPES, ''), plain.printed);
  t.notMatch((await ended([...QUESTION, '-o', 'json', WORLD], { colour: true })).printed, ESCAPE);
});

const ESCAPE = '\u001b[';
const ESCAPES = new RegExp('\\u001b\\[\\d+m', 'g');

t.test('port 443 speaks TLS and every other HTTP, unless it is said', async (t) => {
  const call = ['explain', '--host', 'cnn.com', '--port'];
  t.match((await ended([...call, '443', WORLD])).printed, /^tls to cnn\.com:443, from pods in default\n/);
  t.match((await ended([...call, '8443', WORLD])).printed, /^http to cnn\.com:8443,/);
  t.match((await ended([...call, '443', '--protocol', 'tcp', WORLD])).printed, /^tcp to cnn\.com:443,/);
});

t.test('the world comes from standard input, the gateways from the policy', async (t) => {
  const input = readFileSync('test/golden/explain/mesh.yaml', 'utf8') + '\n---\n' + HOST;
  const call = ['explain', '--host', 'api.example.com', '--port', '80', '-'];
  t.match((await ended(call, { input })).printed, /\nDelivered: /);
  const folder = t.testdir({ 'policy.yaml': 'egressGateways: [{service: edge/egress}]\n' });
  const policy = path.join(folder, 'policy.yaml');
  const without = await ended([...call, '--policy', policy], { input });
  t.match(without.printed, /\nStays inside: /);
  t.match(without.complained, /^sallyport: no Service here is an egress gateway: the policy says which are/);
});

const HOST = readFileSync('test/golden/explain/port-uncovered.yaml', 'utf8');

t.test('the world is a cluster, as it is now', async (t) => {
  const fake = await FakeApiServer.start(t);
  fake.served.set('/api/v1', ['services', 'namespaces']);
  fake.served.set('/apis/networking.istio.io/v1', ['serviceentries']);
  fake.put('/api/v1/namespaces/istio-system/configmaps', { metadata: { name: 'istio', namespace: 'istio-system' } });
  fake.clear('/api/v1/services');
  fake.clear('/api/v1/namespaces');
  fake.put('/apis/networking.istio.io/v1/serviceentries', {
    metadata: { name: 'bad', namespace: 'shop' },
    spec: { hosts: 'edition.cnn.com' },
  });
  fake.put('/apis/networking.istio.io/v1/serviceentries', {
    metadata: { name: 'cnn', namespace: 'shop' },
    spec: { hosts: ['edition.cnn.com'], resolution: 'DNS', ports: [{ number: 443, name: 'tls', protocol: 'TLS' }] },
  });
  const asked = [...QUESTION, '--cluster', '--kubeconfig', writeKubeconfig(t, fake.url)];
  const { code, printed, complained } = await ended(asked);
  t.equal(code, 0, complained);
  t.match(printed, '  service   ServiceEntry shop/cnn declares port 443 as TLS\n            spec.ports[0]\n');
  t.match(printed, '\nLeaks: ');
  t.match(
    complained,
    /^sallyport: object of the cluster cannot be read: .*namespace shop, name bad, faults .*spec\.hosts/m,
  );
  t.match(complained, /^sallyport: not served by the API server: .* \(kind Gateway\)$/m);
  fake.trick = () => ({ status: 403, body: '' });
  t.match(await ended(asked), { code: 2, printed: '', complained: /^sallyport: / });
});

t.test('what is no file of the mesh is left out with a note', async (t) => {
  const folder = t.testdir({ 'values.yaml': 'replicas: 2\n' });
  const { code, complained } = await ended([...QUESTION, WORLD, folder]);
  t.equal(code, 0);
  t.match(complained, /^sallyport: .*values\.yaml:1: left out: this is no Kubernetes object/);
});

t.test('a question that cannot be understood is bad usage', async (t) => {
  const host = ['--host', 'cnn.com'];
  const call = [...host, '--port', '443'];
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [[], /^sallyport explain: required option '--host <host>' not specified$/m],
    [host, /required option '--port <port>' not specified/],
    [[...host, '--port', '0', WORLD], /'0' is invalid\. It must be a whole number from 1 to 65535\.$/m],
    [[...host, '--port', '65536', WORLD], /'65536' is invalid\. It must be a whole number from 1 to 65535\.$/m],
    [[...host, '--port', 'https', WORLD], /'https' is invalid/],
    [[...call, '--protocol', 'quic', WORLD], /Allowed choices are http, tls, tcp, mtls-http, mtls-tcp\.$/m],
    [[...call, '-o', 'yaml', WORLD], /Allowed choices are text, json\.$/m],
    [[...call, '--address', 'cnn.com', WORLD], /'cnn\.com' is invalid\. It must be an IP address\.$/m],
    [[...call, '--labels', 'web', WORLD], /Write key=value, and commas between several\.$/m],
    [[...call, '--labels', '=web', WORLD], /Write key=value/],
    [
      [...call, '--protocol', 'mtls-tcp', WORLD],
      /^sallyport: --protocol mtls-tcp goes with --gateway: a pod speaks http, tls, tcp$/m,
    ],
    [[...call, '--gateway', 'egress', WORLD], /^sallyport: --gateway egress: write namespace\/service, such as/m],
    [[...call, '--gateway', 'a/b/c', WORLD], /write namespace\/service/],
    [[...call, '--gateway', 'edge/egress', WORLD], /^sallyport: --gateway edge\/egress: there is no such Service$/m],
    [
      [...call, '--gateway', 'a/b', '--namespace', 'shop', WORLD],
      /cannot be used with option '--namespace <namespace>'/,
    ],
    [[...call, '--gateway', 'a/b', '--labels', 'a=b', WORLD], /cannot be used with option '--labels <k=v,...>'/],
    [call, /^sallyport: say what to look at: files and folders, or --cluster$/m],
    [[...call, '--cluster', WORLD], /^sallyport: give paths or --cluster, not both$/m],
    [[...call, '--context', 'prod', WORLD], /^sallyport: --kubeconfig and --context go with --cluster$/m],
    [[...call, '--what', WORLD], /unknown option '--what'/],
  ];
  for (const [args, complaint] of cases) {
    const { code, printed, complained } = await ended(['explain', ...args]);
    t.equal(code, 2, args.join(' '));
    t.equal(printed, '', args.join(' '));
    t.match(complained, complaint, args.join(' '));
  }
});

t.test('a world that cannot be read whole gives no answer', async (t) => {
  const folder = t.testdir({
    'broken.yaml': 'kind: [\n',
    'policy.yaml': 'rules: {direct-egres: warn}\n',
    'kubeconfig.yaml': 'no: kubeconfig\n',
  });
  const file = (name: string) => path.join(folder, name);
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [[file('broken.yaml')], /^sallyport: .*broken\.yaml:\d: /],
    [[file('none.yaml')], /none\.yaml: there is no such file or folder$/m],
    [[WORLD, '--policy', file('policy.yaml')], /policy\.yaml:1: .*direct-egres/],
    [['--cluster', '--kubeconfig', file('kubeconfig.yaml')], /^sallyport: /],
  ];
  for (const [args, complaint] of cases) {
    const { code, printed, complained } = await ended([...QUESTION, ...args]);
    t.equal(code, 2, args.join(' '));
    t.equal(printed, '', args.join(' '));
    t.match(complained, complaint, args.join(' '));
  }
});

t.test('the page shows what is printed', (t) => {
  const page = readFileSync('docs/explain.md', 'utf8');
  const [line = '', ...rest] = readFileSync(path.join(GOLDEN, 'delivered.txt'), 'utf8').split('\n');
  t.ok(page.includes(`npx ${line.slice('$ '.length)}\n`));
  t.ok(page.includes(`\`\`\`\n${rest.join('\n')}\`\`\`\n`));
  t.end();
});
