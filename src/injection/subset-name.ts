/** A DNS label is at most 63 characters long (RFC 1123). */
const LONGEST = 63;

/**
 * The subset for a host: `edition.cnn.com` becomes `edition-cnn-com`, `*.cnn.com` becomes `any-cnn-com`. A name that had to be cut or
 * changed otherwise ends in a hash of the host, so that two hosts never share a subset by accident.
 */
export function subsetName(host: string): string {
  const plain = host.toLowerCase().replace(/^\*/, 'any').replaceAll('.', '-');
  const label = plain.replaceAll(/[^a-z0-9-]/g, '-').replaceAll(/^-+|-+$/g, '');
  // A dash of the host's own would read like a dot: only a hash tells `a-b.c` from `a.b.c`.
  const faithful = label === plain && !host.includes('-') && label.length <= LONGEST && label !== '';
  if (faithful) return label;
  const ending = `-${hash(host.toLowerCase())}`;
  return `${label.slice(0, LONGEST - ending.length).replace(/-+$/, '')}${ending}`.replace(/^-+/, '');
}

/** FNV-1a over UTF-16 code units, 32 bits, in base 36: a name, not a secret. */
function hash(text: string): string {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) {
    value ^= text.charCodeAt(at);
    value = Math.imul(value, 0x01000193);
  }
  return (value >>> 0).toString(36).padStart(7, '0');
}
