/** What was given to a command is wrong, or cannot be read. */
export class InputError extends Error {
  readonly code = 'input';
  /** Everything that is wrong, a line each. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[], options?: ErrorOptions) {
    super(problems.join('\n'), options);
    this.name = 'InputError';
    this.problems = problems;
  }
}

/**
 * What to tell people of an error. The errors of the rooms have a literal code and say all that is needed; any other is a slip
 * of ours, and its stack helps whoever mends it.
 */
export function complaintOf(error: unknown): string {
  if (error instanceof InputError) return linesOf(error.problems);
  if (error instanceof Error && 'code' in error && typeof error.code === 'string')
    return linesOf(error.message.split('\n'));
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `sallyport: this should not have happened, please report it:\n${stack}\n`;
}

function linesOf(problems: readonly string[]): string {
  return problems.map((problem) => `sallyport: ${problem}\n`).join('');
}
