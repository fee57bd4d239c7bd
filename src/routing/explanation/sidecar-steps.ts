import type { Call } from '../call.js';
import type { Chain } from '../sidecar/filter-chains.js';
import { eliminated } from '../sidecar/filter-chains.js';
import type { SidecarProxy } from '../sidecar/sidecar-proxy.js';
import type { SeenPort } from '../view/services.js';
import { addressField, hostField, portField, type Place } from './fields.js';
import { closeness } from './precedence.js';
import type { Recording } from './recording.js';
import type { Section } from './rivals.js';
import { lostRoutes } from './sidecar-routes.js';
import type { Sight } from './sight.js';
import { step, type StepOf } from './step.js';

/** The listener that takes the call (T3). */
export function listenerStep({ listening, taken }: Recording, call: Call): StepOf<'listener'> {
  const values = { port: String(call.port), address: call.address ?? '' };
  if (listening === undefined) return step('listener', 'nothing-listens', undefined, values);
  const { bound, services } = listening;
  const first = taken?.service ?? services.all[0] ?? services.http ?? services.bytes;
  const object = first?.declaration.object;
  if (bound && object !== undefined && call.address !== undefined) {
    return step('listener', 'bound-address', { object, field: addressField(object, call.address) }, values);
  }
  const at = object === undefined ? undefined : { object, field: portField(object, call.port) };
  return step('listener', 'every-address', at, values);
}

/** What of the listener takes the call, and which VirtualServices do not (T4). `declared`: the port that is dialled. */
export function chainStep(
  sight: Sight,
  { taken }: Recording,
  call: Call,
  declared: SeenPort | undefined,
): StepOf<'chain'> {
  const port = taken?.service.port ?? declared;
  const values = { port: String(call.port), host: call.host, protocol: port?.protocol ?? 'unset' };
  if (taken === undefined) {
    if (declared?.family === 'http') return step('chain', 'not-http', undefined, values);
    if (declared?.family === 'tls' && call.protocol !== 'tls') return step('chain', 'not-tls', undefined, values);
    const section = sectionOf(declared, call);
    const asked = { call, service: undefined, section, winner: undefined };
    return step('chain', 'no-chain', undefined, { ...values, section }, lostRoutes(sight, asked));
  }
  const { declaration } = taken.service;
  const { object, host: service } = declaration;
  const own = { object, field: portField(object, call.port) };
  const { target } = taken;
  if (target.type === 'http') return step('chain', call.protocol === 'http' ? 'http' : 'http-only', own, values);
  const section = sectionOf(taken.service.port, call);
  if (target.type === 'service') {
    const losers = lostRoutes(sight, { call, service, section, winner: undefined });
    return step('chain', 'service', own, { ...values, service, section }, losers);
  }
  const losers = lostRoutes(sight, { call, service, section, winner: target.route });
  return step('chain', 'route', matchPlace(taken, sight.proxy, call) ?? own, { ...values, service, section }, losers);
}

/** The section of a VirtualService that a port obeys, for this call (T2). */
function sectionOf(port: SeenPort | undefined, { protocol }: Call): Section {
  switch (port?.family) {
    case 'http':
    case 'tls':
    case 'tcp':
      return port.family;
    case 'sniffed':
    case 'udp':
      return protocol === 'http' ? 'http' : 'tcp';
    case undefined:
      return protocol === 'http' || protocol === 'tls' ? protocol : 'tcp';
  }
}

/** The match of a route that took the call. */
function matchPlace({ target, sni, service }: Chain, proxy: SidecarProxy, call: Call): Place | undefined {
  if (target.type !== 'route') return undefined;
  const { route, section, rule } = target;
  const base = `spec.${section}[${rule}]`;
  const fits = (match: Parameters<typeof eliminated>[0]): boolean =>
    eliminated(match, route, proxy, service.port.number) === undefined;
  const name = call.host.toLowerCase();
  const index =
    section === 'tls'
      ? (route.spec.tls[rule]?.match ?? []).findIndex(
          (match) => fits(match) && (sni === undefined || closeness(match.sniHosts, name) >= 0),
        )
      : (route.spec.tcp[rule]?.match ?? []).findIndex(fits);
  return { object: route, field: index < 0 ? base : `${base}.match[${index}]` };
}

/** Who answers for the Host (T5), and which VirtualServices do not. */
export function hostStep(sight: Sight, { asked }: Recording, call: Call): StepOf<'host'> {
  const host = asked?.host;
  const service = host?.service;
  const winner = host?.route;
  const values = { host: call.host, port: String(call.port), domain: host?.domain ?? '', section: 'http' };
  const losers = lostRoutes(sight, { call, service: service?.host, section: 'http', winner });
  if (winner !== undefined) {
    return step('host', 'route', { object: winner, field: hostField(winner, host?.domain ?? '') }, values, losers);
  }
  if (service === undefined) return step('host', 'no-host', undefined, values, losers);
  const at = { object: service.object, field: portField(service.object, call.port) };
  return step('host', 'service', at, values, losers);
}

/** What becomes of a call that nothing is known of (T1.1). */
export function outboundStep({ scope, world }: SidecarProxy): StepOf<'outbound'> {
  const { policy, sidecar } = scope;
  const decides = sidecar?.spec.outboundTrafficPolicy !== undefined;
  const at = decides ? { object: sidecar, field: 'spec.outboundTrafficPolicy' } : undefined;
  const values = { mode: policy.mode, root: world.mesh.rootNamespace };
  if (policy.mode === 'REGISTRY_ONLY') return step('outbound', 'registry-only', at, values);
  return step('outbound', policy.egressProxy === undefined ? 'allow-any' : 'egress-proxy', at, values);
}
