import { parseAddress, type Address } from '../../mesh/address.js';
import { covers, serviceHost } from '../../mesh/host.js';
import type { RouteDestination, TcpMatch, TlsMatch, VirtualService } from '../../mesh/kinds/virtual-service.js';
import { eliminatedBySource, isOtherPort, namesGateway, type Elimination } from '../http-routes.js';
import type { Call } from '../call.js';
import { overlappingNames } from '../view/routes.js';
import { aliasesOf, aliasTargets } from './aliases.js';
import type { EgressView } from './egress-view.js';
import { longestMatch, wildBindings, type BoundService, type Listener } from './listener.js';
import type { SidecarProxy } from './sidecar-proxy.js';

/** One filter chain of a listener: its conditions, and where it sends what meets them. */
export interface Chain {
  readonly service: BoundService;
  /** Undefined: whatever SNI, or none. */
  readonly sni: readonly string[] | undefined;
  /** Undefined: whatever address. */
  readonly blocks: readonly string[] | undefined;
  readonly target: ChainTarget;
}

export type ChainTarget =
  /** Plaintext HTTP, for the virtual hosts. */
  | { readonly type: 'http'; readonly whateverBytes: boolean }
  | {
      readonly type: 'route';
      readonly route: VirtualService;
      readonly section: 'tls' | 'tcp';
      readonly rule: number;
      readonly destinations: readonly RouteDestination[];
    }
  /** The service itself. */
  | { readonly type: 'service' };

/** The chain of a listener that takes a call (T4), or undefined where the outbound policy does. */
export function chainFor(proxy: SidecarProxy, listener: Listener, call: Call): Chain | undefined {
  const { http } = listener.services;
  // Most calls: to no address that an object could name, plaintext HTTP has no other chain than HTTP's own.
  if (http !== undefined && !listener.bound && call.address === undefined && call.protocol === 'http') {
    return httpChain(http);
  }
  const address = call.address === undefined ? undefined : parseAddress(call.address);
  const services = listener.bound ? listener.services.all : concerned(proxy, listener, call, address);
  const chains = services
    .filter((one) => listener.services.admits(one))
    .flatMap((one) => chainsOf(proxy, listener, one));
  if (http !== undefined) chains.push(httpChain(http));
  return match(chains, call, address);
}

function httpChain(service: BoundService): Chain {
  const whateverBytes = service.port.protocol === 'HTTP_PROXY';
  return { service, sni: undefined, blocks: undefined, target: { type: 'http', whateverBytes } };
}

/** T4.6, as Envoy chooses: by address, then by SNI, then by what the bytes are; without a step back but to the unconditional one. */
function match(chains: readonly Chain[], call: Call, address: Address | undefined): Chain | undefined {
  const near = nearest(chains, address);
  const named = bySni(near, call);
  const chosen = byBytes(named, call);
  return (
    chosen ??
    chains.find(({ sni, blocks, target }) => sni === undefined && blocks === undefined && target.type !== 'http')
  );
}

function nearest(chains: readonly Chain[], address: Address | undefined): readonly Chain[] {
  let longest = -1;
  let found: Chain[] = [];
  for (const chain of chains) {
    const length = chain.blocks === undefined ? undefined : longestMatch(chain.blocks, address);
    if (length === undefined || length < longest) continue;
    if (length > longest) found = [];
    longest = length;
    found.push(chain);
  }
  return longest >= 0 ? found : chains.filter(({ blocks }) => blocks === undefined);
}

function bySni(chains: readonly Chain[], call: Call): readonly Chain[] {
  const open = chains.filter(({ sni }) => sni === undefined);
  if (!isTls(call)) return open;
  const name = call.host.toLowerCase();
  let longest = -1;
  let found: Chain | undefined;
  for (const chain of chains) {
    for (const pattern of chain.sni ?? []) {
      const lower = pattern.toLowerCase();
      if (!covers(lower, name)) continue;
      const length = lower === name ? Number.POSITIVE_INFINITY : lower.length;
      if (length > longest) [longest, found] = [length, chain];
    }
  }
  return found === undefined ? open : [found];
}

function byBytes(chains: readonly Chain[], call: Call): Chain | undefined {
  const http = chains.find(({ target }) => target.type === 'http');
  if (call.protocol === 'http' && http !== undefined) return http;
  const bytes = chains.find(({ target }) => target.type !== 'http');
  if (bytes !== undefined) return bytes;
  return http?.target.type === 'http' && http.target.whateverBytes ? http : undefined;
}

export function isTls({ protocol }: Call): boolean {
  return protocol === 'tls' || protocol === 'mtls-http' || protocol === 'mtls-tcp';
}

/** The services on a listener for all addresses whose chains could take the call, in order. */
function concerned(
  proxy: SidecarProxy,
  { view, services }: Listener,
  call: Call,
  address: Address | undefined,
): readonly BoundService[] {
  const { world } = proxy;
  const found = new Set<BoundService>();
  const hosts = new Set<string>();
  const add = (host: string): void => {
    if (hosts.has(host)) return;
    hosts.add(host);
    for (const declaration of view.services.declared(host)) {
      const port = view.services.port(declaration, call.port);
      if (port !== undefined) for (const bound of wildBindings(view.services, declaration, port)) found.add(bound);
    }
  };
  const addRouted = (routes: readonly VirtualService[]): void => {
    for (const route of routes) {
      if (!view.routes.sees(route)) continue;
      for (const host of view.routes.hosts(route))
        for (const name of overlappingNames(world.declarations, host)) add(name);
    }
  };
  if (address !== undefined) {
    for (const key of world.blocks.containing(address)) for (const { host } of world.blocks.of(key)) add(host);
    for (const key of world.routedBlocks.containing(address)) addRouted(world.routedBlocks.of(key));
  }
  if (isTls(call)) {
    const name = call.host.toLowerCase();
    for (const pattern of [name, ...world.sniRoutes.covering(name)]) addRouted(world.sniRoutes.of(pattern));
    for (const host of [name, call.host, ...world.declarations.covering(name)]) add(host);
    for (const pattern of [name, ...world.shoutedDeclarations.covering(name)]) {
      for (const { host } of world.shoutedDeclarations.of(pattern)) add(host);
    }
    for (const host of aliasTargets(view.services, name)) add(host);
  }
  if (services.bytes !== undefined) add(services.bytes.declaration.host);
  return [...found].sort((a, b) => view.services.compare(a.declaration, b.declaration));
}

/** The chains that one service brings (`buildSidecarOutboundTCPTLSFilterChainOpts`). */
function chainsOf(proxy: SidecarProxy, { view, bound }: Listener, service: BoundService): readonly Chain[] {
  switch (service.port.family) {
    case 'tls':
      return tlsChains(proxy, view, service, bound);
    case 'tcp':
    case 'sniffed':
      return tcpChains(proxy, view, service);
    case 'http':
    case 'udp':
      return [];
  }
}

/** T4.2: the `tls` matches of every overlapping VirtualService, or the service's own chain where there is none at all. */
function tlsChains(proxy: SidecarProxy, view: EgressView, service: BoundService, bound: boolean): readonly Chain[] {
  const own = service.block === undefined ? undefined : [service.block];
  const chains: Chain[] = [];
  const written = new Set<string>();
  let blocks = own;
  for (const route of view.routes.overlapping(service.declaration.host)) {
    route.spec.tls.forEach((rule, index) => {
      for (const match of rule.match) {
        if (eliminated(match, route, proxy, service.port.number) !== undefined) continue;
        if (match.destinationSubnets.length > 0) blocks = [...match.destinationSubnets];
        const key = `${match.sniHosts.join()}|${match.destinationSubnets.join()}`;
        if (written.has(key)) continue;
        written.add(key);
        const target = {
          type: 'route' as const,
          route,
          section: 'tls' as const,
          rule: index,
          destinations: rule.route,
        };
        chains.push({ service, sni: sniOf(match), blocks, target });
      }
    });
  }
  if (chains.length > 0) return chains;
  const sni = bound ? undefined : ownNames(view, service);
  return [{ service, sni, blocks: own, target: { type: 'service' } }];
}

function sniOf({ sniHosts }: TlsMatch): readonly string[] | undefined {
  return sniHosts.length > 0 ? sniHosts : undefined;
}

/** The SNIs of a service's own chain: its host, and all names of the ExternalName Services that stand for it. */
function ownNames({ services }: EgressView, { declaration }: BoundService): readonly string[] {
  const { world, namespace } = services;
  const suffix = `.svc.${world.mesh.domain}`;
  return [
    declaration.host,
    ...aliasesOf(services, declaration.host).flatMap((alias) => {
      const [name = '', owner = ''] = alias.slice(0, -suffix.length).split('.');
      const names = [serviceHost(name, owner, world.mesh.domain), `${name}.${owner}.svc`, `${name}.${owner}`];
      return owner === namespace ? [...names, name] : names;
    }),
  ];
}

/** T4.3: `tcp` rules up to the first that takes every address, else the service's own chain behind them. */
function tcpChains(proxy: SidecarProxy, view: EgressView, service: BoundService): readonly Chain[] {
  const own = service.block === undefined ? undefined : [service.block];
  const chains: Chain[] = [];
  for (const route of view.routes.overlapping(service.declaration.host)) {
    for (let index = 0; index < route.spec.tcp.length; index++) {
      const rule = route.spec.tcp[index];
      if (rule === undefined) continue;
      const fitting = rule.match.filter((match) => eliminated(match, route, proxy, service.port.number) === undefined);
      if (rule.match.length > 0 && fitting.length === 0) continue;
      const target = { type: 'route' as const, route, section: 'tcp' as const, rule: index, destinations: rule.route };
      if (fitting.every(({ destinationSubnets }) => destinationSubnets.length > 0) && rule.match.length > 0) {
        const blocks = fitting.flatMap(({ destinationSubnets }) => destinationSubnets);
        chains.push({ service, sni: undefined, blocks, target });
        continue;
      }
      chains.push({ service, sni: undefined, blocks: own, target });
      return chains;
    }
  }
  chains.push({ service, sni: undefined, blocks: own, target: { type: 'service' } });
  return chains;
}

/** Which of the four conditions of a `tls` or `tcp` match keeps it from a sidecar (`matchTLS`, `matchTCP`). */
export function eliminated(
  match: TcpMatch,
  route: VirtualService,
  proxy: SidecarProxy,
  port: number,
): Elimination | undefined {
  if (match.gateways.length > 0 && !namesGateway(match.gateways, route, 'mesh')) return 'other-gateway';
  return isOtherPort(match.port, port) ? 'other-port' : eliminatedBySource(match, proxy);
}
