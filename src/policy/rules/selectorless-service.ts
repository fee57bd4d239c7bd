import { resolveHost } from '../../mesh/host.js';
import type { Service } from '../../mesh/kinds/service.js';
import type { VirtualService } from '../../mesh/kinds/virtual-service.js';
import type { World } from '../../mesh/world/world.js';
import { SECTIONS } from '../route-places.js';
import type { Observation, Rule, Scene } from '../rule.js';

/** A Service whose endpoints somebody writes by hand: they can be outside, and are not watched. */
export const selectorlessService: Rule = {
  id: 'selectorless-service',
  messages: {
    'endpoints-unknown': {
      message:
        'it has no selector, so its endpoints can be any addresses, also outside: Sallyport does not watch them, and calls to it can leave the mesh directly',
      mend: 'give it a selector, or declare what is outside in a ServiceEntry with routes through the egress gateway',
    },
    destination: {
      message:
        'calls are sent to {service}, which has no selector, so its endpoints can be outside and are not watched',
      mend: 'send them to the egress gateway, or to a Service with a selector',
    },
  },
  *check({ subject, topology }: Scene): Generator<Observation> {
    if (subject?.kind === 'Service' && isSelectorless(subject)) {
      yield {
        identity: 'endpoints-unknown',
        explain: () => ({ message: 'endpoints-unknown', object: subject, field: 'spec.selector' }),
      };
    }
    if (subject?.kind !== 'VirtualService') return;
    for (const { service, field } of destinations(topology.world, subject)) {
      const name = `Service ${service.metadata.namespace}/${service.metadata.name}`;
      yield {
        identity: name,
        explain: () => ({ message: 'destination', object: subject, field, values: { service: name } }),
      };
    }
  },
};

function isSelectorless({ metadata, spec }: Service): boolean {
  // The API server itself writes the endpoints of its own Service.
  const isApiServer = metadata.namespace === 'default' && metadata.name === 'kubernetes';
  return spec.type !== 'ExternalName' && spec.selector === undefined && !isApiServer;
}

interface SelectorlessDestination {
  readonly service: Service;
  readonly field: string;
}

function* destinations(world: World, { spec, metadata }: VirtualService): Generator<SelectorlessDestination> {
  for (const section of SECTIONS) {
    for (const [index, { route }] of spec[section].entries()) {
      for (const [at, { destination }] of route.entries()) {
        const service = serviceNamed(world, resolveHost(destination.host, metadata.namespace, world.mesh.domain));
        if (service === undefined || !isSelectorless(service)) continue;
        yield { service, field: `spec.${section}[${index}].route[${at}].destination.host` };
      }
    }
  }
}

function serviceNamed(world: World, host: string): Service | undefined {
  const declared = world.declarations.of(host).find(({ kubernetes }) => kubernetes)?.object;
  return declared?.kind === 'Service' ? declared : undefined;
}
