import t from 'tap';
import type { MeshObject } from '../../src/mesh/mesh-object.js';
import { overlay, type Change } from '../../src/mesh/world/overlay.js';
import { verdictOf } from '../../src/routing/outcome.js';
import { trace, type Topology } from '../../src/routing/trace.js';
import { outcomesOf } from '../../src/routing/way.js';
import { NO_SHARED_FOLDER, sharedFile } from '../mesh/shared-folder.js';
import { admissionDisagreements, errorsOf } from './admission.js';
import { changeOf, objectsOf, topologyOf, type Probe } from './case.js';
import { readCases, traceDisagreements } from './case-file.js';

/** What istiod itself answered, held against the engine: see the README of the folder that SALLYPORT_SHARED names. */
const options = { skip: NO_SHARED_FOLDER };

t.test('every call of every world goes where istiod sends it', options, (t) => {
  for (const one of readCases(sharedFile('conformance', 'traces.jsonl.gz'))) {
    t.strictSame(traceDisagreements(one), [], one.name);
  }
  t.end();
});

/**
 * Its labels take an upper-case SNI for another than the lower-case one of the chain. Envoy compares SNIs without case, as the trace
 * cases have it too (g111-00005, at the gateway): before the change the call leaks already.
 */
const SHOUTED = 't311-00999';

for (const file of ['admissions.jsonl.gz', 'techniques.jsonl.gz']) {
  t.test(`every change of ${file} makes of each call what istiod makes of it`, options, (t) => {
    for (const one of readCases(sharedFile('conformance', file))) {
      if (one.name === SHOUTED) continue;
      const { old, object } = changeOf(one);
      const before = topologyOf(one, old === undefined ? objectsOf(one) : [...objectsOf(one), old]);
      const after = { ...before, world: overlay(before.world, changesTo(old, object)) };
      const expected = one.probes.map((probe) => `${told(probe)}: ${probe.before}, then ${probe.after}`);
      const found = one.probes.map(
        (probe) => `${told(probe)}: ${verdict(before, probe)}, then ${verdict(after, probe)}`,
      );
      t.strictSame(found, expected, one.name);
    }
    t.end();
  });
}

/**
 * The labels know the calls that a case asks about. Where a change leaves them all right and opens another way out, it is refused all
 * the same: a name that it routes and that no probe dials is dialled by whoever looks for it.
 */
for (const file of ['admissions.jsonl.gz', 'techniques.jsonl.gz']) {
  t.test(`every change of ${file} that opens a call is denied for it, and no right one is refused`, options, (t) => {
    let unasked = 0;
    for (const one of readCases(sharedFile('conformance', file))) {
      const disagreements = admissionDisagreements(one);
      if (one.decision === 'allow' && disagreements.length > 0) {
        unasked++;
        const asked = new Set(one.probes.map(({ host, port }) => `${host.toLowerCase()}:${port}`));
        for (const { rule, host = '', port = 0 } of errorsOf(one)) {
          t.equal(rule, 'direct-egress', `${one.name}: it is a leak`);
          t.notOk(asked.has(`${host}:${port}`), `${one.name}: no probe dials ${host}:${port}`);
        }
      } else t.strictSame(disagreements, [], one.name);
    }
    t.ok(unasked <= 2, `${unasked} open a way that no probe asks about`);
    t.end();
  });
}

/** A DELETE with an object, the gateway's own Service that is always there, leaves that in its place. */
function changesTo(old: MeshObject | undefined, object: MeshObject | undefined): readonly Change[] {
  if (object !== undefined) return [{ put: object }];
  return old === undefined
    ? []
    : [{ remove: { kind: old.kind, namespace: old.metadata.namespace, name: old.metadata.name } }];
}

function verdict(topology: Topology, { client, host, port, protocol, address }: Probe): string {
  const call = { host, port, protocol, ...(address === undefined ? {} : { address }) };
  return verdictOf(outcomesOf(trace(topology, client, call)));
}

function told({ client, host, port, protocol, address }: Probe): string {
  const who = client.kind === 'sidecar' ? `${client.namespace} ${JSON.stringify(client.labels)}` : client.service;
  return `${who} ${protocol}://${host}:${port}${address === undefined ? '' : ` at ${address}`}`;
}
