#!/usr/bin/env node
import { run } from './commands/program.js';

// Whoever reads may go early, as `head` does: that is no failure.
process.stdout.on('error', () => undefined);

const code = await run(process.argv.slice(2), {
  input: process.stdin,
  print: (text) => process.stdout.write(text),
  complain: (text) => process.stderr.write(text),
  // https://no-color.org
  colour: process.stdout.isTTY && (process.env['NO_COLOR'] ?? '') === '',
});
// All is done and written; what still waits somewhere, such as the pause of a drain that was cut short, keeps nobody.
process.stdout.write('', () => process.exit(code));
