import type { World } from '../../mesh/world/world.js';
import { mergedRules } from '../delegates.js';
import type { SidecarProxy } from '../sidecar/sidecar-proxy.js';
import { ServiceView } from '../view/services.js';
import type { CallWay } from './call-way.js';
import { Claims } from './claims.js';
import { OTHER } from './other.js';
import { claimPort } from './port-namespaces.js';
import { ruleDigests } from './rule-digest.js';

/**
 * The namespaces whose pods may fare otherwise on the way than those of a namespace that no object names or is in.
 *
 * @param others - the sidecar of such a pod
 */
export function claimedNamespaces(way: CallWay, others: SidecarProxy): ReadonlySet<string> {
  const { world, target } = way;
  const claims = new Claims(world, others);
  for (const namespace of world.sidecarNamespaces()) claims.add(namespace);
  for (const namespace of way.meantIn) claims.add(namespace);
  for (const hosts of [way.served, way.seen, way.clusters]) for (const host of hosts) claims.byHost(host);
  for (const routes of [way.routes, way.rivals]) {
    for (const route of routes) {
      claims.byRoute(route);
      for (const { namespace } of way.rulesOf(route).sources) claims.add(namespace);
    }
  }
  claimPort(claims, world, others, target.port);
  for (const host of way.clusters) {
    claimByRules(claims, world, host);
    if (!isImported(world, others, host)) claimByMention(claims, world, host);
  }
  return claims.namespaces;
}

/**
 * By DestinationRules (C1): a namespace that has its own for a host finds no others, and one to which they are exported by name
 * finds what others do not.
 */
function claimByRules(claims: Claims, world: World, host: string): void {
  const owners = new Set([world.mesh.rootNamespace]);
  for (const { namespace } of world.declarations.of(host)) owners.add(namespace);
  for (const namespace of world.ruleNamespaces()) {
    const digests = ruleDigests(world, namespace, host);
    if (digests.length === 0) continue;
    const isOwner = owners.has(namespace);
    if (isOwner && digests.every(({ everybodys }) => everybodys)) continue;
    claims.add(namespace);
    if (isOwner) for (const { named } of digests) for (const one of named) claims.add(one);
  }
}

/**
 * Whether the pods without a Sidecar of their own import all of a host that they could see, through every egress entry that
 * imports any of it: then no VirtualService's mention can give them a cluster that they lack (T6.2).
 */
function isImported(world: World, { scope }: SidecarProxy, host: string): boolean {
  if (scope.egress === undefined) return true;
  const declared = world.declarations.of(host);
  if (declared.length === 0) return true;
  const all = new ServiceView(world, OTHER, undefined, true).visible(declared).length;
  let imported = false;
  for (const entry of scope.egress) {
    const seen = new ServiceView(world, OTHER, entry, true).visible(declared).length;
    if (seen === 0) continue;
    if (seen !== all || entry.port !== undefined) return false;
    imported = true;
  }
  return imported;
}

/** By VirtualServices that name a host as a destination: who sees one gets the cluster. */
function claimByMention(claims: Claims, world: World, host: string): void {
  for (const mention of world.routesTo.of(host)) {
    const { namespace, name } = mention.metadata;
    const roots = mention.spec.hosts.length > 0 ? [mention] : world.delegators.of(`${namespace}/${name}`);
    for (const route of roots) {
      claims.byRoute(route);
      for (const { match } of mergedRules(world, route)) {
        for (const { sourceNamespace } of match) claims.add(sourceNamespace);
      }
    }
  }
}
