import { admissionDisagreements } from './admission.js';
import { readCases, traceDisagreements } from './case-file.js';

/** Runs the case files that the command line names; prints each disagreement and how many cases agree. */
function main(files: readonly string[]): number {
  if (files.length === 0) {
    process.stderr.write('usage: npm run conformance -- FILE... (.jsonl or .jsonl.gz)\n');
    return 2;
  }
  const tally = { traces: { agree: 0, all: 0 }, admissions: { agree: 0, all: 0 } };
  for (const file of files) {
    for (const one of readCases(file)) {
      const kind = one.decision === undefined ? 'traces' : 'admissions';
      const disagreements = kind === 'traces' ? traceDisagreements(one) : admissionDisagreements(one);
      tally[kind].all++;
      if (disagreements.length === 0) tally[kind].agree++;
      for (const line of disagreements) process.stdout.write(`${one.name}: ${line}\n`);
    }
  }
  let fine = true;
  for (const [kind, { agree, all }] of Object.entries(tally)) {
    if (all === 0) continue;
    process.stdout.write(`${kind}: ${agree} of ${all} agree\n`);
    fine &&= agree === all;
  }
  return fine ? 0 : 1;
}

process.exitCode = main(process.argv.slice(2));
