import { X509Certificate } from 'node:crypto';
import { readText } from '../files/text-file.js';
import { reasonOf } from '../files/manifest-paths.js';
import { InputError } from './input-error.js';

const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

/**
 * The certificates of the CAs that sign those of clients. TLS itself takes any text, and would then refuse every client without
 * a word.
 *
 * @throws InputError for a file that cannot be read, or holds no certificate
 */
export async function readClientCa(file: string): Promise<string> {
  let text: string;
  try {
    text = await readText(file);
  } catch (error) {
    throw new InputError([`${file}: ${reasonOf(error)}`], { cause: error });
  }
  const certificates = text.match(PEM_CERTIFICATE) ?? [];
  if (certificates.length === 0) throw new InputError([`${file}: holds no PEM certificate`]);
  for (const [index, certificate] of certificates.entries()) {
    try {
      new X509Certificate(certificate);
    } catch (error) {
      throw new InputError([`${file}: certificate ${index + 1} cannot be parsed`], { cause: error });
    }
  }
  return text;
}
