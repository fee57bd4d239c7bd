/** How a command ends: 0 fine, 1 findings or a denial, 2 bad usage or input that cannot be read. */
export type ExitCode = 0 | 1 | 2;

/** What a command has of the world outside: where it reads, and where it writes to people. */
export interface Terminal {
  /** Standard input. */
  readonly input: AsyncIterable<unknown>;
  /** Writes what was asked for. */
  readonly print: (text: string) => void;
  /** Writes what is wrong. */
  readonly complain: (text: string) => void;
  /** What is printed may have colours: somebody looks at it, and has not asked for none. */
  readonly colour?: boolean;
}
