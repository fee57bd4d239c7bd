import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type ConnectionOptions, type SecureVersion } from 'node:tls';
import t from 'tap';
import { issueServingCertificate } from '../../src/certificates/authority.js';
import type { CertificatePair } from '../../src/certificates/source.js';
import { commonName, signCertificate, subjectOf } from '../../src/certificates/x509.js';
import type { BoundAddress } from '../../src/server/start.js';
import {
  ask,
  AUTHORITY,
  CLIENT_AUTHORITY,
  HOSTS,
  keepAliveAgent,
  PAIR,
  post,
  review,
  serve,
  VALID,
} from './harness.js';

const NEXT_PAIR = await issueServingCertificate(AUTHORITY, HOSTS, VALID);

/** How a client of Node learns that the server speaks no protocol that low. */
const REFUSED = 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION';

/** The protocol and cipher that a handshake ends with, or the code of the client's error. */
async function handshake(to: BoundAddress, options: ConnectionOptions): Promise<string> {
  const socket = connect({ ...to, ca: AUTHORITY.certificate, ...options });
  try {
    await once(socket, 'secureConnect');
    return `${socket.getProtocol() ?? ''} ${socket.getCipher().name}`;
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  } finally {
    socket.destroy();
  }
}

/** OpenSSL lets a client speak the old protocols only at its lowest level of security. */
function old(version: SecureVersion): { minVersion: SecureVersion; maxVersion: SecureVersion; ciphers: string } {
  return { minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' };
}

/** What a client shows that `authority` knows; without extensions it is good for any purpose. */
function clientCertificate(authority: CertificatePair): { cert: string; key: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const issuer = subjectOf(new X509Certificate(authority.certificate));
  const contents = { issuer, subject: commonName('kube-apiserver'), validity: VALID, publicKey, extensions: [] };
  const cert = signCertificate(contents, createPrivateKey(authority.key));
  return { cert, key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

t.test('TLS 1.2 and 1.3 are spoken, 1.1 and 1.0 are refused', async (t) => {
  const { server } = await serve(t);
  t.match(await handshake(server.address, { maxVersion: 'TLSv1.2' }), /^TLSv1\.2 ECDHE-ECDSA-.*(GCM|CHACHA20)/);
  t.match(await handshake(server.address, {}), /^TLSv1\.3 TLS_/);
  for (const version of ['TLSv1.1', 'TLSv1'] as const) {
    t.equal(await handshake(server.address, old(version)), REFUSED, version);
  }
  await t.test('while a server that allows it would speak 1.1 with this client', async (t) => {
    const lax = createServer({ cert: PAIR.certificate, key: PAIR.key, ...old('TLSv1.1') });
    t.teardown(() => lax.close());
    await once(lax.listen(0, '127.0.0.1'), 'listening');
    const address = lax.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    t.match(await handshake({ host: '127.0.0.1', port }, old('TLSv1.1')), /^TLSv1\.1 /);
  });
});

t.test('ciphers without forward secrecy or authenticated encryption are refused', async (t) => {
  const { server } = await serve(t);
  for (const ciphers of ['ECDHE-ECDSA-AES128-SHA256', 'ECDHE-ECDSA-AES256-SHA384', 'AES128-GCM-SHA256', 'AES256-SHA']) {
    const outcome = await handshake(server.address, { ciphers, maxVersion: 'TLSv1.2' });
    // OpenSSL has renamed it between Node 20 and 24.
    t.match(outcome, /ALERT_HANDSHAKE_FAILURE$/, ciphers);
  }
});

t.test('with a client CA only its clients are heard', async (t) => {
  const clientCa = CLIENT_AUTHORITY.certificate;
  const { server } = await serve(t, { clientCa });
  const known = clientCertificate(CLIENT_AUTHORITY);
  const stranger = clientCertificate(AUTHORITY);
  t.equal((await post(server.address, '/validate', review(), known)).status, 200);
  await t.rejects(post(server.address, '/validate', review()), 'without a certificate');
  await t.rejects(post(server.address, '/validate', review(), stranger), 'with one of another CA');
  server.setCertificate(NEXT_PAIR);
  await t.rejects(post(server.address, '/validate', review()), 'still, after the server’s certificate was swapped');
  t.equal((await post(server.address, '/validate', review(), known)).status, 200);
});

t.test('a swapped certificate serves new connections and leaves those that stand', async (t) => {
  const { server } = await serve(t);
  const agent = keepAliveAgent(t);
  const before = await post(server.address, '/validate', review(), { agent });
  t.equal(before.connection.serial, new X509Certificate(PAIR.certificate).serialNumber);
  server.setCertificate(NEXT_PAIR);
  const after = await post(server.address, '/validate', review(), { agent });
  t.strictSame(after.connection, before.connection, 'the connection goes on');
  const anew = await post(server.address, '/validate', review());
  const next = new X509Certificate(NEXT_PAIR.certificate).serialNumber;
  t.equal(anew.connection.serial, next, 'a new one is shown the new certificate');
  t.equal(await handshake(server.address, old('TLSv1.1')), REFUSED, 'as strict as before');
});

t.test('a swap under load fails no request', async (t) => {
  const { server } = await serve(t);
  const agents = [keepAliveAgent(t), keepAliveAgent(t)];
  let swaps = 0;
  const asking = agents.map(async (agent) => {
    for (let i = 0; i < 60; i += 1) {
      const answers = await Promise.all([
        post(server.address, '/validate', review(), { agent }),
        post(server.address, '/mutate', review()),
      ]);
      t.ok(answers.every((answer) => answer.status === 200));
      if (i % 5 === 0) server.setCertificate(swaps++ % 2 === 0 ? NEXT_PAIR : PAIR);
    }
  });
  await Promise.all(asking);
  t.equal(swaps, 24);
});

t.test('a pair that does not fit is refused, and the old one stays', async (t) => {
  const { server } = await serve(t);
  const wrong = { certificate: PAIR.certificate, key: NEXT_PAIR.key };
  t.throws(
    () => {
      server.setCertificate(wrong);
    },
    { code: 'certificate-refused' },
  );
  t.throws(
    () => {
      server.setCertificate({ certificate: 'no', key: 'no' });
    },
    { code: 'certificate-refused' },
  );
  t.equal((await ask(server.address, { path: '/livez' })).status, 200);
  await t.rejects(serve(t, { certificate: wrong }), { code: 'certificate-refused' }, 'at start too');
});
