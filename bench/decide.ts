import type { MeshObject } from '../src/mesh/mesh-object.js';
import { YOUNGEST } from '../src/mesh/metadata.js';
import { MeshWorld } from '../src/mesh/world/mesh-world.js';
import type { World } from '../src/mesh/world/world.js';
import type { ObjectChange } from '../src/policy/change.js';
import { decide } from '../src/policy/decide.js';
import { DEFAULT_POLICY } from '../src/policy/policy.js';
import { asRead, gatewayService, isEgressGateway, MESH, tutorialSet } from './tutorial-world.js';

const HOSTS = 64;

/** A world of about so many objects, in which the first hosts lack the kind that is to be created. */
function worldWithout(objects: number, kind: string | undefined): World {
  const world = new MeshWorld(MESH);
  world.put(asRead(gatewayService()));
  for (let host = 0; host < objects / 4; host++) {
    for (const document of tutorialSet(host)) {
      const object = asRead(document);
      if (host >= HOSTS || object.kind !== kind) world.put(object);
    }
  }
  return world;
}

const KINDS = ['ServiceEntry', 'Gateway', 'DestinationRule', 'VirtualService'] as const;

function setOf(host: number, kind: string): MeshObject {
  const found = tutorialSet(host)
    .map(asRead)
    .find((one) => one.kind === kind);
  if (found === undefined) throw new Error(kind);
  return found;
}

/** Decisions a second. */
export function benchDecide(print: (line: string) => void): void {
  for (const objects of [400, 40_000]) {
    for (const kind of KINDS) {
      const missing = worldWithout(objects, kind);
      const full = worldWithout(objects, undefined);
      const creates = Array.from({ length: HOSTS }, (_, host): ObjectChange => {
        const object = setOf(host, kind);
        return { old: undefined, object: { ...object, metadata: { ...object.metadata, createdAt: YOUNGEST } } };
      });
      const updates = Array.from({ length: HOSTS }, (_, host): ObjectChange => {
        const object = full.object(kind, setOf(host, kind).metadata.namespace, setOf(host, kind).metadata.name);
        return { old: object, object: setOf(host, kind) };
      });
      for (const [name, world, changes] of [
        ['create', missing, creates],
        ['update', full, updates],
      ] as const) {
        const start = process.cpuUsage();
        let done = 0;
        let allowed = 0;
        const began = performance.now();
        while (performance.now() - began < 1500) {
          const decision = decide(world, isEgressGateway, DEFAULT_POLICY, changes[done % HOSTS]!);
          if (decision.allowed) allowed++;
          done++;
        }
        const { user } = process.cpuUsage(start);
        print(`${objects} ${kind} ${name}: ${Math.round(user / done)} us, allowed ${allowed}/${done}`);
      }
    }
  }
}
