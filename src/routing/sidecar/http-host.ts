import type { MeshObject } from '../../mesh/mesh-object.js';
import type { ClusterProxy } from '../destination/cluster.js';
import type { DestinationReading } from '../destination/route-ways.js';
import type { Way } from '../way.js';
import type { EgressView } from './egress-view.js';
import type { VirtualHost } from './virtual-host.js';

/** The Host as a virtual host is chosen by it: without its port and a last dot, in lower case. */
export function hostOf(host: string): string {
  const name = (host.includes(':') ? host.replace(/:\d+$/, '') : host).toLowerCase();
  return name.endsWith('.') ? name.slice(0, -1) : name;
}

/** How a sidecar reads the destinations of HTTP routes on a port. */
export function httpReading(proxy: ClusterProxy, view: EgressView, port: number): DestinationReading {
  return {
    proxy,
    port,
    service: (name) => {
      const routed = view.services.routed(name, port);
      return routed === undefined
        ? undefined
        : { externalName: externalNameOf(routed.declaration.object), solePort: port };
    },
  };
}

function externalNameOf(object: MeshObject): string | undefined {
  return object.kind === 'Service' ? object.spec.externalName : undefined;
}

/** What becomes of requests that no route of a virtual host takes; undefined where every request is taken. */
export function unrouted({ route, kept }: VirtualHost): Way | undefined {
  if (route === undefined || kept.some(({ takesAll }) => takesAll)) return undefined;
  return { outcome: { type: 'response', status: 404 }, source: { object: route, field: 'spec.http' } };
}
