import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { packageFile } from '../files/package-file.js';
import { explainCommand } from './explain.js';
import { complaintOf } from './input-error.js';
import { reviewCommand } from './review.js';
import { serveCommand } from './serve.js';
import type { ExitCode, Terminal } from './terminal.js';
import { throwUsage, UsageError } from './usage.js';

/** Runs the command line `args`, without the names of node and the program. Never throws. */
export async function run(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  let code: ExitCode = 0;
  const program = createProgram(terminal, (ended) => {
    code = ended;
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    terminal.complain(error instanceof UsageError ? `${error.message}\n` : complaintOf(error));
    return 2;
  }
}

function createProgram(terminal: Terminal, end: (code: ExitCode) => void): Command {
  const program = new Command('sallyport')
    .description('Keeps the outbound traffic of an Istio mesh on its egress gateway.')
    .version(packageVersion(), '--version', 'print the version')
    .helpOption('--help', 'print this help')
    .configureOutput({ writeOut: terminal.print, writeErr: terminal.complain });
  program.addCommand(serveCommand(terminal, end));
  program.addCommand(reviewCommand(terminal, end));
  program.addCommand(explainCommand(terminal, end));
  for (const command of program.commands) command.copyInheritedSettings(program);
  throwUsage(program);
  return program;
}

function packageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(packageFile('package.json'), 'utf8'));
  const version = typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : '';
  return String(version);
}
