import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { CertificateError } from './certificate-error.js';
import type { CertificatePair } from './source.js';

/** What is known of a pair that can be served. */
export interface UsablePair {
  readonly pair: CertificatePair;
  readonly leaf: X509Certificate;
  /** Milliseconds since the epoch. */
  readonly notBefore: number;
  readonly notAfter: number;
}

/** What a message calls the two halves: flags or file names. */
export interface PairNames {
  readonly certificate: string;
  readonly key: string;
}

const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

/**
 * Reads a pair and makes sure that a server can serve with it now: everything parses, the key is the certificate's own,
 * and the certificate is valid at `now` (milliseconds since the epoch).
 *
 * @throws CertificateError with all that is wrong.
 */
export function parsePair(pair: CertificatePair, names: PairNames, now: number): UsablePair {
  const problems: string[] = [];
  const chain = parseChain(pair.certificate, names.certificate, problems);
  const key = parseKey(pair.key, names.key, problems);
  const [leaf] = chain;
  if (leaf && key && !leaf.checkPrivateKey(key)) {
    problems.push(`${names.key} is not the key of the certificate in ${names.certificate}`);
  }
  for (const [index, certificate] of chain.entries()) {
    const problem = outOfDate(certificate, now);
    if (problem !== undefined) problems.push(`certificate ${index + 1} of ${names.certificate} ${problem}`);
  }
  if (problems.length > 0 || !leaf) throw new CertificateError('unusable-pair', problems);
  return { pair, leaf, notBefore: Date.parse(leaf.validFrom), notAfter: Date.parse(leaf.validTo) };
}

function parseChain(pem: string, name: string, problems: string[]): readonly X509Certificate[] {
  const blocks = pem.match(PEM_CERTIFICATE) ?? [];
  if (blocks.length === 0) problems.push(`${name} holds no PEM certificate ("-----BEGIN CERTIFICATE-----")`);
  return blocks.flatMap((block, index) => {
    try {
      return [new X509Certificate(block)];
    } catch {
      problems.push(`certificate ${index + 1} of ${name} cannot be parsed`);
      return [];
    }
  });
}

/** Says nothing of OpenSSL's own message, which could quote the key. */
function parseKey(pem: string, name: string, problems: string[]): KeyObject | undefined {
  if (pem.includes('ENCRYPTED')) {
    problems.push(`${name} is encrypted with a passphrase: give a key without one`);
    return undefined;
  }
  try {
    return createPrivateKey(pem);
  } catch {
    problems.push(`${name} holds no PEM private key that can be parsed`);
    return undefined;
  }
}

/** What is wrong with the certificate's time at `now`, as the rest of a sentence. */
export function outOfDate(certificate: X509Certificate, now: number): string | undefined {
  if (now < Date.parse(certificate.validFrom)) return `is not valid before ${certificate.validFrom}`;
  if (now >= Date.parse(certificate.validTo)) return `has expired on ${certificate.validTo}`;
  return undefined;
}
