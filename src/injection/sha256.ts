/**
 * SHA-256 (FIPS 180-4) of a text's UTF-16 code units, high byte first, as eight 32-bit words. It is here because a pure room imports
 * nothing, and because names that others could forge must not share a hash by design.
 */
export function sha256(text: string): readonly number[] {
  const state = Uint32Array.from(INITIAL);
  const words = padded(text);
  const schedule = new Uint32Array(64);
  for (let block = 0; block < words.length; block += 16) {
    schedule.set(words.subarray(block, block + 16));
    for (let at = 16; at < 64; at++) {
      const [w16, w15, w7, w2] = [schedule[at - 16], schedule[at - 15], schedule[at - 7], schedule[at - 2]];
      schedule[at] = (w16 ?? 0) + smallSigma(w15 ?? 0, 7, 18, 3) + (w7 ?? 0) + smallSigma(w2 ?? 0, 17, 19, 10);
    }
    compress(state, schedule);
  }
  return [...state];
}

/** The message, a one bit, zeros, and its length in bits, in blocks of 16 words. */
function padded(text: string): Uint32Array {
  const bytes = text.length * 2;
  const words = new Uint32Array((((bytes + 8) >> 6) + 1) * 16);
  const put = (at: number, byte: number): void => {
    words[at >> 2] = (words[at >> 2] ?? 0) | (byte << (24 - 8 * (at & 3)));
  };
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    put(2 * at, unit >> 8);
    put(2 * at + 1, unit & 0xff);
  }
  put(bytes, 0x80);
  words[words.length - 1] = bytes * 8;
  return words;
}

function compress(state: Uint32Array, schedule: Uint32Array): void {
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let at = 0; at < 64; at++) {
    const first = (h + bigSigma(e, 6, 11, 25) + ((e & f) ^ (~e & g)) + (ROUND[at] ?? 0) + (schedule[at] ?? 0)) | 0;
    const second = (bigSigma(a, 2, 13, 22) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
  }
  [a, b, c, d, e, f, g, h].forEach((word, index) => {
    state[index] = (state[index] ?? 0) + word;
  });
}

function rotated(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by));
}

function bigSigma(word: number, a: number, b: number, c: number): number {
  return rotated(word, a) ^ rotated(word, b) ^ rotated(word, c);
}

function smallSigma(word: number, a: number, b: number, shift: number): number {
  return rotated(word, a) ^ rotated(word, b) ^ (word >>> shift);
}

/** The first 64 primes: the constants of the algorithm are the fractions of their roots. */
const PRIMES = primes(64);
const INITIAL = PRIMES.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));
const ROUND = PRIMES.map((prime) => fraction(Math.cbrt(prime)));

/** The first 32 bits behind the point. */
function fraction(root: number): number {
  return Math.floor((root % 1) * 0x1_0000_0000);
}

function primes(count: number): readonly number[] {
  const found: number[] = [];
  for (let candidate = 2; found.length < count; candidate++) {
    if (found.every((prime) => candidate % prime !== 0)) found.push(candidate);
  }
  return found;
}
