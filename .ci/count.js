// Tells how the steps of .ci/run went: a table, then the line "N passed, N failed". Exits 1 unless all went well.
//
// Its argument is the folder of the results: steps.tsv has a line for each step (name, what is counted of it, exit status,
// seconds), NAME.tap what tap wrote, NAME.out what a step printed.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const folder = process.argv[2];
if (folder === undefined) {
  process.stderr.write('usage: node .ci/count.js FOLDER\n');
  process.exit(2);
}

const steps = readFileSync(path.join(folder, 'steps.tsv'), 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => {
    const [name, counted, status, seconds] = line.split('\t');
    return { name, seconds, ...outcome(name, counted, Number(status)) };
  });

const sum = (key) => steps.reduce((total, step) => total + step[key], 0);
const [passed, failed, skipped] = ['passed', 'failed', 'skipped'].map(sum);

const width = Math.max(...steps.map(({ name }) => name.length), 0);
process.stdout.write('\n');
for (const { name, seconds, said, ...counts } of steps) {
  const numbers = `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`;
  process.stdout.write(`${name.padEnd(width)}  ${seconds.padStart(5)} s  ${said.padEnd(7)}  ${numbers}\n`);
}
process.stdout.write(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`);
process.exit(failed === 0 ? 0 : 1);

/** How one step went. What failed without being counted, or succeeded without a count where there should be one, is a failure. */
function outcome(name, counted, status) {
  if (counted === 'skipped') return { passed: 0, failed: 0, skipped: 1, said: 'not run' };
  const none = { passed: 0, failed: 0, skipped: 0 };
  const counts = counted === 'tap' ? tapCounts(name) : counted === 'agree' ? agreeing(name) : none;
  const found = counts ?? none;
  const well = status === 0 && counts !== undefined && found.failed === 0;
  return { ...found, failed: well ? 0 : Math.max(1, found.failed), said: well ? 'ok' : 'FAILED' };
}

/** The sum that tap writes at the end: every assertion once, a file that crashed as one more failure. */
function tapCounts(name) {
  const last = read(`${name}.tap`)
    .match(/^# \{ total: \d+.*\}$/gm)
    ?.at(-1);
  if (last === undefined) return undefined;
  const number = (key) => Number(new RegExp(`\\b${key}: (\\d+)`).exec(last)?.[1] ?? 0);
  return { passed: number('pass'), failed: number('fail'), skipped: number('skip') + number('todo') };
}

/** Cases that agree have passed. */
function agreeing(name) {
  const lines = [...read(`${name}.out`).matchAll(/^\w+: (\d+) of (\d+) agree$/gm)];
  if (lines.length === 0) return undefined;
  const passed = lines.reduce((total, [, agree]) => total + Number(agree), 0);
  const all = lines.reduce((total, [, , cases]) => total + Number(cases), 0);
  return { passed, failed: all - passed, skipped: 0 };
}

function read(name) {
  const file = path.join(folder, name);
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}
