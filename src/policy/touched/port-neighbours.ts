import type { Declaration } from '../../mesh/world/declaration.js';
import type { World } from '../../mesh/world/world.js';
import { publicOn, restrictedOn } from '../../routing/classes/port-services.js';
import { Reach } from './reach.js';

/** The protocols that share a listener with no other: the oldest service on the port decides who stays (T4.5). */
const EXCLUSIVE = new Set(['Mongo', 'MySQL']);

/**
 * What a service takes from others on the listeners for all addresses of its ports, or gives back to them: those with address blocks of
 * their own, called there, and where a port's protocol shares with no other, all.
 */
export function* neighbourReaches(world: World, declaration: Declaration): Generator<Reach> {
  for (const { number, protocol } of declaration.ports) {
    const isAlone = EXCLUSIVE.has(protocol);
    const found = new Reach();
    found.ports.add(number);
    for (const binding of isAlone ? (['http', 'tls', 'tcp', 'sniffed'] as const) : (['tcp', 'sniffed'] as const)) {
      for (const neighbours of [publicOn(world, number, binding), restrictedOn(world, number, binding)]) {
        for (const { host, blocks } of neighbours) {
          for (const block of blocks) found.addresses.add(block);
          if (isAlone) found.names.add(host);
        }
      }
    }
    if (found.addresses.size + found.names.size > 0) yield found;
  }
}
