import { covers } from '../../mesh/host.js';
import { selects, type Labels } from '../../mesh/metadata.js';
import { serverHosts, type BoundServer } from '../../routing/gateway/servers.js';
import type { Candidate } from './candidates.js';
import type { Cause, Telling } from './cause.js';
import { hostInWords, serviceName, type Arrived, type Hop } from './hop.js';
import { nameOf } from '../object-name.js';

/** The Gateway that a rule is for does not exist. */
export function unknownGateway({ scene }: Hop, _: Arrived, { name, gateway, route }: Candidate): Cause | undefined {
  if (gateway !== undefined) return undefined;
  const tell = (hop: Hop): Telling => ({
    object: route,
    field: 'spec.gateways',
    values: { route: nameOf(route), gateway: name, host: hostInWords(hop), port: String(hop.cluster.port) },
  });
  return {
    rule: 'gateway-server-missing',
    message: isRemoved(scene, name) ? 'no-gateway/deleted' : 'no-gateway',
    tell,
  };
}

function isRemoved({ removed }: Hop['scene'], gateway: string): boolean {
  return removed?.kind === 'Gateway' && `${removed.metadata.namespace}/${removed.metadata.name}` === gateway;
}

/** The Gateway is for other pods. */
export function otherPods(_: Hop, { proxy }: Arrived, { gateway }: Candidate): Cause | undefined {
  if (gateway === undefined || selects(gateway.spec.selector, proxy.labels)) return undefined;
  return {
    rule: 'gateway-server-missing',
    message: 'other-pods',
    tell: (hop) => ({
      object: gateway,
      field: 'spec.selector',
      values: {
        gateway: nameOf(gateway),
        selector: labelsInWords(gateway.spec.selector),
        service: serviceName(hop),
        labels: labelsInWords(proxy.labels),
      },
    }),
  };
}

/** The Gateway has no server on the port at which the call arrives. */
export function otherPort(_: Hop, { arrival, proxy }: Arrived, { gateway, bound }: Candidate): Cause | undefined {
  if (gateway === undefined || bound !== undefined) return undefined;
  const all = gateway.spec.servers.map((server, index) => ({ gateway, index, server }));
  const serving = all.filter((one) => hasHost(one, arrival.host));
  const meant = serving[0] ?? all[0];
  if (meant === undefined) return undefined;
  const { number } = meant.server.port;
  const services = proxy.world.services
    .of(proxy.namespace)
    .filter(({ spec }) => spec.selector !== undefined && selects(spec.selector, proxy.labels));
  const open = services
    .flatMap(({ spec }) => spec.ports)
    .find((port) => port.number === number || (port.targetPort ?? port.number) === number);
  const tell = (hop: Hop): Telling => ({
    object: gateway,
    field: `spec.servers[${meant.index}].port.number`,
    values: {
      gateway: nameOf(gateway),
      service: serviceName(hop),
      host: hostInWords(hop),
      port: String(arrival.port),
      served: String(number),
      open: String(open?.number ?? ''),
      ports: portsInWords(hop),
    },
  });
  return open !== undefined
    ? { rule: 'gateway-server-missing', message: 'other-port', tell }
    : { rule: 'gateway-port-closed', message: 'server-port', tell };
}

/** The destination names a port that the gateway's Service does not have. */
export const NO_SERVICE_PORT: Cause = {
  rule: 'gateway-port-closed',
  message: 'no-service-port',
  tell: (hop) => {
    const { sender, way, cluster } = hop;
    const { subject } = hop.scene;
    const own = subject === hop.gateway ? { object: hop.gateway, field: 'spec.ports' } : undefined;
    return {
      ...(own ?? { object: sender, field: `${way.source?.field ?? 'spec'}.port` }),
      values: { service: serviceName(hop), port: String(cluster.port), ports: portsInWords(hop) },
    };
  },
};

/** The server on the port is for other hosts, or for VirtualServices of another namespace. */
export function otherHost(_: Hop, { arrival }: Arrived, { bound, route }: Candidate): Cause | undefined {
  if (bound === undefined) return undefined;
  const { gateway, index, server } = bound;
  const covering = serverHosts(server, gateway).filter(({ host }) => covers(host.toLowerCase(), arrival.host));
  const { namespace } = route.metadata;
  if (covering.some((one) => one.namespace === undefined || one.namespace === namespace)) return undefined;
  const [foreign] = covering;
  const tell = (hop: Hop): Telling => ({
    object: gateway,
    field: `spec.servers[${index}].hosts`,
    values: {
      gateway: nameOf(gateway),
      route: nameOf(route),
      host: hostInWords(hop),
      arrived: arrival.host,
      port: String(server.port.number),
      hosts: server.hosts.slice(0, MOST_HOSTS).join(', '),
      namespace,
      other: foreign?.namespace ?? '',
      index: String(index),
    },
  });
  return { rule: 'gateway-server-missing', message: foreign === undefined ? 'other-host' : 'other-namespace', tell };
}

const MOST_HOSTS = 3;

/** The rule that sends the call gives it another Host, for which nothing stands at the gateway. */
export const REWRITTEN: Cause = {
  rule: 'gateway-server-missing',
  message: 'rewritten',
  tell: ({ sender, way, arrived }) => ({
    object: sender,
    field: (way.source?.field ?? 'spec').replace(/\.route\[\d+\]\.destination$/, ''),
    values: { arrived: arrived?.arrival.host ?? '' },
  }),
};

function hasHost({ server, gateway }: BoundServer, host: string): boolean {
  return serverHosts(server, gateway).some((one) => covers(one.host.toLowerCase(), host));
}

function labelsInWords(labels: Labels): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return pairs.length === 0 ? 'no labels' : pairs.join(',');
}

function portsInWords({ gateway }: Hop): string {
  return gateway.spec.ports.map(({ number }) => String(number)).join(', ');
}
