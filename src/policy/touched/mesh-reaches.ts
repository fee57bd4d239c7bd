import type { MeshMap } from '../../mesh/kinds/mesh-map.js';
import type { World } from '../../mesh/world/world.js';
import { declarationsOf } from '../../mesh/world/declaration.js';
import type { Worlds } from '../change.js';
import { sameValue } from './changes-nothing.js';
import { Reach } from './reach.js';

/** A default for the whole mesh is one for each of its objects alike: so many of a kind show what it does. */
const MOST_SHOWN = 100;

/** As many ports as a mesh dials, and those of HTTP and HTTPS. */
const MOST_PORTS = 50;

/**
 * What a change of the mesh's own configuration reaches: with its outbound policy what nobody declares, with a default of exportTo the
 * objects that write none, with the root namespace everything that its objects are for. Of very many objects not all are shown.
 */
export function meshReaches(worlds: Worlds, was: MeshMap, is: MeshMap): Iterable<Reach> {
  const differs = (...keys: readonly (keyof MeshMap['mesh'])[]): boolean =>
    keys.some((key) => !sameValue(was.mesh[key], is.mesh[key]));
  const { after } = worlds;
  const reaches: Reach[] = [];
  if (differs('outboundTrafficPolicy', 'rootNamespace')) reaches.push(undeclared(after));
  if (differs('defaultServiceExportTo', 'defaultDestinationRuleExportTo', 'rootNamespace')) {
    reaches.push(...services(after));
  }
  if (differs('defaultVirtualServiceExportTo', 'rootNamespace'))
    reaches.push(...routes(after, differs('rootNamespace')));
  return reaches;
}

function undeclared(world: World): Reach {
  const reach = new Reach();
  for (const port of [80, 443]) reach.ports.add(port);
  for (const { spec } of world.all('ServiceEntry')) {
    for (const { number } of spec.ports) if (reach.ports.size < MOST_PORTS) reach.ports.add(number);
  }
  return reach;
}

function* services(world: World): Generator<Reach> {
  let shown = 0;
  for (const entry of world.all('ServiceEntry')) {
    if (entry.spec.location !== 'MESH_EXTERNAL') continue;
    if (++shown > MOST_SHOWN) return;
    const reach = new Reach();
    for (const declaration of declarationsOf(entry, world.mesh)) reach.addDeclaration(declaration);
    yield reach;
  }
}

/** @param all - those that write their own exportTo too */
function* routes(world: World, all: boolean): Generator<Reach> {
  let shown = 0;
  for (const route of world.all('VirtualService')) {
    if ((!all && route.spec.exportTo.length > 0) || route.spec.hosts.length === 0) continue;
    if (++shown > MOST_SHOWN) return;
    const reach = new Reach();
    reach.addRoute(world, route);
    yield reach;
  }
}
