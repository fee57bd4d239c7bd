import { StringDecoder } from 'node:string_decoder';

/** Cuts a stream of bytes into lines, wherever the network has cut it. */
export class LineSplitter {
  readonly #decoder = new StringDecoder('utf8');
  /** The beginning of a line, in pieces: a large object comes in many, and joining them each time would be quadratic. */
  #pieces: string[] = [];

  /** The lines that end in this chunk, without their ends and without empty ones. */
  push(chunk: Buffer): readonly string[] {
    const parts = this.#decoder.write(chunk).split('\n');
    const rest = parts.pop() ?? '';
    const lines: string[] = [];
    for (const part of parts) {
      const line = this.#pieces.join('') + part;
      this.#pieces = [];
      if (line !== '') lines.push(line);
    }
    if (rest !== '') this.#pieces.push(rest);
    return lines;
  }

  /** Whether the stream would end within a line. */
  get partial(): boolean {
    return this.#pieces.length > 0;
  }
}
