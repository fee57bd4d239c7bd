import type { Observation, Rule, Scene } from '../rule.js';

/** A route that names a subset which the client does not find. */
export const missingSubset: Rule = {
  id: 'missing-subset',
  reasons: {
    'not-defined': {
      message:
        'no DestinationRule that {clients} look at defines the subset {subset} of {destination}, so calls to {host}:{port} fail',
      mend: 'define the subset in a DestinationRule for {destination} in the namespace of that Service, or in the namespace of the clients where these have a DestinationRule for it',
    },
  },
  *check({ subject, calls, topology }: Scene): Generator<Observation> {
    for (const { ways, touched, client } of calls) {
      for (const { outcome, source } of ways) {
        if (outcome.type !== 'cluster' || outcome.missing !== true || outcome.subset === undefined) continue;
        if (source === undefined || topology.world.declarations.of(outcome.host).length === 0) continue;
        if (subject?.kind === 'VirtualService' && source.object !== subject) continue;
        yield {
          rule: 'missing-subset',
          reason: 'not-defined',
          mode: 'warn',
          object: source.object,
          field: `${source.field}.subset`,
          host: touched.shownHost,
          port: touched.call.port,
          client,
          identity: [outcome.host, outcome.subset, touched.shownHost, touched.call.port, client.description].join(' '),
          values: {
            clients: client.description,
            subset: outcome.subset,
            destination: outcome.host,
            host: touched.hostInWords,
            port: String(touched.call.port),
          },
        };
      }
    }
  },
};
