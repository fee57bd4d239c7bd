import type { VirtualService } from '../../mesh/kinds/virtual-service.js';
import type { World } from '../../mesh/world/world.js';
import { overlappingNames } from '../view/routes.js';
import type { Loser } from './step.js';

/** The part of a VirtualService that holds rules for one kind of bytes. */
export type Section = 'http' | 'tls' | 'tcp';

const SECTIONS: readonly Section[] = ['http', 'tls', 'tcp'];

/** The winners, and every VirtualService of the world, seen or not, with a host that could be meant. */
export function rivals(
  { routes, shoutedRoutes }: World,
  hosts: Iterable<string>,
  winners: readonly VirtualService[],
): readonly VirtualService[] {
  const found = [...hosts].flatMap((host) => [
    ...overlappingNames(routes, host).flatMap((one) => routes.of(one)),
    ...overlappingNames(shoutedRoutes, host).flatMap((one) => shoutedRoutes.of(one)),
  ]);
  return [...new Set([...winners, ...found])];
}

/** A VirtualService without a rule in the section that counts; undefined for one that has some. */
export function withoutRules(route: VirtualService, section: Section): Loser | undefined {
  if (route.spec[section].length > 0) return undefined;
  const written = SECTIONS.find((one) => route.spec[one].length > 0);
  return { object: route, field: written === undefined ? 'spec' : `spec.${written}`, reason: 'other-section' };
}
