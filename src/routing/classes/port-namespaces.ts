import type { Declaration, PortBinding } from '../../mesh/world/declaration.js';
import type { World } from '../../mesh/world/world.js';
import type { EgressView } from '../sidecar/egress-view.js';
import { wildBindings } from '../sidecar/listener.js';
import type { SidecarProxy } from '../sidecar/sidecar-proxy.js';
import { overlappingNames } from '../view/routes.js';
import type { ServiceView } from '../view/services.js';
import type { Claims } from './claims.js';
import { hasSome, publicOn, restrictedOn, someExclusive, someProxy } from './port-services.js';

/**
 * Claims the namespaces whose pods may have another listener on all addresses of a port than everybody: another first service that
 * takes whatever bytes come, or none that speaks HTTP (T3.2, T4.5). Which services come behind the first is no matter here: what
 * their chains take is said by name or address.
 */
export function claimPort(claims: Claims, world: World, others: SidecarProxy, port: number): void {
  const { ported, portless } = others.viewsForPort(port);
  if (ported !== undefined) claimImported(claims, world, ported);
  if (portless !== undefined) claimHeads(claims, portless.services, port);
}

/** An egress entry with the port gives every service that it imports its own protocol, so that any may come first. */
function claimImported(claims: Claims, world: World, { entry }: EgressView): void {
  for (const { host } of entry?.imports ?? []) {
    for (const name of overlappingNames(world.declarations, host)) claims.byHost(name);
  }
}

function claimHeads(claims: Claims, services: ServiceView, port: number): void {
  const { world } = services;
  const tcp = claimHead('tcp');
  if (someExclusive(world, port, tcp)) {
    // The very first service says who shares its listener: it alone, and any other of its protocol.
    for (const binding of ['http', 'tls', 'sniffed'] as const) claimHead(binding);
    for (const { host } of publicOn(world, port, 'tcp')) claims.byHost(host);
    return;
  }
  claimHead('sniffed');
  const http = heads(services, port, 'http');
  const isEverybodys = http.some((one) => isSettled(services, one, port));
  // The first of several HTTP services is as good as any other, but to sniffed ports, which it keeps from the listener.
  if (!isEverybodys || someProxy(world, port, http) || hasSome(world, port, 'sniffed')) claimHead('http');

  function claimHead(binding: PortBinding): readonly Declaration[] {
    const first = heads(services, port, binding);
    for (const { host } of first) claims.byHost(host);
    for (const declaration of restrictedOn(world, port, binding)) claims.byDeclaration(declaration);
    return first;
  }
}

/** The services that everybody sees and that can be the first of their binding, up to the one that nobody lacks. */
function heads(services: ServiceView, port: number, binding: PortBinding): readonly Declaration[] {
  const found: Declaration[] = [];
  for (const declaration of publicOn(services.world, port, binding)) {
    found.push(declaration);
    if (isSettled(services, declaration, port)) break;
  }
  return found;
}

/** Whether a service is on the listener of everybody who has no Sidecar of his own, whatever else is declared. */
function isSettled(services: ServiceView, declaration: Declaration, port: number): boolean {
  const { host, namespace } = declaration;
  const seen = services.port(declaration, port);
  if (seen === undefined || !services.counts(declaration)) return false;
  if (services.world.declarations.of(host).some((one) => one.namespace !== namespace)) return false;
  return wildBindings(services, declaration, seen).some(({ block }) => block === undefined);
}
