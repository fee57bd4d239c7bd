import type { ServiceEntry } from '../mesh/kinds/service-entry.js';
import type { World } from '../mesh/world/world.js';
import type { IsEgressGateway } from '../routing/egress-gateways.js';
import type { Topology } from '../routing/trace.js';
import type { Way } from '../routing/way.js';

/**
 * Keeps what the author of a held ServiceEntry wrote as `exportTo`, as JSON, or `unset`. It is a wish and no permission: whoever
 * writes it by hand gains nothing, for what is given back is judged.
 */
export const HELD_EXPORT_TO = 'sallyport.dev/held-export-to';

/** What the author of an entry wants of `exportTo`. */
export type Wish = readonly string[] | 'unset';

const UNSET = 'unset';

/** Beyond it an annotation is nothing that Sallyport wrote: a name has at most 63 characters, and an entry for all is `*`. */
const LONGEST_WISH = 16 * 1024;

/** The wish that an entry's annotation keeps; undefined where there is none, or none that can be read. */
export function wishOf({ metadata }: ServiceEntry): Wish | undefined {
  const text = metadata.annotations[HELD_EXPORT_TO];
  if (text === undefined || text.length > LONGEST_WISH) return undefined;
  if (text === UNSET) return UNSET;
  try {
    const wish: unknown = JSON.parse(text);
    return Array.isArray(wish) && wish.every((target) => typeof target === 'string') ? wish : undefined;
  } catch {
    return undefined;
  }
}

/** A wish as the annotation keeps it. */
export function wishText(wish: Wish): string {
  return wish === UNSET ? UNSET : JSON.stringify(wish);
}

/** The namespaces of these egress gateways, by name. */
export function gatewayNamespaces(world: World, isEgressGateway: IsEgressGateway): readonly string[] {
  const found = new Set<string>();
  for (const service of world.all('Service')) if (isEgressGateway(service)) found.add(service.metadata.namespace);
  return [...found].sort();
}

/**
 * Whether an entry is held: it keeps a wish, and nobody but the namespaces of egress gateways sees it. The topology's gateways are
 * those beside which entries may be held (`holdingGatewayTest`).
 */
export function isHeldEntry({ world, isEgressGateway }: Topology, entry: ServiceEntry): boolean {
  if (wishOf(entry) === undefined) return false;
  const { exportTo } = entry.spec;
  return exportTo.length > 0 && exportTo.every((target) => world.services.of(target).some(isEgressGateway));
}

/** An entry that the namespaces of the gateways alone see, with the wish that is given back to it later. */
export function held(entry: ServiceEntry, wish: Wish, namespaces: readonly string[]): ServiceEntry {
  const annotations = { ...entry.metadata.annotations, [HELD_EXPORT_TO]: wishText(wish) };
  return {
    ...entry,
    metadata: { ...entry.metadata, annotations },
    spec: { ...entry.spec, exportTo: namespaces },
  };
}

/** An entry as its author wants it. */
export function released(entry: ServiceEntry, wish: Wish): ServiceEntry {
  return withoutWish({ ...entry, spec: { ...entry.spec, exportTo: wish === UNSET ? [] : wish } });
}

/** An entry without the annotation: `exportTo` is what it says. */
export function withoutWish(entry: ServiceEntry): ServiceEntry {
  const { [HELD_EXPORT_TO]: wish, ...annotations } = entry.metadata.annotations;
  return wish === undefined ? entry : { ...entry, metadata: { ...entry.metadata, annotations } };
}

/**
 * The ways of a sidecar's call as they count. A held entry is exported to the gateway's namespace because the gateway itself must
 * know it; that the other pods of that namespace see it too is no decision of its author, so to them it counts as hidden. Routing
 * is left to say what Istio does, and only the judgement makes the exception.
 */
export function withoutHeld(topology: Topology, ways: readonly Way[]): readonly Way[] {
  if (!ways.some((way) => isOfHeld(topology, way))) return ways;
  return ways.map((way) =>
    isOfHeld(topology, way) ? { outcome: { type: 'blackhole' as const }, source: undefined } : way,
  );
}

function isOfHeld(topology: Topology, { source }: Way): boolean {
  return source?.object.kind === 'ServiceEntry' && isHeldEntry(topology, source.object);
}
