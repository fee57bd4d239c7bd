import { createPrivateKey, X509Certificate } from 'node:crypto';
import { connect, createServer, type DetailedPeerCertificate } from 'node:tls';
import { once } from 'node:events';
import t from 'tap';
import fc from 'fast-check';
import { createAuthority, issueServingCertificate } from '../../src/certificates/authority.js';
import type { CertificatePair } from '../../src/certificates/source.js';

const DAY = 24 * 60 * 60 * 1000;
const validity = { notBefore: Date.now() - DAY, notAfter: Date.now() + DAY };

t.test('the authority signs itself and may sign serving certificates', async (t) => {
  const authority = new X509Certificate((await createAuthority('a CA', validity)).certificate);
  t.equal(authority.ca, true);
  t.equal(authority.subject, 'CN=a CA');
  t.equal(authority.issuer, authority.subject);
  t.equal(authority.verify(authority.publicKey), true);
  t.equal(authority.publicKey.asymmetricKeyDetails?.namedCurve, 'prime256v1');
});

t.test('a serving certificate names its hosts and is the authority’s', async (t) => {
  const authority = await createAuthority('a CA', validity);
  const pair = await issueServingCertificate(authority, ['localhost', '127.0.0.1', '::1'], validity);
  const certificate = new X509Certificate(pair.certificate);
  t.equal(certificate.ca, false);
  t.equal(certificate.subjectAltName, 'DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1');
  t.strictSame(certificate.keyUsage, ['1.3.6.1.5.5.7.3.1'], 'server authentication');
  t.equal(certificate.checkIssued(new X509Certificate(authority.certificate)), true);
  t.equal(certificate.verify(new X509Certificate(authority.certificate).publicKey), true);
  t.equal(certificate.checkPrivateKey(createPrivateKey(pair.key)), true);
  t.notMatch(pair.key, authority.key, 'a key of its own');
});

t.test('validity is what was asked for, to the second, also beyond 2049', async (t) => {
  const far = { notBefore: Date.UTC(2049, 11, 31, 23, 59, 59), notAfter: Date.UTC(2050, 0, 1) };
  const certificate = new X509Certificate((await createAuthority('a CA', far)).certificate);
  t.equal(Date.parse(certificate.validFrom), far.notBefore);
  t.equal(Date.parse(certificate.validTo), far.notAfter);
});

t.test('serial numbers are positive and differ', async (t) => {
  const authority = await createAuthority('a CA', validity);
  const pairs = await Promise.all([1, 2, 3].map(() => issueServingCertificate(authority, ['a'], validity)));
  const serials = pairs.map((pair) => new X509Certificate(pair.certificate).serialNumber);
  t.equal(new Set(serials).size, 3);
  for (const serial of serials) t.match(serial, /^[4-7][0-9A-F]{31}$/);
});

t.test('any IP address is a name that matches', async (t) => {
  const authority = await createAuthority('a CA', validity);
  const property = fc.asyncProperty(fc.oneof(fc.ipV4(), fc.ipV6()), async (address) => {
    const { certificate } = await issueServingCertificate(authority, [address], validity);
    return new X509Certificate(certificate).checkIP(address) === address;
  });
  await t.resolves(fc.assert(property, { numRuns: 50 }));
});

t.test('TLS clients accept the chain of any authority, under its hosts only', async (t) => {
  for (const name of ['sallyport development CA', 'Prüfstelle ☂', 'x'.repeat(64)]) {
    const authority = await createAuthority(name, validity);
    const pair = await issueServingCertificate(authority, ['localhost', '127.0.0.1'], validity);
    t.equal(await handshake(pair, authority.certificate, 'localhost'), 'ok');
    t.equal(await handshake(pair, authority.certificate, 'other.example'), 'ERR_TLS_CERT_ALTNAME_INVALID');
  }
});

/** The code of the client's error, or `ok`. */
async function handshake(pair: CertificatePair, ca: string, servername: string): Promise<string> {
  const server = createServer({ cert: pair.certificate, key: pair.key }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const socket = connect({ host: '127.0.0.1', port, ca, servername });
  try {
    await once(socket, 'secureConnect');
    const peer: DetailedPeerCertificate = socket.getPeerCertificate(true);
    return peer.subject.CN === 'sallyport' ? 'ok' : 'another certificate';
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  } finally {
    socket.destroy();
    server.close();
  }
}
