import type { Service } from '../../mesh/kinds/service.js';
import { covers, serviceHost } from '../../mesh/host.js';
import type { World } from '../../mesh/world/world.js';
import type { ServiceView } from '../view/services.js';

/**
 * The Kubernetes Services that a pod of `namespace` may mean by `name`: `name` (of its own namespace), `name.ns`, `name.ns.svc` and
 * the whole host name (`GenerateAltVirtualHosts` in istiod).
 */
export function serviceNames(name: string, namespace: string, domain: string): readonly string[] {
  // Most names are somebody's outside: they have three labels or more, and the third is not `svc`.
  const dot = name.indexOf('.', name.indexOf('.') + 1);
  if (dot > 0 && !name.startsWith('.svc', dot)) return NO_NAMES;
  const labels = name.split('.');
  const [first, second, third] = labels;
  if (first === undefined || first === '' || name.startsWith('*')) return [];
  if (second === undefined) return [serviceHost(first, namespace, domain)];
  if (labels.length === 2) return [serviceHost(first, second, domain)];
  if (third !== 'svc') return [];
  if (labels.length === 3) return [serviceHost(first, second, domain)];
  return name.endsWith(`.svc.${domain}`) && name === serviceHost(first, second, domain) ? [name] : [];
}

const NO_NAMES: readonly string[] = Object.freeze([]);

/** The wildcards `*.x` over a name that may be a headless Service's, longest first. */
export function domainNames(host: string): readonly string[] {
  const names: string[] = [];
  for (let dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1)) names.push(`*${host.slice(dot)}`);
  return names;
}

/** The host names for which the ExternalName Services that `name` may mean stand, directly or through others (T5.5). */
export function aliasTargets(services: ServiceView, name: string): readonly string[] {
  const { world, namespace } = services;
  return serviceNames(name, namespace, world.mesh.domain).flatMap((host) => {
    const alias = externalName(world, host);
    if (alias === undefined) return [];
    const target = finalTarget(world, alias);
    return target !== undefined && seesAlias(services, host, target) ? [target] : [];
  });
}

function externalName(world: World, host: string): Service | undefined {
  const object = world.declarations.of(host).find(({ resolution }) => resolution === 'ALIAS')?.object;
  return object?.kind === 'Service' ? object : undefined;
}

/** What an alias stands for in the end; undefined where it stands for itself (`resolveServiceAliases`). */
function finalTarget(world: World, alias: Service): string | undefined {
  const passed = new Set<Service>();
  for (let at = alias; ;) {
    if (passed.has(at) || at.spec.externalName === undefined) return undefined;
    passed.add(at);
    const next = externalName(world, at.spec.externalName);
    if (next === undefined) return at.spec.externalName;
    at = next;
  }
}

/** Every ExternalName Service that stands for `target`, by its host name. */
export function aliasesOf(services: ServiceView, target: string): readonly string[] {
  const { world } = services;
  const found: string[] = [];
  const walk = (name: string): void => {
    for (const { metadata } of world.aliases.of(name)) {
      const host = serviceHost(metadata.name, metadata.namespace, world.mesh.domain);
      if (found.includes(host)) continue;
      found.push(host);
      walk(host);
    }
  };
  walk(target);
  return found.filter((alias) => seesAlias(services, alias, target));
}

/**
 * With a Sidecar an alias is seen where the hosts of the entry that import its target cover its name as well
 * (`matchingAliasService`).
 */
function seesAlias(services: ServiceView, alias: string, target: string): boolean {
  const { entry } = services;
  if (entry === undefined) return true;
  return services.declared(target).some(({ namespace, host }) => {
    const own = entry.imports.filter((one) => one.namespace === namespace);
    const used = own.some((one) => covers(one.host, host)) ? own : entry.imports.filter((one) => one.namespace === '*');
    return used.some((one) => covers(one.host, alias));
  });
}
