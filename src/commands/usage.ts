import type { Command, CommanderError } from 'commander';

/** A command line that is not understood: what is wrong with it, and what is allowed. */
export class UsageError extends Error {
  readonly code = 'usage';

  constructor(problem: string, allowed: string, options?: ErrorOptions) {
    super(allowed === '' ? problem : `${problem}\n${allowed}`, options);
    this.name = 'UsageError';
  }
}

/**
 * Makes a command and those below it throw instead of ending the process: `UsageError` for what is not understood, commander's
 * own error where all is said, as after `--help`.
 */
export function throwUsage(command: Command): void {
  command.exitOverride((error) => {
    throw error.exitCode === 0 || error.code === 'commander.help' ? error : usageError(error, command);
  });
  // The caller writes what `UsageError` says; help is written by commander.
  command.configureOutput({ outputError: () => undefined });
  for (const each of command.commands) throwUsage(each);
}

function usageError(error: CommanderError, command: Command): UsageError {
  const problem = `${pathOf(command)}: ${error.message.replace(/^error: /, '')}`;
  return new UsageError(problem, allowedAt(error, command), { cause: error });
}

function allowedAt({ code }: CommanderError, command: Command): string {
  switch (code) {
    case 'commander.unknownCommand':
      return `Commands: ${command.commands.map((each) => each.name()).join(', ')}`;
    case 'commander.unknownOption':
      return `Options: ${[...command.options.map(({ long, short }) => long ?? short ?? ''), '--help'].join(', ')}`;
    case 'commander.excessArguments':
    case 'commander.missingArgument':
      return `Usage: ${pathOf(command)} ${command.usage()}`;
    default:
      return '';
  }
}

function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}
