import { resolveGateway } from '../../mesh/host.js';
import type { VirtualService } from '../../mesh/kinds/virtual-service.js';
import type { Observation, Rule, Scene } from '../rule.js';
import { harmedCalls } from '../pair.js';

/** A match for a Gateway that the VirtualService does not bind: it never applies. */
export const gatewayNotListed: Rule = {
  id: 'gateway-not-listed',
  reasons: {
    'not-listed': {
      message: 'this match is for {gateway}, which spec.gateways does not list, so it never applies',
      mend: 'add {gateway} to spec.gateways, or write the name of a Gateway that is there',
    },
  },
  *check(scene: Scene): Generator<Observation> {
    const { subject } = scene;
    if (subject?.kind !== 'VirtualService' || harmedCalls(scene, subject).length === 0) return;
    const listed = new Set(resolved(subject, subject.spec.gateways.length > 0 ? subject.spec.gateways : ['mesh']));
    for (const section of ['http', 'tls', 'tcp'] as const) {
      for (const [rule, { match }] of subject.spec[section].entries()) {
        for (const [at, { gateways }] of match.entries()) {
          for (const [index, name] of gateways.entries()) {
            if (resolved(subject, [name]).every((key) => listed.has(key))) continue;
            yield {
              rule: 'gateway-not-listed',
              reason: 'not-listed',
              object: subject,
              field: `spec.${section}[${rule}].match[${at}].gateways[${index}]`,
              identity: `${section} ${name}`,
              values: { gateway: name },
            };
          }
        }
      }
    }
  },
};

function resolved({ metadata }: VirtualService, names: readonly string[]): readonly string[] {
  return names.map((name) => resolveGateway(name, metadata.namespace));
}
