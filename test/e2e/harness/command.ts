import { spawn } from 'node:child_process';

/** How a command has ended. */
export interface CommandResult {
  /** The exit code; 128 where a signal has ended it. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly input?: string;
}

/** Runs a command to its end; a minute is the longest that it may take. */
export function runCommand(
  command: string,
  args: readonly string[],
  { env, input = '' }: CommandOptions,
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: 'pipe', timeout: 60_000 });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ status: code ?? 128, stdout, stderr });
    });
    // A command that ends without reading closes its side first.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}

/** What a command that must succeed has printed. */
export function succeeded({ status, stdout, stderr }: CommandResult): string {
  if (status !== 0) throw new Error(`a command failed with ${status}:\n${stderr}${stdout}`);
  return stdout;
}
