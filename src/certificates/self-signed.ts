import { X509Certificate } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createAuthority, issueServingCertificate } from './authority.js';
import { CertificateError } from './certificate-error.js';
import { outOfDate } from './pair.js';
import type { CertificatePair, CertificateSource } from './source.js';

/** The source that makes its own CA: it also says which CA clients must trust. */
export interface SelfSignedSource extends CertificateSource {
  /**
   * The CA certificate, PEM.
   * @throws CertificateError before `start` has resolved.
   */
  authority(): string;
}

export interface SelfSignedOptions {
  /** DNS names and IP addresses that clients dial. */
  readonly hosts: readonly string[];
  /** Where to write the CA certificate, so that `curl --cacert` finds it; nothing is written unless given, a key never. */
  readonly authorityFile?: string;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

const DAY = 24 * 60 * 60 * 1000;

/** A development server lives shorter than that; keys and certificates die with it. */
const LIFETIME = 90 * DAY;

/** A client whose clock is behind must not find the certificate not yet valid. */
const BACKDATE = DAY;

/**
 * A CA and a serving certificate made at start, for a server on somebody's own machine. They last as long as the process
 * and are not renewed.
 */
export function selfSignedSource({ hosts, authorityFile, now = Date.now }: SelfSignedOptions): SelfSignedSource {
  let made: { readonly pair: CertificatePair; readonly authority: string } | undefined;

  function started() {
    if (!made) throw new CertificateError('not-started', ['the certificate is not made yet']);
    return made;
  }

  return {
    async start() {
      const validity = { notBefore: now() - BACKDATE, notAfter: now() + LIFETIME };
      const authority = await createAuthority('sallyport development CA', validity);
      const pair = await issueServingCertificate(authority, hosts, validity);
      if (authorityFile !== undefined) await writeWhole(authorityFile, authority.certificate);
      made = { pair, authority: authority.certificate };
    },
    stop() {
      // Nothing runs.
    },
    current: () => started().pair,
    authority: () => started().authority,
    onChange() {
      // The pair never changes.
    },
    problems() {
      if (!made) return ['the certificate is not made yet'];
      const problem = outOfDate(new X509Certificate(made.pair.certificate), now());
      return problem === undefined ? [] : [`the self-signed certificate ${problem}: restart the server`];
    },
  };
}

/** Whoever reads the file meanwhile sees the old text or the new one, never a half. */
async function writeWhole(file: string, text: string): Promise<void> {
  const draft = `${file}.${process.pid}.tmp`;
  try {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(draft, text, { mode: 0o644 });
    await rename(draft, file);
  } catch (error) {
    throw new CertificateError('unwritable-file', [`cannot write the CA certificate to ${file}`], { cause: error });
  }
}
