import { readFile } from 'node:fs/promises';

/** A file that is no UTF-8 text. */
export class TextError extends Error {
  readonly code = 'TEXT';

  constructor(problem: string) {
    super(problem);
    this.name = 'TextError';
  }
}

/** Reads a file, or everything that a stream gives, as text. Throws `TextError`, or the system's own error. */
export async function readText(source: string | AsyncIterable<unknown>): Promise<string> {
  return decode(typeof source === 'string' ? await readFile(source) : await collect(source));
}

async function collect(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk)));
  return Buffer.concat(chunks);
}

/** Windows PowerShell writes UTF-16 when output goes to a file: worth a message of its own. */
function decode(bytes: Buffer): string {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    throw new TextError('the file is UTF-16: save it as UTF-8');
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new TextError('the file is not UTF-8 text');
  }
}
