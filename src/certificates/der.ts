import forge from 'node-forge';

/**
 * The parts of ASN.1 that a certificate is made of (X.690, DER). node-forge writes the bytes, but knows only RSA: its
 * certificates take no EC key, so they are put together here and signed by node:crypto.
 */
export type Node = forge.asn1.Asn1;

const { Class, Type } = forge.asn1;

export function sequence(...items: readonly Node[]): Node {
  return forge.asn1.create(Class.UNIVERSAL, Type.SEQUENCE, true, [...items]);
}

export function set(...items: readonly Node[]): Node {
  return forge.asn1.create(Class.UNIVERSAL, Type.SET, true, [...items]);
}

export function oid(dotted: string): Node {
  return forge.asn1.create(Class.UNIVERSAL, Type.OID, false, forge.asn1.oidToDer(dotted).getBytes());
}

/** @param bytes big-endian; the caller sees to it that the first bit is 0, else the number is negative. */
export function integer(bytes: Buffer): Node {
  return forge.asn1.create(Class.UNIVERSAL, Type.INTEGER, false, bytes.toString('latin1'));
}

export function boolean(value: boolean): Node {
  return forge.asn1.create(Class.UNIVERSAL, Type.BOOLEAN, false, value ? '\xff' : '\0');
}

export function octets(content: Buffer): Node {
  return forge.asn1.create(Class.UNIVERSAL, Type.OCTETSTRING, false, content.toString('latin1'));
}

/** @param unused how many of the last byte's low bits are no part of the string. */
export function bits(content: Buffer, unused = 0): Node {
  const bytes = Buffer.concat([Buffer.from([unused]), content]);
  return forge.asn1.create(Class.UNIVERSAL, Type.BITSTRING, false, bytes.toString('latin1'));
}

export function utf8(text: string): Node {
  return forge.asn1.create(Class.UNIVERSAL, Type.UTF8, false, forge.util.encodeUtf8(text));
}

/** RFC 5280, 4.1.2.5: UTCTime until 2049, GeneralizedTime from then on. */
export function time(date: Date): Node {
  return date.getUTCFullYear() < 2050
    ? forge.asn1.create(Class.UNIVERSAL, Type.UTCTIME, false, forge.asn1.dateToUtcTime(date))
    : forge.asn1.create(Class.UNIVERSAL, Type.GENERALIZEDTIME, false, forge.asn1.dateToGeneralizedTime(date));
}

/** `[tag] EXPLICIT`: the tag around one node. */
export function explicit(tag: number, item: Node): Node {
  return tagged(tag, [item]);
}

/** `[tag] IMPLICIT`: the tag in place of the content's own. */
export function implicit(tag: number, content: Buffer): Node {
  return tagged(tag, content.toString('latin1'));
}

function tagged(tag: number, value: string | Node[]): Node {
  // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- a context's tag is any number, no `Type`
  return forge.asn1.create(Class.CONTEXT_SPECIFIC, tag, typeof value !== 'string', value);
}

export function toDer(node: Node): Buffer {
  return Buffer.from(forge.asn1.toDer(node).getBytes(), 'latin1');
}

export function fromDer(der: Buffer): Node {
  return forge.asn1.fromDer(der.toString('latin1'));
}

/** The items of a sequence or a set; none for what holds bytes. */
export function items(node: Node): readonly Node[] {
  return typeof node.value === 'string' ? [] : node.value;
}
