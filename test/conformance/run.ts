import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { outcomesOf } from '../../src/routing/way.js';
import { trace } from '../../src/routing/trace.js';
import { verdictOf } from '../../src/routing/outcome.js';
import { canonical, topologyOf, type Case } from './case.js';

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
      const disagreements = kind === 'traces' ? traceDisagreements(one) : [];
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

function* readCases(file: string): Generator<Case> {
  const bytes = readFileSync(file);
  const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  for (const line of text.split('\n')) if (line.trim() !== '') yield JSON.parse(line) as Case;
}

function traceDisagreements(one: Case): readonly string[] {
  const topology = topologyOf(one);
  return one.probes.flatMap(({ client, host, port, protocol, address, expected }) => {
    if (expected === undefined) return [];
    const call = { host, port, protocol, ...(address === undefined ? {} : { address }) };
    const outcomes = outcomesOf(trace(topology, client, call));
    const [want, got] = [canonical(expected.outcomes), canonical(outcomes)];
    const who = client.kind === 'sidecar' ? `${client.namespace} ${JSON.stringify(client.labels)}` : client.service;
    const what = `${who} ${protocol}://${host}:${port}${address === undefined ? '' : ` at ${address}`}`;
    if (want !== got) return [`${what}\n    expected ${want}\n    got      ${got}`];
    if (expected.verdict === undefined || verdictOf(outcomes) === expected.verdict) return [];
    return [`${what}\n    expected verdict ${expected.verdict}\n    got              ${verdictOf(outcomes)}`];
  });
}

process.exitCode = main(process.argv.slice(2));
