import { writeFileSync } from 'node:fs';
import path from 'node:path';
import t, { type Test } from 'tap';
import { sharedFile } from '../mesh/shared-folder.js';
import { deployment, envoyFilter, exemption, gatewayApi, networkPolicy, pod } from '../policy/kubernetes-manifests.js';
import { egressGateway, entry, service, type Document } from '../policy/manifests.js';
import { until } from '../until.js';
import type { TestCluster } from './harness/cluster.js';
import type { CommandResult } from './harness/command.js';
import { OTHER_KINDS } from './harness/webhooks.js';
import { withCluster } from './harness/with-cluster.js';

const POLICY = `
rules: { direct-egress: enforce }
namespaces:
  - match: ['legacy-*']
    rules: { direct-egress: warn }
`;

/** The mesh's own ConfigMap. */
function mesh(mode: string): Document {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'istio', namespace: 'istio-system' },
    data: { mesh: `outboundTrafficPolicy:\n  mode: ${mode}\n` },
  };
}

/** An entry that only the pods of its own namespace see, without routes. */
function leaking(namespace: string, name: string): Document {
  return entry(['80 HTTP'], { hosts: [`${name}.example.com`], exportTo: ['.'] }, { name, namespace });
}

function admitted(t: Test, result: CommandResult): void {
  t.equal(result.status, 0, `it is admitted: ${result.stderr}`);
}

function silent(t: Test, result: CommandResult): void {
  admitted(t, result);
  t.notMatch(result.stderr, 'Warning:');
}

function warned(t: Test, result: CommandResult, ...says: readonly string[]): void {
  admitted(t, result);
  for (const text of says) t.match(result.stderr, text, `it says ${text}`);
}

function refused(t: Test, result: CommandResult, ...says: readonly string[]): void {
  t.not(result.status, 0, 'it is refused');
  for (const text of says) t.match(result.stderr, text, `it says ${text}`);
}

t.test('kinds, rules and exemptions on a real API server', async (t) => {
  await withCluster(t, async (cluster) => {
    await cluster.createNamespaces('shop', 'legacy-one', 'istio-system', 'plain');
    admitted(t, await cluster.apply([egressGateway(), mesh('REGISTRY_ONLY')]));
    admitted(t, await cluster.kubectl('label', 'namespace', 'shop', 'istio-injection=enabled'));
    await cluster.installCrds({ file: sharedFile('istio', 'gateway-api-crds.yaml') });
    const policy = path.join(cluster.folder('policy'), 'policy.yaml');
    writeFileSync(policy, POLICY);
    const server = await cluster.startSallyport({ args: ['--policy', policy] });
    await cluster.registerWebhooks({ url: server.address, ca: server.ca, rules: OTHER_KINDS });

    await t.test("the chart's objects are taken by the API server", (t) => chart(t, cluster));
    await t.test('a namespace of another mode warns where others are refused', (t) => modes(t, cluster));
    await t.test('an exemption lifts until it expires', (t) => exemptions(t, cluster));
    await t.test('the CRD refuses exemptions that mean nothing', (t) => nonsense(t, cluster));
    await t.test('pods past their sidecar', (t) => pods(t, cluster));
    await t.test('namespaces that switch it off', (t) => namespaces(t, cluster));
    await t.test('what the engine cannot follow', (t) => unfollowed(t, cluster));
    await t.test("the mesh's own ConfigMap", (t) => configMap(t, cluster));
  });
});

async function chart(t: Test, cluster: TestCluster): Promise<void> {
  await cluster.createNamespaces('release');
  const values = ['tls.secretName=tls', `tls.caBundle=${Buffer.from(cluster.plane.ca).toString('base64')}`];
  for (const more of [[], ['webhooks.namespaceSelector.matchLabels.judged=yes', 'webhooks.workloads.enabled=false']]) {
    const flags = [...values, ...more].flatMap((value) => ['--set', value]);
    const { stdout, status, stderr } = await cluster.helm(
      ...['template', 'released', 'charts/sallyport', '--namespace', 'release', ...flags],
    );
    t.equal(status, 0, stderr);
    admitted(t, await cluster.pipe(stdout, 'create', '--dry-run=server', '-f', '-'));
  }
}

async function modes(t: Test, cluster: TestCluster): Promise<void> {
  refused(t, await cluster.apply(leaking('shop', 'modes')), '[direct-egress] spec.hosts[0]');
  warned(t, await cluster.apply(leaking('legacy-one', 'modes')), 'Warning: [direct-egress] spec.hosts[0]');
  const everybodys = entry(['80 HTTP'], { hosts: ['all.example.com'] }, { name: 'all', namespace: 'legacy-one' });
  refused(t, await cluster.apply(everybodys), '[direct-egress]');
}

async function exemptions(t: Test, cluster: TestCluster): Promise<void> {
  const used = leaking('shop', 'exempted');
  const expires = new Date(Date.now() + 15_000).toISOString();
  const granted = exemption({ hosts: ['*.example.com'], ports: [80], expires });
  warned(
    t,
    await cluster.apply(granted),
    'Warning: [exemption] spec: until',
    'it lifts direct-egress for *.example.com',
  );
  const isLifted = async () => (await cluster.apply(used, '--dry-run=server')).status === 0;
  await until('the exemption is known', isLifted);
  silent(t, await cluster.apply(used));
  refused(t, await cluster.apply(leaking('plain', 'exempted')), '[direct-egress]');
  const status = JSON.stringify({ status: { expired: false, hosts: ['exempted.example.com'] } });
  const patch = ['patch', 'egressexemption', 'legacy', '-n', 'shop', '--type=merge', '--subresource=status'];
  silent(t, await cluster.kubectl(...patch, '-p', status));
  t.match(await cluster.stored('egressexemptions', 'shop', 'legacy'), { status: { hosts: ['exempted.example.com'] } });
  admitted(t, await cluster.remove(used));

  await until('the exemption has expired', async () => {
    const { stderr } = await cluster.apply(used, '--dry-run=server');
    return stderr.includes('[exemption] spec.expires: in EgressExemption shop/legacy, it has expired at');
  });
  refused(t, await cluster.apply(used), '[direct-egress] spec.hosts[0]');

  const longer = exemption({ hosts: ['*.example.com'], ports: [80], expires: '2099-01-01T00:00:00Z' });
  warned(t, await cluster.apply(longer), 'Warning: [exemption] spec.expires: it lifts more than before');
  await until('it is known', isLifted);
  silent(t, await cluster.apply(used));
  silent(t, await cluster.remove([used, longer]));
}

async function nonsense(t: Test, cluster: TestCluster): Promise<void> {
  for (const [spec, says] of [
    [{ rules: ['no-such-rule'] }, 'spec.rules[0]'],
    [{ rules: ['exemption'] }, 'spec.rules[0]'],
    [{ reason: '  ' }, 'spec.reason'],
    [{ hosts: ['*', 'cnn.com'] }, 'spec.hosts'],
    [{ hosts: ['a..com'] }, 'spec.hosts'],
    [{ hosts: ['*cnn.com'] }, 'spec.hosts[0]'],
    [{ hosts: [] }, 'spec.hosts'],
    [{ ports: [0] }, 'spec.ports[0]'],
    [{ expires: 'tomorrow' }, 'spec.expires'],
  ] as const) {
    refused(t, await cluster.apply(exemption(spec, { name: 'nonsense' })), says);
  }
}

async function pods(t: Test, cluster: TestCluster): Promise<void> {
  const excluding = { annotations: { 'traffic.sidecar.istio.io/excludeOutboundPorts': '443' } };
  const says = 'metadata.annotations["traffic.sidecar.istio.io/excludeOutboundPorts"]';
  silent(t, await cluster.apply(deployment({}, { name: 'right' })));
  warned(t, await cluster.apply(deployment(excluding)), `Warning: [pod-bypass] spec.template.${says}`);
  silent(t, await cluster.apply(deployment({ ...excluding, labels: { more: 'labels' } })));
  silent(t, await cluster.apply(deployment(excluding, { namespace: 'plain' })));
  warned(t, await cluster.apply(pod(excluding)), `Warning: [pod-bypass] ${says}`);
  silent(t, await cluster.apply(pod({}, { name: 'right' })));
  const sneaking = pod({ spec: { hostNetwork: true } }, { name: 'sneaking' });
  warned(t, await cluster.apply(sneaking), 'Warning: [pod-bypass] spec.hostNetwork');
}

async function namespaces(t: Test, cluster: TestCluster): Promise<void> {
  const label = (name: string, ...labels: readonly string[]) => cluster.kubectl('label', 'namespace', name, ...labels);
  silent(t, await cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'new' } }));
  const policy = networkPolicy({ podSelector: {}, policyTypes: ['Egress'] }, { namespace: 'new' });
  silent(t, await cluster.apply(policy));
  silent(t, await label('new', 'istio-injection=enabled'));
  warned(t, await cluster.remove(policy), 'Warning: [network-policy-missing] spec: it is the last NetworkPolicy');
  warned(
    t,
    await label('new', 'istio-injection=disabled', '--overwrite'),
    'Warning: [pod-bypass] metadata.labels["istio-injection"]',
  );
  warned(t, await label('new', 'istio-injection=enabled', '--overwrite'), 'Warning: [network-policy-missing]');
  warned(t, await label('new', 'istio-injection-', 'istio.io/rev=canary'), 'Warning: [mesh-unsupported]');
  silent(t, await cluster.remove({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'new' } }));
}

async function unfollowed(t: Test, cluster: TestCluster): Promise<void> {
  const patch = (context: string) => ({
    applyTo: 'HTTP_FILTER',
    match: { context },
    patch: { operation: 'INSERT_BEFORE', value: { name: 'filter' } },
  });
  silent(t, await cluster.apply(envoyFilter([patch('SIDECAR_INBOUND')], {}, { name: 'inbound' })));
  warned(
    t,
    await cluster.apply(envoyFilter([patch('SIDECAR_OUTBOUND')])),
    'Warning: [envoy-filter] spec.configPatches[0]',
  );
  warned(t, await cluster.apply(service({})), 'Warning: [selectorless-service] spec.selector');
  silent(t, await cluster.apply(service({ selector: { app: 'right' } }, { name: 'right' })));
  const parentRefs = [{ group: 'networking.istio.io', kind: 'ServiceEntry', name: 'cnn' }];
  warned(
    t,
    await cluster.apply(gatewayApi('HTTPRoute', { parentRefs })),
    'Warning: [gateway-api-unjudged] spec.parentRefs[0]',
  );
}

async function configMap(t: Test, cluster: TestCluster): Promise<void> {
  const other = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'other', namespace: 'istio-system' },
    data: {},
  };
  silent(t, await cluster.apply(other));
  silent(t, await cluster.apply(mesh('REGISTRY_ONLY')));
  const opened = await cluster.apply(mesh('ALLOW_ANY'), '--dry-run=server');
  warned(t, opened, 'Warning: [outbound-any] data.mesh: calls to undeclared hosts on port 443');
  refused(t, await cluster.apply({ ...mesh('ALLOW_ANY'), data: { mesh: '{' } }), 'data.mesh: is no YAML');
  warned(t, await cluster.remove(mesh('REGISTRY_ONLY')), 'Warning: [outbound-any] data.mesh');
}
