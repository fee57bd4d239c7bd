import { createHash, randomBytes, sign, type KeyObject, type X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import forge from 'node-forge';
import * as der from './der.js';

/** When a certificate is valid, in milliseconds since the epoch. */
export interface Validity {
  readonly notBefore: number;
  readonly notAfter: number;
}

/** What a certificate says, before it is signed (`TBSCertificate`, RFC 5280, 4.1). */
export interface CertificateContents {
  readonly issuer: der.Node;
  readonly subject: der.Node;
  readonly validity: Validity;
  /** An EC key on P-256. */
  readonly publicKey: KeyObject;
  readonly extensions: readonly der.Node[];
}

const COMMON_NAME = '2.5.4.3';
const EC_PUBLIC_KEY = '1.2.840.10045.2.1';
const PRIME256V1 = '1.2.840.10045.3.1.7';
const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2';
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const SUBJECT_KEY_IDENTIFIER = '2.5.29.14';
const KEY_USAGE = '2.5.29.15';
const SUBJECT_ALT_NAME = '2.5.29.17';
const BASIC_CONSTRAINTS = '2.5.29.19';
const AUTHORITY_KEY_IDENTIFIER = '2.5.29.35';
const EXTENDED_KEY_USAGE = '2.5.29.37';

/** The `version` field of a v3 certificate. */
const V3 = der.integer(Buffer.from([2]));

/** Where `subject` stands in a `TBSCertificate` that says its version. */
const SUBJECT = 5;

/** The certificate as PEM, signed with `signer` (EC on P-256) by ECDSA with SHA-256. */
export function signCertificate(contents: CertificateContents, signer: KeyObject): string {
  const algorithm = der.sequence(der.oid(ECDSA_WITH_SHA256));
  const { notBefore, notAfter } = contents.validity;
  const toBeSigned = der.sequence(
    der.explicit(0, V3),
    der.integer(serialNumber()),
    algorithm,
    contents.issuer,
    der.sequence(der.time(new Date(notBefore)), der.time(new Date(notAfter))),
    contents.subject,
    subjectPublicKeyInfo(contents.publicKey),
    der.explicit(3, der.sequence(...contents.extensions)),
  );
  const signature = sign('sha256', der.toDer(toBeSigned), { key: signer, dsaEncoding: 'der' });
  const certificate = der.toDer(der.sequence(toBeSigned, algorithm, der.bits(signature)));
  return forge.pem.encode({ type: 'CERTIFICATE', body: certificate.toString('latin1') }).replaceAll('\r\n', '\n');
}

/** A distinguished name that is a common name only. */
export function commonName(name: string): der.Node {
  return der.sequence(der.set(der.sequence(der.oid(COMMON_NAME), der.utf8(name))));
}

/** The subject of a certificate, byte for byte: chains are matched by it. */
export function subjectOf(certificate: X509Certificate): der.Node {
  const [toBeSigned] = der.items(der.fromDer(certificate.raw));
  const subject = toBeSigned && der.items(toBeSigned)[SUBJECT];
  if (!subject) throw new TypeError('the certificate has no subject');
  return subject;
}

/** A CA for serving certificates only, none for other CAs (path length 0). */
export function authorityConstraints(): der.Node {
  return extension(BASIC_CONSTRAINTS, der.sequence(der.boolean(true), der.integer(Buffer.from([0]))), true);
}

export function noAuthority(): der.Node {
  return extension(BASIC_CONSTRAINTS, der.sequence(), true);
}

/** keyCertSign and cRLSign: bits 5 and 6 from the left (RFC 5280, 4.2.1.3). */
export function signingKeyUsage(): der.Node {
  return extension(KEY_USAGE, der.bits(Buffer.from([0b0000_0110]), 1), true);
}

/** digitalSignature, bit 0: all that an ECDSA key does in TLS. */
export function servingKeyUsage(): der.Node {
  return extension(KEY_USAGE, der.bits(Buffer.from([0b1000_0000]), 7), true);
}

export function serverAuthentication(): der.Node {
  return extension(EXTENDED_KEY_USAGE, der.sequence(der.oid(SERVER_AUTH)));
}

export function subjectKeyIdentifier(publicKey: KeyObject): der.Node {
  return extension(SUBJECT_KEY_IDENTIFIER, der.octets(keyIdentifier(publicKey)));
}

export function authorityKeyIdentifier(publicKey: KeyObject): der.Node {
  return extension(AUTHORITY_KEY_IDENTIFIER, der.sequence(der.implicit(0, keyIdentifier(publicKey))));
}

/** @param hosts DNS names and IP addresses. */
export function alternativeNames(hosts: readonly string[]): der.Node {
  const names = hosts.map((host) => {
    // The tags of GeneralName (RFC 5280, 4.2.1.6): 7 is iPAddress, 2 is dNSName.
    if (isIP(host) !== 0) return der.implicit(7, addressBytes(host));
    return der.implicit(2, Buffer.from(host, 'latin1'));
  });
  return extension(SUBJECT_ALT_NAME, der.sequence(...names));
}

/** The 4 or 16 bytes of an IP address. */
function addressBytes(address: string): Buffer {
  if (isIP(address) === 4) return Buffer.from(address.split('.').map(Number));
  // The URL parser writes every IPv6 address in one form: groups of hexadecimal digits, the zeros as "::" at most once.
  const groups = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  const [head = '', tail = ''] = groups.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => '0');
  return Buffer.from([...left, ...zeros, ...right].map((group) => group.padStart(4, '0')).join(''), 'hex');
}

/** An extension is critical where a client that does not know it must refuse the certificate. */
function extension(id: string, value: der.Node, critical = false): der.Node {
  const content = der.octets(der.toDer(value));
  return critical ? der.sequence(der.oid(id), der.boolean(true), content) : der.sequence(der.oid(id), content);
}

function subjectPublicKeyInfo(key: KeyObject): der.Node {
  return der.sequence(der.sequence(der.oid(EC_PUBLIC_KEY), der.oid(PRIME256V1)), der.bits(point(key)));
}

/** RFC 5280, 4.2.1.2, method 1. */
function keyIdentifier(key: KeyObject): Buffer {
  return createHash('sha1').update(point(key)).digest();
}

/** The public key as an uncompressed point (SEC 1, 2.3.3). */
function point(key: KeyObject): Buffer {
  const { crv, x, y } = key.export({ format: 'jwk' });
  if (crv !== 'P-256' || typeof x !== 'string' || typeof y !== 'string') throw new TypeError('not a key on P-256');
  return Buffer.concat([Buffer.from([4]), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
}

/** 127 random bits; the first two are fixed, so that the number is positive and always as long. */
function serialNumber(): Buffer {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0b0011_1111) | 0b0100_0000;
  return bytes;
}
