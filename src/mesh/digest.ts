/**
 * A short text that is the same for the same parsed JSON, to tell whether something has changed without keeping it. No proof against
 * somebody who looks for two values with one digest. It walks without recursion: the nesting is an attacker's to choose.
 */
export function digestOf(document: unknown): string {
  const hash = new Hash();
  const left: unknown[] = [document];
  while (left.length > 0) {
    const value = left.pop();
    if (Array.isArray(value)) {
      hash.add(`[${value.length}`);
      for (const item of value) left.push(item);
    } else if (typeof value === 'object' && value !== null) {
      const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
      hash.add(`{${entries.length}`);
      for (const [key, inner] of entries) {
        hash.add(`:${key}`);
        left.push(inner);
      }
    } else {
      hash.add(`${typeof value} ${String(value)}`);
    }
  }
  return hash.text();
}

/** Two lanes of 32 bits (after MurmurHash3's mixing), 64 bits in all. */
class Hash {
  #a = 0xdeadbeef;
  #b = 0x41c6ce57;

  add(text: string): void {
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      this.#a = Math.imul(this.#a ^ code, 2654435761);
      this.#b = Math.imul(this.#b ^ code, 1597334677);
    }
    // The end of a text counts: `a`, `b` is not `ab`.
    this.#a = Math.imul(this.#a ^ (this.#a >>> 16), 2246822507) ^ Math.imul(this.#b ^ (this.#b >>> 13), 3266489909);
    this.#b = Math.imul(this.#b ^ (this.#b >>> 16), 2246822507) ^ Math.imul(this.#a ^ (this.#a >>> 13), 3266489909);
  }

  text(): string {
    return [this.#a, this.#b].map((lane) => (lane >>> 0).toString(16).padStart(8, '0')).join('');
  }
}
