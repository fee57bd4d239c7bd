import { spawnSync } from 'node:child_process';
import t, { type Test } from 'tap';

interface Step {
  readonly name: string;
  readonly counted: 'tap' | 'agree' | 'none' | 'skipped';
  readonly status?: number;
  /** What tap wrote, or what the step printed. */
  readonly told?: string;
}

/** The last line and the exit status, for these steps. */
function count(t: Test, steps: readonly Step[]) {
  const files: Record<string, string> = {
    'steps.tsv': steps.map(({ name, counted, status = 0 }) => `${name}\t${counted}\t${status}\t7\n`).join(''),
  };
  for (const { name, counted, told } of steps) {
    if (told !== undefined) files[`${name}.${counted === 'tap' ? 'tap' : 'out'}`] = told;
  }
  const { status, stdout } = spawnSync(process.execPath, ['.ci/count.js', t.testdir(files)], {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  return { status, last: stdout.trimEnd().split('\n').at(-1), table: stdout };
}

const tap = (sum: string) =>
  `TAP version 14\nok 1 - a\n# { total: 99, pass: 99 }\nnot ok 2\n# { ${sum} }\n# time=12ms\n`;

t.test('what went well', (t) => {
  const steps: readonly Step[] = [
    { name: 'unit', counted: 'tap', told: tap('total: 12, pass: 12') },
    { name: 'lint', counted: 'none' },
    { name: 'cases', counted: 'agree', told: 'traces: 5 of 5 agree\nadmissions: 3 of 3 agree\n' },
  ];
  const { status, last, table } = count(t, steps);
  t.equal(last, '20 passed, 0 failed');
  t.equal(status, 0);
  t.match(table, /^unit +7 s {2}ok +12 passed, 0 failed, 0 skipped$/m);
  t.end();
});

t.test('what failed, and what was skipped', (t) => {
  const steps: readonly Step[] = [
    { name: 'unit', counted: 'tap', status: 1, told: tap('total: 12, pass: 6, fail: 3, todo: 1, skip: 2') },
    { name: 'cases', counted: 'agree', status: 1, told: 'a case: 1 of 2 agreed\ntraces: 5 of 9 agree\n' },
    { name: 'node-24', counted: 'skipped' },
  ];
  const { status, last, table } = count(t, steps);
  t.equal(last, '11 passed, 7 failed, 4 skipped');
  t.equal(status, 1);
  t.match(table, /^unit .*FAILED/m);
  t.match(table, /^node-24 .*not run/m);
  t.end();
});

t.test('a failure that nobody counted is one', (t) => {
  const cases: readonly (readonly [Step, string])[] = [
    [{ name: 'lint', counted: 'none', status: 2 }, '0 passed, 1 failed'],
    [{ name: 'unit', counted: 'tap', status: 1, told: tap('total: 4, pass: 4') }, '4 passed, 1 failed'],
    [{ name: 'unit', counted: 'tap', status: 0, told: 'TAP version 14\n' }, '0 passed, 1 failed'],
    [{ name: 'unit', counted: 'tap', status: 0 }, '0 passed, 1 failed'],
    [{ name: 'unit', counted: 'tap', status: 0, told: tap('total: 4, pass: 3, fail: 1') }, '3 passed, 1 failed'],
    [{ name: 'cases', counted: 'agree', status: 0 }, '0 passed, 1 failed'],
    [{ name: 'cases', counted: 'agree', status: 1, told: 'traces: 5 of 5 agree\n' }, '5 passed, 1 failed'],
  ];
  for (const [step, line] of cases) {
    const { status, last } = count(t, [step]);
    t.equal(last, line, JSON.stringify(step));
    t.equal(status, 1);
  }
  t.end();
});
