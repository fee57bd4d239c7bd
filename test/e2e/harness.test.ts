import { spawnSync } from 'node:child_process';
import t from 'tap';
import { until } from '../until.js';
import { succeeded } from './harness/command.js';
import { withCluster } from './harness/with-cluster.js';

const entry = {
  apiVersion: 'networking.istio.io/v1alpha3',
  kind: 'ServiceEntry',
  metadata: { namespace: 'shop', name: 'cnn' },
  spec: { hosts: ['edition.cnn.com'], ports: [{ number: 443, name: 'tls', protocol: 'TLS' }], resolution: 'DNS' },
};

await withCluster(t, async (cluster) => {
  await cluster.createNamespaces('shop');

  await t.test('the built server is asked through the webhooks, for as long as they are registered', async (t) => {
    const server = await cluster.startJudged();
    t.match(await server.ask('/livez'), { status: 200 });
    const refused = await cluster.apply(entry);
    t.equal(refused.status, 1, 'an older version of a kind is judged too');
    t.match(refused.stderr, 'validate.sallyport.dev');
    t.equal(await cluster.stored('serviceentries', 'shop', 'cnn'), undefined);

    await server.stop();
    t.equal(server.child.exitCode, 0);
    t.match(await cluster.apply(entry), { status: 1, stderr: /failed calling webhook/ }, 'it fails closed');
    await cluster.unregisterWebhooks();
    succeeded(await cluster.apply(entry));
    t.match(await cluster.stored('serviceentries', 'shop', 'cnn'), { spec: { hosts: ['edition.cnn.com'] } });
    succeeded(await cluster.remove(entry));
  });

  await t.test('helm works on the same cluster', async (t) => {
    t.match(await cluster.helm('list', '-A', '-o', 'json'), { status: 0, stdout: /^\[\]/ });
  });

  await t.test('nothing outlives tests that are killed', async (t) => {
    const child = new URL('./harness/child.js', import.meta.url).href;
    const script = `
      const { Child } = await import(${JSON.stringify(child)});
      console.log(new Child('sleeper', '/bin/sleep', ['600']).pid);
      process.kill(process.pid, 'SIGKILL');
    `;
    const { stdout, signal } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
      encoding: 'utf8',
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    t.equal(signal, 'SIGKILL');
    const pid = Number(stdout);
    t.ok(pid > 0);
    await until('the child is gone', () => !exists(pid));
  });
});

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
