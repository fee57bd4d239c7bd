import { benchAdmission } from './admission.js';
import { benchClasses } from './classes.js';
import { benchTrace } from './trace.js';

/** Every benchmark, by the name that the command line gives it. */
const BENCHMARKS: ReadonlyMap<string, (print: (line: string) => void) => void | Promise<void>> = new Map([
  ['trace', benchTrace],
  ['classes', benchClasses],
  ['admission', benchAdmission],
]);

/** Runs the benchmarks that the command line names, or all. */
async function main(names: readonly string[]): Promise<number> {
  const unknown = names.filter((name) => !BENCHMARKS.has(name));
  if (unknown.length > 0) {
    process.stderr.write(`unknown benchmark ${unknown.join(', ')}: there are ${[...BENCHMARKS.keys()].join(', ')}\n`);
    return 2;
  }
  for (const [name, bench] of BENCHMARKS) {
    if (names.length > 0 && !names.includes(name)) continue;
    process.stdout.write(`${name}, on Node ${process.version}\n`);
    await bench((line) => process.stdout.write(`  ${line}\n`));
  }
  return 0;
}

process.exitCode = await main(process.argv.slice(2));
