import type { World } from '../../mesh/world/world.js';

/** What the pods of one namespace mean by a name without a dot. */
export interface ShortName {
  readonly namespace: string;
  readonly host: string;
}

/** What a name without a dot means in each namespace in which it means anything: the host of a Kubernetes Service there. */
export function shortNames({ shortNames, mesh }: World, name: string): readonly ShortName[] {
  const end = -`.svc.${mesh.domain}`.length;
  const hosts = new Set(shortNames.of(name).map(({ host }) => host));
  return [...hosts].map((host) => ({ namespace: host.slice(name.length + 1, end), host }));
}
