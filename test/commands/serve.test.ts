import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { createAuthority, issueServingCertificate } from '../../src/certificates/authority.js';
import { parseExposition, valueOf } from '../telemetry/exposition.js';
import { ServerProcess } from './server-process.js';

const SERVICE = 'apiVersion: v1\nkind: Service\nmetadata: {name: a, namespace: shop}\nspec: {ports: [{port: 80}]}\n';
const REVIEW = path.resolve('examples/reviews/service-entry-without-routes.json');

t.test('it serves the world of files until it is told to stop', async (t) => {
  const server = new ServerProcess(t, ['--manifests', 'examples/mesh']);
  const { address, caFile } = await server.listening();
  t.match(address, /^https:\/\/127\.0\.0\.1:\d+$/);
  t.match(await server.logged('listening'), { level: 'info' });
  t.ok(
    server.log.some(({ internalCIDRs }) => Array.isArray(internalCIDRs)),
    'says what counts as inside',
  );
  t.same(await server.ask('/readyz'), { status: 200, body: '{"status":"ready"}' });
  const { status, body } = await server.ask('/validate', await readFile(REVIEW, 'utf8'));
  t.equal(status, 200);
  t.match(JSON.parse(body), { response: { uid: '4550c618-681d-48b8-83ac-05cf5a993824' } });
  t.ok(existsSync(caFile!));
  server.child.kill('SIGTERM');
  t.equal(await server.ended(), 0);
  t.notOk(existsSync(caFile!), 'the CA of a server on a port of its own is removed');
  t.match(await server.logged('stopping'), { signal: 'SIGTERM' });
});

t.test('what it prints for people is a command that works', async (t) => {
  const server = new ServerProcess(t, ['--manifests', 'examples/mesh']);
  const { address, caFile } = await server.listening();
  await server.ask('/livez');
  t.match(server.printed, `Sallyport judges changes to examples/mesh at ${address}\n31 objects;`);
  const command = /^ {2}curl [\s\S]*?\/validate$/m.exec(server.printed)?.[0] ?? '';
  t.match(command, `--cacert ${caFile!} `);
  t.match(command, '--data-binary @examples/reviews/service-entry-without-routes.json');
  t.match(command, `${address}/validate`);
  if (!(await hasCurl())) return;
  const { stdout } = await promisify(execFile)('sh', ['-c', command]);
  const { response } = JSON.parse(stdout) as { response: { allowed: boolean; status: { message: string } } };
  t.equal(response.allowed, false, 'the answer is a denial');
  t.match(
    response.status.message,
    /^\[direct-egress\] spec\.hosts\[0\]: .* Mend: /m,
    'it names the field and the mend',
  );
});

async function hasCurl(): Promise<boolean> {
  return promisify(execFile)('curl', ['--version']).then(
    () => true,
    () => false,
  );
}

t.test('what injection would apply is logged, and nothing for a dry run', async (t) => {
  const server = new ServerProcess(t, ['--manifests', 'examples/mesh']);
  const review = (name: string) => readFile(`examples/reviews/${name}.json`, 'utf8');
  const dry = await server.ask('/mutate', await review('subset-wanted-dry-run'));
  t.match(JSON.parse(dry.body), { response: { allowed: true, patchType: 'JSONPatch' } });
  t.notOk(server.log.some(({ msg }) => msg === 'would apply'));
  await server.ask('/mutate', await review('subset-wanted'));
  const { object, manifest } = await server.logged('would apply');
  t.match(object, { kind: 'DestinationRule', namespace: 'istio-system' });
  t.match(JSON.parse(String(manifest)), { kind: 'DestinationRule', spec: { subsets: [{ name: /./ }] } });
});

t.test('the policy file decides what is denied, and from its change on', async (t) => {
  const file = path.join(t.testdir({ 'policy.yaml': 'rules: {direct-egress: warn}\n' }), 'policy.yaml');
  const server = new ServerProcess(t, ['--manifests', 'examples/mesh', '--policy', file]);
  const answer = async () => {
    const { body } = await server.ask('/validate', await readFile(REVIEW, 'utf8'));
    return (JSON.parse(body) as { response: { allowed: boolean; warnings?: string[] } }).response;
  };
  const warned = await answer();
  t.equal(warned.allowed, true);
  t.match(warned.warnings?.[0], /direct-egress/);
  await writeFile(file, '# all defaults\n');
  await server.logged('policy changed');
  t.equal((await answer()).allowed, false);
});

t.test('the world of files changes with them', async (t) => {
  const folder = t.testdir();
  await cp('examples/mesh', folder, { recursive: true });
  const server = new ServerProcess(t, ['--manifests', folder]);
  const allowed = async (name: string) => {
    const { body } = await server.ask('/validate', await readFile(`examples/reviews/${name}.json`, 'utf8'));
    return (JSON.parse(body) as { response: { allowed: boolean } }).response.allowed;
  };
  t.equal(await allowed('service-entry-without-routes'), false);
  const cnn = await readFile('examples/mesh/10-http.yaml', 'utf8');
  const routes = cnn.slice(0, cnn.lastIndexOf('\n---'));
  const file = path.join(folder, 'bbc.yaml');
  await writeFile(file, routes.replaceAll('edition.cnn.com', 'www.bbc.co.uk').replaceAll('cnn', 'bbc'));
  t.match(await server.logged('manifests read again'), { files: [file] });
  t.equal(await allowed('service-entry-without-routes'), true, 'the routes are there now');
  await rm(file);
  await server.logged('manifests read again', 1);
  t.equal(await allowed('service-entry-without-routes'), false, 'and gone again');
});

t.test('the metrics tell of the world, of answers, and of files that cannot be followed', async (t) => {
  const folder = t.testdir({ 'policy.yaml': '# all defaults\n', mesh: { 'a.yaml': SERVICE } });
  const policy = path.join(folder, 'policy.yaml');
  const manifests = path.join(folder, 'mesh');
  const server = new ServerProcess(t, ['--manifests', manifests, '--policy', policy]);
  const scrape = async () => parseExposition(await server.metrics());
  const started = await scrape();
  t.equal(valueOf(started, 'sallyport_world_objects', { kind: 'Service' }), 1);
  t.equal(valueOf(started, 'sallyport_world_age_seconds', { kind: 'Service' }), 0);
  t.equal(valueOf(started, 'sallyport_reload_failures_total'), 0);
  await server.ask('/validate', await readFile(REVIEW, 'utf8'));
  await writeFile(policy, 'rules: {direct-egres: warn}\n');
  await server.logged('policy not changed: the file cannot be followed');
  await writeFile(path.join(manifests, 'a.yaml'), 'kind: [');
  await server.logged('manifest cannot be read: what the file held before stays');
  const samples = await scrape();
  const denied = { kind: 'ServiceEntry', decision: 'denied', rule: 'direct-egress' };
  t.equal(valueOf(samples, 'sallyport_decisions_total', denied), 1);
  t.equal(valueOf(samples, 'sallyport_reload_failures_total', { file: 'policy' }), 1);
  t.equal(valueOf(samples, 'sallyport_reload_failures_total', { file: 'manifests' }), 1);
  t.match(await server.logged('review answered'), { decision: 'denied', rules: ['direct-egress'], name: 'bbc' });
});

t.test('from another folder its paths are whole', async (t) => {
  const folder = t.testdir({ "it's": { 'a.yaml': SERVICE } });
  const server = new ServerProcess(t, ['--manifests', "it's"], '', folder);
  await server.listening();
  await server.ask('/livez');
  t.match(server.printed, "Sallyport judges changes to it's at ");
  t.match(server.printed, `--data-binary @${REVIEW} `);
});

t.test('the manifests may come from standard input', async (t) => {
  const server = new ServerProcess(t, ['--manifests', '-', '--manifests', 'examples/mesh/00-mesh.yaml'], SERVICE);
  await server.listening();
  await server.ask('/livez');
  t.match(server.printed, /judges changes to -, examples\/mesh\/00-mesh\.yaml at .*\n\d+ objects/);
});

t.test('files are read again; a broken one is said and the server lives', async (t) => {
  const folder = t.testdir({ 'a.yaml': SERVICE, 'values.yaml': 'a: 1\n' });
  const file = path.join(folder, 'a.yaml');
  const server = new ServerProcess(t, ['--manifests', folder]);
  await server.listening();
  t.match(await server.logged('left out'), { level: 'warn', file: path.join(folder, 'values.yaml'), line: 1 });
  await writeFile(file, 'kind: [');
  t.match(await server.logged('manifest cannot be read: what the file held before stays'), {
    level: 'error',
    file,
    line: 1,
  });
  await writeFile(file, SERVICE);
  t.match(await server.logged('manifests read again', 1), { files: [file] });
  await rename(folder, `${folder}-away`);
  t.match(await server.logged('manifests cannot be read: the world stays as it was'), { level: 'error' });
  await rename(`${folder}-away`, folder);
  await server.logged('manifests can be read again');
  t.equal((await server.ask('/readyz')).status, 200);
});

t.test('the policy is followed; a bad change is said and the old one stays', async (t) => {
  const folder = t.testdir({ 'policy.yaml': 'failure: {onError: deny}\n' });
  const file = path.join(folder, 'policy.yaml');
  const server = new ServerProcess(t, ['--manifests', 'examples/mesh', '--policy', file]);
  await server.listening();
  await writeFile(file, 'rules: {direct-egress: never}\n');
  t.match(await server.logged('policy not changed: the file cannot be followed'), {
    level: 'error',
    file,
    faults: [{ line: 1, problem: /^rules\.direct-egress must be enforce, warn, audit or off, not `never`/ }],
  });
  await writeFile(file, 'rules: {direct-egress: warn}\n');
  t.match(await server.logged('policy changed'), { level: 'info', file });
  server.child.kill('SIGINT');
  t.equal(await server.ended(), 0);
});

t.test('a certificate that is given is served, and changed with its files', async (t) => {
  const validity = { notBefore: Date.now() - 60_000, notAfter: Date.now() + 3_600_000 };
  const authority = await createAuthority('test CA', validity);
  const pair = await issueServingCertificate(authority, ['127.0.0.1'], validity);
  const folder = t.testdir({ 'ca.crt': authority.certificate, 'tls.crt': pair.certificate, 'tls.key': pair.key });
  const [ca, cert, key] = ['ca.crt', 'tls.crt', 'tls.key'].map((name) => path.join(folder, name)) as [
    string,
    string,
    string,
  ];
  const server = new ServerProcess(t, ['--manifests', 'examples/mesh', '--tls-cert', cert, '--tls-key', key]);
  t.equal((await server.listening()).caFile, undefined);
  t.equal((await server.ask('/readyz', undefined, ca)).status, 200);
  t.notMatch(server.printed, 'curl', 'nothing is said of a CA that it does not know');
  const other = await createAuthority('other CA', validity);
  const next = await issueServingCertificate(other, ['127.0.0.1'], validity);
  await writeFile(ca, other.certificate);
  await writeFile(cert, next.certificate);
  await writeFile(key, next.key);
  await server.logged('serving certificate changed');
  t.equal((await server.ask('/readyz', undefined, ca)).status, 200);
});

t.test('two servers do not get in the way of each other', async (t) => {
  const servers = [
    new ServerProcess(t, ['--manifests', 'examples/mesh']),
    new ServerProcess(t, ['--manifests', 'examples/mesh']),
  ];
  for (const server of servers) await server.listening();
  for (const server of servers) t.equal((await server.ask('/readyz')).status, 200);
});

t.test('a port that is taken is bad usage', async (t) => {
  const taken = createServer().listen(0, '127.0.0.1');
  t.teardown(() => taken.close());
  await new Promise((resolve) => taken.once('listening', resolve));
  const { port } = taken.address() as AddressInfo;
  for (const flag of ['--port', '--metrics-port']) {
    const server = new ServerProcess(t, ['--manifests', 'examples/mesh', flag, String(port)]);
    t.equal(await server.ended(), 2, flag);
    t.match(
      server.complained,
      new RegExp(`^sallyport: cannot listen for .* on 127.0.0.1:${port}: another process listens there$`, 'm'),
    );
  }
});

t.test('the world of a cluster is not ready before it is listed', async (t) => {
  const nobody = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => nobody.once('listening', resolve));
  const { port } = nobody.address() as AddressInfo;
  await new Promise((resolve) => nobody.close(resolve));
  const validity = { notBefore: Date.now() - 60_000, notAfter: Date.now() + 3_600_000 };
  const authority = await createAuthority('test CA', validity);
  const pair = await issueServingCertificate(authority, ['127.0.0.1'], validity);
  const folder = t.testdir({
    'ca.crt': authority.certificate,
    'tls.crt': pair.certificate,
    'tls.key': pair.key,
    kubeconfig: JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'c', cluster: { server: `http://127.0.0.1:${port}` } }],
      users: [{ name: 'u', user: {} }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'x',
    }),
  });
  const file = (name: string) => path.join(folder, name);
  const flags = ['--kubeconfig', file('kubeconfig'), '--tls-cert', file('tls.crt'), '--tls-key', file('tls.key')];
  const server = new ServerProcess(t, flags);
  await server.listening();
  const { status, body } = await server.ask('/readyz', undefined, file('ca.crt'));
  t.equal(status, 503);
  t.match(JSON.parse(body), { reasons: [/ConfigMap/i, /Namespace/] });
  t.equal((await server.ask('/livez', undefined, file('ca.crt'))).status, 200);
  t.equal(server.printed, '', 'nothing but the log');
  server.child.kill('SIGTERM');
  await server.logged('draining');
  server.child.kill('SIGTERM');
  t.equal(await server.ended(), 0, 'a second signal ends it at once');
  await server.logged('stopping at once');
});
