import os from 'node:os';
import t from 'tap';
import { replicaIdentity } from '../../src/commands/replica-identity.js';

t.test('a replica is named by its pod, and no other process is named so', async (t) => {
  const environment = { POD_NAME: 'sallyport-0', POD_NAMESPACE: 'mesh-system', SALLYPORT_LEASE_SECONDS: '3' };
  const identity = await replicaIdentity(environment);
  t.match(identity, { name: /^sallyport-0_[0-9a-f-]{36}$/, namespace: 'mesh-system', leaseSeconds: 3 });
  t.not((await replicaIdentity(environment)).name, identity.name);
});

t.test('without a pod it is named by its host', async (t) => {
  const identity = await replicaIdentity({ POD_NAME: '' });
  t.ok(identity.name.startsWith(`${os.hostname()}_`));
  t.match(identity, { namespace: 'sallyport', leaseSeconds: 15 });
});

t.test('a duration that is none is said', async (t) => {
  for (const text of ['0', '-1', '1.5', 'soon', '99999']) {
    await t.rejects(replicaIdentity({ SALLYPORT_LEASE_SECONDS: text }), { name: 'InputError' }, text);
  }
});
