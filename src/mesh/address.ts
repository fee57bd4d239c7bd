/**
 * An IP address. An IPv4 address that is mapped into IPv6 (`::ffff:10.0.0.1`) is the IPv4 address, as Go's `netip.Addr.Unmap`
 * makes it; a zone (`fe80::1%eth0`) is dropped.
 */
export interface Address {
  readonly bits: 32 | 128;
  /** The address, most significant first, as unsigned 32-bit numbers: one, or four. A trace compares these, never big integers. */
  readonly words: readonly number[];
}

/** All addresses whose first `length` bits are those of `network`, whose other bits are 0. */
export interface Block {
  readonly network: Address;
  readonly length: number;
}

/** The longest that an address can be written, without a zone: eight groups, the last two as IPv4. */
const LONGEST_TEXT = 45;

/** Reads an IPv4 or IPv6 address as Go's `netip.ParseAddr` does: IPv4 in four decimal fields without leading zeros. */
export function parseAddress(text: string): Address | undefined {
  if (!text.includes(':')) return addressV4(parseV4(text));
  const zone = text.indexOf('%');
  if (zone === text.length - 1) return undefined;
  return parseV6(zone < 0 ? text : text.slice(0, zone));
}

/** Reads a block in CIDR form, whether or not the bits after its length are 0; a plain address is a block of one. */
export function parseBlock(text: string): Block | undefined {
  const slash = text.indexOf('/');
  if (slash < 0) return blockOfOne(parseAddress(text));
  const before = text.slice(0, slash);
  const length = parseLength(text.slice(slash + 1));
  if (length === undefined || before.includes('%')) return undefined;
  const address = parseAddress(before);
  if (address === undefined) return undefined;
  // A block of mapped addresses is written with the length that it has in IPv6.
  const mapped = address.bits === 32 && before.includes(':');
  return mapped ? blockOfMapped(address, length) : blockOf(address, length);
}

/** The block of that length around the address; undefined where an address of its family has fewer bits. */
export function blockOf(address: Address, length: number): Block | undefined {
  if (length < 0 || length > address.bits) return undefined;
  const words = address.words.map((word, index) => (word & maskOf(length, index)) >>> 0);
  return { network: { bits: address.bits, words }, length };
}

export function contains(block: Block, address: Address): boolean {
  const { network, length } = block;
  if (network.bits !== address.bits) return false;
  return network.words.every((word, index) => ((word ^ (address.words[index] ?? 0)) & maskOf(length, index)) === 0);
}

/** An address of the block that stands for all: its second, for the first of a block is the name of a network, and no host's. */
export function addressInside(block: Block): Address {
  const { network, length } = block;
  if (length === network.bits) return network;
  const last = network.words.length - 1;
  return { bits: network.bits, words: network.words.map((word, index) => (index === last ? word + 1 : word)) };
}

/** The one way to write the address: dotted decimals, or RFC 5952. */
export function addressText({ bits, words }: Address): string {
  return bits === 32 ? textV4(words[0] ?? 0) : textV6(words);
}

/** The same key for the same address however it is written, and the text itself for what is none. */
export function addressKey(text: string): string {
  const address = parseAddress(text);
  return address === undefined ? text : addressText(address);
}

/** The same key, itself a block in CIDR form, for the same block however it is written; the text itself for what is none. */
export function blockKey(block: Block | string): string {
  if (typeof block !== 'string') return `${addressText(block.network)}/${block.length}`;
  const parsed = parseBlock(block);
  return parsed === undefined ? block : blockKey(parsed);
}

function blockOfOne(address: Address | undefined): Block | undefined {
  return address === undefined ? undefined : { network: address, length: address.bits };
}

function blockOfMapped(address: Address, length: number): Block | undefined {
  if (length >= 96) return blockOf(address, length - 96);
  return blockOf({ bits: 128, words: [0, 0, 0xffff, address.words[0] ?? 0] }, length);
}

/** The bits of the word at `index` that a prefix of `length` covers. */
function maskOf(length: number, index: number): number {
  const covered = length - 32 * index;
  if (covered <= 0) return 0;
  return covered >= 32 ? -1 : -1 << (32 - covered);
}

function parseLength(text: string): number | undefined {
  return /^(?:0|[1-9]\d{0,2})$/.test(text) ? Number(text) : undefined;
}

/** The address as a number, or undefined. */
function parseV4(text: string): number | undefined {
  if (text.length < 7 || text.length > 15) return undefined;
  let value = 0;
  let field = 0;
  let digits = 0;
  let dots = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === DOT) {
      if (digits === 0) return undefined;
      value = value * 256 + field;
      field = 0;
      digits = 0;
      dots += 1;
    } else {
      if (code < ZERO || code > NINE || (digits > 0 && field === 0)) return undefined;
      field = field * 10 + (code - ZERO);
      digits += 1;
      if (field > 255) return undefined;
    }
  }
  return dots === 3 && digits > 0 ? value * 256 + field : undefined;
}

const DOT = 46;
const ZERO = 48;
const NINE = 57;

function addressV4(value: number | undefined): Address | undefined {
  return value === undefined ? undefined : { bits: 32, words: [value] };
}

function parseV6(text: string): Address | undefined {
  if (text.length > LONGEST_TEXT) return undefined;
  const [head = '', tail, more] = text.split('::');
  if (more !== undefined) return undefined;
  const first = parseGroups(head, tail === undefined);
  const last = parseGroups(tail ?? '', true);
  if (first === undefined || last === undefined) return undefined;
  const missing = 8 - first.length - last.length;
  // `::` stands for one group of zeros at least.
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  return unmapped([...first, ...new Array<number>(missing).fill(0), ...last]);
}

/** The 16-bit groups of one side of `::`; an IPv4 address at the very end is two of them. */
function parseGroups(text: string, atEnd: boolean): readonly number[] | undefined {
  if (text === '') return [];
  const parts = text.split(':');
  const groups: number[] = [];
  for (const [index, part] of parts.entries()) {
    if (/^[0-9a-fA-F]{1,4}$/.test(part)) {
      groups.push(Number.parseInt(part, 16));
      continue;
    }
    const v4 = atEnd && index === parts.length - 1 ? parseV4(part) : undefined;
    if (v4 === undefined) return undefined;
    groups.push(v4 >>> 16, v4 & 0xffff);
  }
  return groups;
}

function unmapped(groups: readonly number[]): Address {
  const words = [0, 2, 4, 6].map((index) => (groups[index] ?? 0) * 65_536 + (groups[index + 1] ?? 0));
  const [a, b, c, d = 0] = words;
  return a === 0 && b === 0 && c === 0xffff ? { bits: 32, words: [d] } : { bits: 128, words };
}

function textV4(value: number): string {
  return `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`;
}

function textV6(words: readonly number[]): string {
  const groups = words.flatMap((word) => [word >>> 16, word & 0xffff]);
  const { start, length } = longestZeros(groups);
  const hex = (from: number, to: number): string =>
    groups
      .slice(from, to)
      .map((group) => group.toString(16))
      .join(':');
  return length < 2 ? hex(0, 8) : `${hex(0, start)}::${hex(start + length, 8)}`;
}

/** The first of the longest runs of zero groups, which RFC 5952 writes as `::`. */
function longestZeros(groups: readonly number[]): { readonly start: number; readonly length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  for (const [index, group] of groups.entries()) {
    if (group !== 0) start = index + 1;
    else if (index + 1 - start > best.length) best = { start, length: index + 1 - start };
  }
  return best;
}
