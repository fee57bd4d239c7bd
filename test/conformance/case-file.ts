import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { verdictOf } from '../../src/routing/outcome.js';
import { trace } from '../../src/routing/trace.js';
import { outcomesOf } from '../../src/routing/way.js';
import { canonical, topologyOf, type Case } from './case.js';

/** The cases of a `.jsonl` or `.jsonl.gz` file. */
export function* readCases(file: string): Generator<Case> {
  const bytes = readFileSync(file);
  const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  for (const line of text.split('\n')) if (line.trim() !== '') yield JSON.parse(line) as Case;
}

/** What the engine says otherwise than a trace case: a text for each probe, none where it agrees. */
export function traceDisagreements(one: Case): readonly string[] {
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
