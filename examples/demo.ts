import { readFile, readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type Answer, differences, parseAnswer, parseExpectations } from './demo/expectation.js';
import { readReview } from './demo/review.js';
import { startServer } from './demo/server.js';
import { type Row, tableLines } from './demo/table.js';

/**
 * `npm run demo`: starts the built server over `examples/mesh`, posts every review of `examples/reviews` and prints what
 * it answers. Exits 0 only when each answer is as `expectations.json` says.
 */

const EXPECTATIONS = 'expectations.json';
/** The checkout, seen from `build/examples`. */
const ROOT = new URL('../../', import.meta.url);
const REVIEWS = new URL('examples/reviews/', ROOT);

process.exitCode = await demo();

async function demo(): Promise<0 | 1> {
  const expectations = parseExpectations(await readFile(new URL(EXPECTATIONS, REVIEWS), 'utf8'));
  const files = (await readdir(REVIEWS)).filter((file) => file.endsWith('.json') && file !== EXPECTATIONS).sort();
  const rows: Row[] = [];
  const problems = [...expectations.keys()]
    .filter((file) => !files.includes(file))
    .map((file) => `${file}: expected, and there is no such review`);

  const server = await startServer(
    fileURLToPath(new URL('dist/main.js', ROOT)),
    fileURLToPath(new URL('examples/mesh', ROOT)),
  );
  try {
    for (const file of files) {
      const expected = expectations.get(file);
      if (expected === undefined) {
        problems.push(`${file}: ${EXPECTATIONS} does not say what to expect`);
        continue;
      }
      const review = await readReview(REVIEWS, file);
      const { status, body } = await server.post(expected.path, review.body);
      const answer = parseAnswer(status, body);
      rows.push({ ...review, decision: answer.decision, line: firstLine(answer), patch: patchText(answer) });
      problems.push(...differences(expected, answer, review.uid).map((problem) => `${file}: ${problem}`));
    }
  } finally {
    await server.stop();
  }

  const { isTTY, columns } = process.stdout;
  const colour = isTTY && process.env['NO_COLOR'] === undefined;
  print(tableLines(rows, { width: isTTY ? columns : undefined, colour }));
  if (problems.length === 0) {
    print(['', `All ${rows.length} reviews are answered as examples/reviews/${EXPECTATIONS} says.`]);
    return 0;
  }
  print(['', 'Not as expected:', ...problems.map((problem) => `  ${problem}`)]);
  return 1;
}

/** What kubectl would show first: the verdict, else a warning. */
function firstLine(answer: Answer): string {
  const [line = ''] = answer.message.split('\n');
  const [warning] = answer.warnings;
  return line === '' && warning !== undefined ? `Warning: ${warning}` : line;
}

function patchText(answer: Answer): string {
  return (answer.patch ?? []).map(({ op, path, value }) => `${op} ${path} ${JSON.stringify(value)}`).join(', ');
}

function print(lines: readonly string[]): void {
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
}
