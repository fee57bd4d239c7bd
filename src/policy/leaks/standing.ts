import type { ServiceEntry } from '../../mesh/kinds/service-entry.js';
import type { Service } from '../../mesh/kinds/service.js';
import type { Protocol } from '../../mesh/protocol.js';
import type { EgressView } from '../../routing/sidecar/egress-view.js';
import { callerOf, routeView } from '../leads.js';
import { nameOf } from '../object-name.js';
import { leakValues, type Leak, type LeakExplanation } from './leak.js';

/** The service that a sidecar dials by itself, and where it is declared. */
export interface Standing extends Pick<LeakExplanation, 'object' | 'field' | 'values'> {
  readonly service: ServiceEntry | Service;
  /** The host as it is declared. */
  readonly declared: string;
}

/** `object` and `field` are those of an entry that only the judgement assumes in the VirtualService for which it does. */
export function standingOf(leak: Leak, service: ServiceEntry | Service): Standing {
  const { outcome, scene } = leak;
  const values = { ...leakValues(leak), entry: nameOf(service), declared: outcome.host };
  if (service.kind === 'Service') return { service, declared: outcome.host, object: service, field: 'spec', values };
  const index = service.spec.hosts.findIndex((host) => host.toLowerCase() === outcome.host.toLowerCase());
  const declared = service.spec.hosts[index] ?? outcome.host;
  const route = scene.imagined.get(service);
  if (route !== undefined) {
    const entry = `a ServiceEntry for ${declared}`;
    return { service, declared, object: route, field: 'spec.hosts', values: { ...values, entry, declared } };
  }
  return { service, declared, object: service, field: `spec.hosts[${index}]`, values: { ...values, declared } };
}

/** The view through which the client sees the service. */
export function viewOf(leak: Leak, { declared }: Standing): EgressView | undefined {
  return routeView(callerOf(leak), ({ services }) => services.declared(declared).length > 0);
}

export function portField({ service }: Standing, port: number): string {
  return `spec.ports[${service.spec.ports.findIndex(({ number }) => number === port)}]`;
}

export function protocolOf({ service }: Standing, port: number): Protocol {
  return service.spec.ports.find(({ number }) => number === port)?.protocol ?? 'unset';
}

/** How a sentence names the protocol of a service's port. */
export function protocolInWords(standing: Standing, port: number): string {
  const protocol = protocolOf(standing, port);
  return protocol === 'unset' ? 'of no declared protocol' : protocol;
}
