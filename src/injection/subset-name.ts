import { sha256 } from './sha256.js';

/** A DNS label is at most 63 characters long (RFC 1123). */
const LONGEST = 63;

/**
 * The subset for a host: `edition.cnn.com` becomes `edition-cnn-com`, `*.cnn.com` becomes `any-cnn-com`. A name that could be another
 * host's as well ends in a hash of the host, so that no two hosts share a subset: who shares one has its TLS settings.
 *
 * @param host - any text; case does not count, as in host names
 */
export function subsetName(host: string): string {
  const name = host.toLowerCase();
  if (isFaithful(name)) return labelOf(name);
  const ending = hash(name);
  const label = labelOf(name)
    .replaceAll(/[^a-z0-9-]/g, '-')
    .replaceAll(/^-+/g, '')
    .slice(0, LONGEST - ending.length - 1)
    .replace(/-+$/, '');
  return `${label === '' ? 'host' : label}-${ending}`;
}

/** `*.cnn.com` as `any-cnn-com`. */
function labelOf(name: string): string {
  return name.replace(/^\*/, 'any').replaceAll('.', '-');
}

/** Whether no other host has the same label: plain parts without a dash, of which the first is not the word for a wildcard. */
function isFaithful(name: string): boolean {
  return name.length + 2 <= LONGEST && /^(?:\*\.|(?!any\.))[a-z0-9]+(?:\.[a-z0-9]+)*$/.test(name);
}

/** 51 bits in base 32: what is left of a label must still tell a person which host it is. */
function hash(name: string): string {
  const [high = 0, low = 0] = sha256(name);
  const digits = (word: number): string => word.toString(32).padStart(7, '0').slice(-5);
  return `${digits(high)}${digits(low)}`;
}
