import type { DestinationRule } from '../mesh/kinds/destination-rule.js';

/** A wanted DestinationRule as the document that is applied: the same for the same wish, to the byte. */
export function manifestOf({ apiVersion, kind, metadata, spec }: DestinationRule): unknown {
  const { name, namespace, labels } = metadata;
  return {
    apiVersion,
    kind,
    metadata: { name, namespace, labels },
    spec: {
      host: spec.host,
      subsets: spec.subsets.map((subset) => {
        const settings = subset.trafficPolicy?.portLevelSettings ?? [];
        if (settings.length === 0) return { name: subset.name };
        return {
          name: subset.name,
          trafficPolicy: {
            portLevelSettings: settings.map(({ port, tls }) => ({
              port: { number: port },
              ...(tls === undefined ? {} : { tls: { mode: tls.mode, sni: tls.sni } }),
            })),
          },
        };
      }),
    },
  };
}
