import type { MeshObject } from '../src/mesh/mesh-object.js';
import { YOUNGEST } from '../src/mesh/metadata.js';
import { overlay } from '../src/mesh/world/overlay.js';
import type { Call, Client } from '../src/routing/call.js';
import { verdictOf } from '../src/routing/outcome.js';
import { trace, type Topology } from '../src/routing/trace.js';
import { heapBytes, indices, rate, steady } from './measure.js';
import { asRead, hostName, namespaceName, tutorialSet, tutorialWorld } from './tutorial-world.js';

const SIZES = [400, 4_000, 40_000];
const ROUNDS = 5;
const MILLISECONDS = 500;

interface Subject {
  readonly objects: number;
  readonly hosts: number;
  readonly topology: Topology;
  readonly bytes: number;
  readonly figures: Record<Measure, number[]>;
}

type Measure = 'http' | 'tls' | 'overlay' | 'overlaid';

/** Traces a second, and the size of the world, for three sizes of it. */
export function benchTrace(print: (line: string) => void): void {
  const subjects = SIZES.map(subjectOf);
  // By turns, so that a disturbance of the machine meets every size.
  for (let round = 0; round < ROUNDS; round++) for (const subject of subjects) measure(subject, round);

  print('objects  bytes/object   http/s    tls/s  overlays/s  http/s, each in a new overlay');
  for (const { objects, bytes, figures } of subjects) {
    const { http, tls, overlay: made, overlaid } = figures;
    print(
      `${cell(objects, 7)}${cell(bytes / objects, 14)}${cell(steady(http), 9)}${cell(steady(tls), 9)}` +
        `${cell(steady(made), 12)}${cell(steady(overlaid), 15)}`,
    );
  }
  const [smallest, largest] = [subjects[0]!, subjects.at(-1)!];
  for (const name of ['http', 'tls', 'overlay', 'overlaid'] as const) {
    const ratio = steady(largest.figures[name]) / steady(smallest.figures[name]);
    print(`${name}: ${ratio.toFixed(2)} of the rate of ${smallest.objects} objects at ${largest.objects}`);
  }
}

function subjectOf(objects: number): Subject {
  const before = heapBytes();
  const { topology, hosts } = tutorialWorld(objects);
  const bytes = heapBytes() - before;
  return { objects, hosts, topology, bytes, figures: { http: [], tls: [], overlay: [], overlaid: [] } };
}

function measure({ topology, hosts, figures }: Subject, round: number): void {
  const { world } = topology;
  const random = indices(round + 1);
  const call = (protocol: 'http' | 'tls'): { client: Client; call: Call } => ({
    client: { kind: 'sidecar', namespace: namespaceName(random.next().value), labels: LABELS },
    call: { host: hostName(random.next().value % hosts), port: protocol === 'http' ? 80 : 443, protocol },
  });
  for (const protocol of ['http', 'tls'] as const) {
    expectDelivered(topology, call(protocol));
    const found = rate(() => {
      const { client, call: one } = call(protocol);
      trace(topology, client, one);
    }, MILLISECONDS);
    figures[protocol].push(found);
  }
  const changes = changesOf(hosts);
  const put = (index: number): { put: MeshObject } => ({ put: changes[index % changes.length]! });
  figures.overlay.push(rate((index) => void overlay(world, [put(index)]), MILLISECONDS / 2));
  const overlaid = rate((index) => {
    const { client, call: one } = call('http');
    trace({ ...topology, world: overlay(world, [put(index)]) }, client, one);
  }, MILLISECONDS);
  figures.overlaid.push(overlaid);
}

const LABELS = { app: 'web', version: 'v1' };

/** The objects of one more host, and the routes of a host that is there, written anew. */
function changesOf(hosts: number): readonly MeshObject[] {
  const fresh = tutorialSet(hosts + 1).map((document) => {
    const object = asRead(document);
    return { ...object, metadata: { ...object.metadata, createdAt: YOUNGEST } };
  });
  return [...fresh, ...tutorialSet(0).map(asRead)];
}

/** So that no figure is of calls that fail early. */
function expectDelivered(topology: Topology, { client, call }: { client: Client; call: Call }): void {
  const verdict = verdictOf(trace(topology, client, call).map(({ outcome }) => outcome));
  if (verdict !== 'delivered') throw new Error(`${call.protocol} call to ${call.host} is ${verdict}, not delivered`);
}

function cell(value: number, width: number): string {
  return Math.round(value).toLocaleString('en').padStart(width);
}
