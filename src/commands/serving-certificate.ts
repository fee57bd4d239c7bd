import { mkdtemp, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileSource } from '../certificates/files.js';
import { selfSignedSource } from '../certificates/self-signed.js';
import type { CertificateSource } from '../certificates/source.js';
import type { Logger } from '../telemetry/logger.js';

export interface CertificateChoice {
  readonly tlsCert?: string | undefined;
  readonly tlsKey?: string | undefined;
  /** The name or address that the server binds, and clients may dial. */
  readonly host: string;
  readonly port: number;
  readonly logger: Logger;
  /** Told of every new pair that cannot be used. */
  readonly onFailure: () => void;
}

/** A started source, and for a certificate of our own making the file with the CA to trust. */
export interface ServingCertificate {
  readonly source: CertificateSource;
  readonly caFile: string | undefined;
  /** Stops the source and removes what it left in the folder for temporary files. */
  close(): Promise<void>;
}

/**
 * The certificate of the files that are named, else one made now and signed by a CA made now.
 *
 * @throws CertificateError when there is none to serve with
 */
export async function servingCertificate(choice: CertificateChoice): Promise<ServingCertificate> {
  const { tlsCert, tlsKey, host, logger, onFailure } = choice;
  if (tlsCert !== undefined && tlsKey !== undefined) {
    const source = fileSource({ certificateFile: tlsCert, keyFile: tlsKey, logger, onFailure });
    await source.start();
    return {
      source,
      caFile: undefined,
      close: () => {
        source.stop();
        return Promise.resolve();
      },
    };
  }
  const { folder, isTemporary } = await authorityFolder(choice.port);
  const caFile = path.join(folder, 'ca.crt');
  const source = selfSignedSource({ hosts: hostsToDial(host), authorityFile: caFile });
  await source.start();
  return {
    source,
    caFile,
    close: async () => {
      source.stop();
      if (isTemporary) await rm(folder, { recursive: true, force: true });
    },
  };
}

/**
 * `certs` of a checkout, where people look for it. A server on a port of the system's choosing is one of many, and each makes
 * its own CA: it gets a folder of its own, as it does where there is no `certs`.
 */
async function authorityFolder(port: number): Promise<{ readonly folder: string; readonly isTemporary: boolean }> {
  const certs = path.resolve('certs');
  if (port !== 0 && (await isFolder(certs))) return { folder: certs, isTemporary: false };
  return { folder: await mkdtemp(path.join(os.tmpdir(), 'sallyport-')), isTemporary: true };
}

async function isFolder(name: string): Promise<boolean> {
  try {
    return (await stat(name)).isDirectory();
  } catch {
    return false;
  }
}

function hostsToDial(host: string): readonly string[] {
  const local = ['localhost', '127.0.0.1', '::1'];
  return ['0.0.0.0', '::', ...local].includes(host) ? local : [host, ...local];
}
