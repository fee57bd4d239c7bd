import { Readable } from 'node:stream';
import { run } from '../../src/commands/program.js';

export interface Ended {
  readonly code: number;
  readonly printed: string;
  readonly complained: string;
}

/** Runs a command line to its end, and says what it wrote. */
export async function ended(
  args: readonly string[],
  options: { readonly input?: string; readonly colour?: boolean } = {},
): Promise<Ended> {
  const { input = '', colour = false } = options;
  let printed = '';
  let complained = '';
  const code = await run(args, {
    input: Readable.from([Buffer.from(input)]),
    print: (text) => (printed += text),
    complain: (text) => (complained += text),
    colour,
  });
  return { code, printed, complained };
}
