import type { VirtualService } from '../../mesh/kinds/virtual-service.js';
import { gatewayName, type BoundServer } from '../gateway/servers.js';
import type { Way } from '../way.js';
import { hostField, type Place } from './fields.js';
import { lostBindings, sectionOf } from './gateway-rivals.js';
import type { Arrived } from './gateway-servers.js';
import { closeness } from './precedence.js';
import type { Recording } from './recording.js';
import { step, type StepOf } from './step.js';

/** The VirtualServices that are bound to the server that takes the connection, and those that are not (T8.3 to T8.6). */
export function bindingStep(
  arrived: Arrived,
  bound: BoundServer,
  parts: Recording['parts'],
  ways: readonly Way[],
): StepOf<'binding'> {
  const section = sectionOf(bound);
  const winners = winnersOf(parts, ways);
  const { sni = '', host } = arrived.arrival;
  const values = { host: section === 'tls' ? sni : host, section, gateway: gatewayName(bound.gateway) };
  const losers = lostBindings({ arrived, bound, section, winners });
  const [winner] = winners;
  const at = winner === undefined ? undefined : placeOf(winner, parts, ways, sni);
  return step('binding', at === undefined ? 'no-route' : 'route', at, values, losers);
}

/** For HTTP all VirtualServices of the domain answer together, else one has it all. */
function winnersOf(parts: Recording['parts'], ways: readonly Way[]): readonly VirtualService[] {
  if (parts.length > 0) return [...new Set(parts.map(({ route }) => route))];
  const routes = ways.map(({ source }) => source?.object).filter((object) => object?.kind === 'VirtualService');
  return [...new Set(routes)];
}

/** Where the winner takes the call: by a host for HTTP, by a rule for bytes. */
function placeOf(
  winner: VirtualService,
  [part]: Recording['parts'],
  [way]: readonly Way[],
  sni: string,
): Place | undefined {
  if (part !== undefined) return { object: winner, field: hostField(winner, part.domain) };
  const [base, section, index] = /^spec\.(tls|tcp)\[(\d+)\]/.exec(way?.source?.field ?? '') ?? [];
  if (base === undefined) return undefined;
  if (section === 'tcp') return { object: winner, field: base };
  const matches = winner.spec.tls[Number(index)]?.match ?? [];
  const match = matches.findIndex(({ sniHosts }) => closeness(sniHosts, sni) >= 0);
  return { object: winner, field: match < 0 ? base : `${base}.match[${match}]` };
}
