import type { MeshObject } from '../src/mesh/mesh-object.js';
import { YOUNGEST } from '../src/mesh/metadata.js';
import { overlay } from '../src/mesh/world/overlay.js';
import type { Call, Client } from '../src/routing/call.js';
import { verdictOf } from '../src/routing/outcome.js';
import { trace, type Topology } from '../src/routing/trace.js';
import { heapBytes, indices, rate } from './measure.js';
import { asRead, hostName, namespaceName, NAMESPACES, tutorialSet, tutorialWorld } from './tutorial-world.js';

const SIZES = [400, 4_000, 40_000];
const ROUNDS = 12;
/** Of processor time: several collections of garbage fall into each measurement. */
const MILLISECONDS = 120;

/** What is done as often as possible, by what the table calls it. */
const MEASURES = {
  'http/s': ({ topology, call }: Subject) => expectDelivered(topology, call('http'), () => call('http')),
  'tls/s': ({ topology, call }: Subject) => expectDelivered(topology, call('tls'), () => call('tls')),
  'overlays/s':
    ({ topology, changes }: Subject) =>
    (index: number) => {
      overlay(topology.world, [{ put: changes[index % changes.length]! }]);
    },
  // As an admission does: an overlay of one change, and the first trace in it.
  'overlaid/s': ({ topology, call, changes }: Subject) => overlaid(topology, call, changes),
  'of rules/s': ({ topology, call, rules }: Subject) => overlaid(topology, call, rules),
};

type Measure = keyof typeof MEASURES;
const NAMES = Object.keys(MEASURES) as readonly Measure[];

interface Subject {
  readonly objects: number;
  readonly bytes: number;
  readonly topology: Topology;
  readonly call: (protocol: 'http' | 'tls') => { readonly client: Client; readonly call: Call };
  /** Objects to put: some new, some in the place of one that is there. */
  readonly changes: readonly MeshObject[];
  /** The same, DestinationRules of the gateway alone. */
  readonly rules: readonly MeshObject[];
  readonly rates: Map<Measure, number>;
}

/** Traces a second, and the size of the world, for three sizes of it. */
export function benchTrace(print: (line: string) => void): void {
  tutorialWorld(SIZES[0]!);
  const subjects = SIZES.map(subjectOf);
  // By turns, so that a disturbance of the machine meets every size; the best is the least disturbed.
  for (let round = 0; round < ROUNDS; round++) {
    for (const subject of subjects) {
      for (const name of NAMES) {
        const found = rate(MEASURES[name](subject), MILLISECONDS);
        subject.rates.set(name, Math.max(found, subject.rates.get(name) ?? 0));
      }
    }
  }
  print(['objects', 'bytes/object', ...NAMES].map((name) => name.padStart(WIDTH)).join(''));
  for (const { objects, bytes, rates } of subjects) {
    print([objects, bytes / objects, ...NAMES.map((name) => rates.get(name)!)].map(cell).join(''));
  }
  const [smallest, largest] = [subjects[0]!, subjects.at(-1)!];
  const ratios = NAMES.map((name) => (largest.rates.get(name)! / smallest.rates.get(name)!).toFixed(2).padStart(WIDTH));
  print(`${'largest : smallest'.padStart(2 * WIDTH)}${ratios.join('')}`);
}

const WIDTH = 14;

function cell(value: number): string {
  return Math.round(value).toLocaleString('en').padStart(WIDTH);
}

function subjectOf(objects: number): Subject {
  const before = heapBytes();
  const { topology, hosts } = tutorialWorld(objects);
  const bytes = heapBytes() - before;
  const names = texts(hosts, hostName);
  const namespaces = texts(NAMESPACES, namespaceName);
  const random = indices();
  const changes = changesOf(hosts);
  return {
    objects,
    bytes,
    topology,
    call: (protocol) => ({
      client: { kind: 'sidecar', namespace: namespaces[random.next().value % NAMESPACES]!, labels: LABELS },
      call: { host: names[random.next().value % hosts]!, port: protocol === 'http' ? 80 : 443, protocol },
    }),
    changes: changes.filter(({ kind }) => kind !== 'DestinationRule'),
    rules: changes.filter(({ kind }) => kind === 'DestinationRule'),
    rates: new Map(),
  };
}

/** As whoever calls would have them: read from somewhere, and no cost of the trace. */
function texts(count: number, name: (index: number) => string): readonly string[] {
  return JSON.parse(JSON.stringify(Array.from({ length: count }, (_, index) => name(index)))) as string[];
}

const LABELS = { app: 'web', version: 'v1' };

/** The objects of one more host, and those of a host that is there, written anew. */
function changesOf(hosts: number): readonly MeshObject[] {
  const fresh = tutorialSet(hosts).map((document) => {
    const object = asRead(document);
    return { ...object, metadata: { ...object.metadata, createdAt: YOUNGEST } };
  });
  return [...fresh, ...tutorialSet(0).map(asRead)];
}

/** So that no figure is of calls that fail early. */
function expectDelivered(
  topology: Topology,
  { client, call }: ReturnType<Subject['call']>,
  next: () => ReturnType<Subject['call']>,
): () => void {
  const verdict = verdictOf(trace(topology, client, call).map(({ outcome }) => outcome));
  if (verdict !== 'delivered') throw new Error(`${call.protocol} call to ${call.host} is ${verdict}, not delivered`);
  return () => {
    const one = next();
    trace(topology, one.client, one.call);
  };
}

function overlaid(topology: Topology, next: Subject['call'], changes: readonly MeshObject[]) {
  return (index: number): void => {
    const { client, call } = next('http');
    trace({ ...topology, world: overlay(topology.world, [{ put: changes[index % changes.length]! }]) }, client, call);
  };
}
