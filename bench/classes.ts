import type { MeshObject } from '../src/mesh/mesh-object.js';
import { YOUNGEST } from '../src/mesh/metadata.js';
import { MeshWorld } from '../src/mesh/world/mesh-world.js';
import { overlay } from '../src/mesh/world/overlay.js';
import { classes } from '../src/routing/classes.js';
import { indices, rate, steady } from './measure.js';
import { asRead, hostName, NAMESPACES, namespaceName, tutorialSet, tutorialWorld } from './tutorial-world.js';

const SIZES = [400, 4_000, 40_000];
const ROUNDS = 6;
/** Of processor time. */
const MILLISECONDS = 100;

/** What every namespace has beside the tutorial's objects. */
const HABITS: readonly (readonly [string, (index: number) => readonly object[]])[] = [
  ['nothing else', () => []],
  ['a private entry', (index) => [privateEntry(index)]],
  ['an entry for TCP', (index) => [tcpEntry(index)]],
  ['a rule for another host', (index) => [rule(index)]],
  ['a Sidecar', (index) => [sidecar(index)]],
  ['a Sidecar and an entry for TCP', (index) => [sidecar(index), tcpEntry(index)]],
];

/** How often a second the client classes of a host that the tutorial routes are told, and how many there are. */
export function benchClasses(print: (line: string) => void): void {
  for (const [habit, documents] of HABITS) {
    print(`every namespace has ${habit}`);
    print('objects  classes  told/s  told/s, each in a new overlay');
    for (const size of SIZES) {
      const { world, hosts } = worldWith(size, documents);
      const changes = changesOf(hosts);
      const random = indices();
      const host = (): string => hostName(random.next().value % hosts);
      const told = (): void => void classes(world, host(), 443);
      const overlaid = (index: number): void =>
        void classes(overlay(world, [{ put: changes[index % 4]! }]), host(), 443);
      const rates = [told, overlaid].map((once) =>
        steady(Array.from({ length: ROUNDS }, () => rate(once, MILLISECONDS))),
      );
      const count = classes(world, host(), 443).all.length;
      print(`${cell(size, 7)}${cell(count, 9)}${cell(rates[0]!, 8)}${cell(rates[1]!, 31)}`);
    }
  }
}

function worldWith(size: number, documents: (index: number) => readonly object[]) {
  const { topology, hosts } = tutorialWorld(size);
  const world = new MeshWorld(topology.world.mesh);
  for (const kind of ['ServiceEntry', 'Gateway', 'DestinationRule', 'VirtualService', 'Service'] as const) {
    for (const object of topology.world.all(kind)) world.put(object);
  }
  for (let index = 0; index < NAMESPACES; index++) for (const one of documents(index)) world.put(asRead(one));
  return { world, hosts };
}

/** The objects of one more host, each of them the youngest. */
function changesOf(hosts: number): readonly MeshObject[] {
  return tutorialSet(hosts + 1).map((one) => {
    const object = asRead(one);
    return { ...object, metadata: { ...object.metadata, createdAt: YOUNGEST } };
  });
}

function cell(value: number, width: number): string {
  return Math.round(value).toLocaleString('en').padStart(width);
}

function privateEntry(index: number): object {
  return entry(`private-${index}.example.com`, 'TLS', index, ['.']);
}

function tcpEntry(index: number): object {
  return entry(`database-${index}.example.com`, 'TCP', index, ['*']);
}

function entry(host: string, protocol: string, index: number, exportTo: readonly string[]): object {
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'ServiceEntry',
    metadata: { name: `own-${index}`, namespace: namespaceName(index) },
    spec: { hosts: [host], resolution: 'DNS', ports: [{ number: 443, name: 'p', protocol }], exportTo },
  };
}

function rule(index: number): object {
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'DestinationRule',
    metadata: { name: `own-${index}`, namespace: namespaceName(index) },
    spec: { host: `own-${index}.${namespaceName(index)}.svc.cluster.local`, subsets: [{ name: 'v1' }] },
  };
}

function sidecar(index: number): object {
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'Sidecar',
    metadata: { name: 'default', namespace: namespaceName(index) },
    spec: { egress: [{ hosts: ['./*', 'istio-system/*'] }] },
  };
}
