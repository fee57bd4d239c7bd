import type { Gateway } from '../../mesh/kinds/gateway.js';
import { sameValue } from './changes-nothing.js';

/**
 * The hosts of the servers in which versions of a Gateway differ, without their namespaces: of a Gateway that comes, goes or selects
 * other pods those of all its servers.
 */
export function changedServerHosts(versions: readonly Gateway[]): readonly string[] {
  const [one, other] = versions;
  const isMoved = one === undefined || other === undefined || !sameValue(one.spec.selector, other.spec.selector);
  const hosts = new Set<string>();
  for (const { spec } of versions) {
    for (const server of spec.servers) {
      const stays = !isMoved && versions.every((each) => each.spec.servers.some((there) => sameValue(there, server)));
      if (!stays) for (const host of server.hosts) hosts.add(host.slice(host.indexOf('/') + 1));
    }
  }
  return [...hosts];
}
