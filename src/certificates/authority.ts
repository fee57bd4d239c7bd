import { createPrivateKey, generateKeyPair, X509Certificate, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { CertificatePair } from './source.js';
import * as x509 from './x509.js';

/** Off the event loop, unlike the key maker of node-forge, which would hold up every answer. */
const createKeyPair = promisify(generateKeyPair);

/** A certificate authority of our own: an ECDSA P-256 key and the certificate that it signs for itself. */
export async function createAuthority(name: string, validity: x509.Validity): Promise<CertificatePair> {
  const { publicKey, privateKey } = await createKeyPair('ec', { namedCurve: 'P-256' });
  const subject = x509.commonName(name);
  const extensions = [x509.authorityConstraints(), x509.signingKeyUsage(), x509.subjectKeyIdentifier(publicKey)];
  const certificate = x509.signCertificate({ issuer: subject, subject, validity, publicKey, extensions }, privateKey);
  return { certificate, key: pem(privateKey) };
}

/**
 * A serving certificate, with an ECDSA P-256 key of its own.
 *
 * @param authority as `createAuthority` makes it.
 * @param hosts the DNS names and IP addresses that clients dial.
 */
export async function issueServingCertificate(
  authority: CertificatePair,
  hosts: readonly string[],
  validity: x509.Validity,
): Promise<CertificatePair> {
  const { publicKey, privateKey } = await createKeyPair('ec', { namedCurve: 'P-256' });
  const issuer = new X509Certificate(authority.certificate);
  const contents = {
    issuer: x509.subjectOf(issuer),
    // Clients look at the alternative names only; a long host would not fit a common name (64 characters).
    subject: x509.commonName('sallyport'),
    validity,
    publicKey,
    extensions: [
      x509.noAuthority(),
      x509.servingKeyUsage(),
      x509.serverAuthentication(),
      x509.alternativeNames(hosts),
      x509.subjectKeyIdentifier(publicKey),
      x509.authorityKeyIdentifier(issuer.publicKey),
    ],
  };
  return { certificate: x509.signCertificate(contents, createPrivateKey(authority.key)), key: pem(privateKey) };
}

function pem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}
