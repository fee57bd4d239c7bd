import type { HttpMatch } from '../../mesh/kinds/virtual-service.js';
import type { Way } from '../../routing/way.js';
import { callerOf, httpElimination } from '../leads.js';
import { requestsInWords } from '../requests-in-words.js';
import { placeAt } from '../route-places.js';
import type { Hop } from './hop.js';

/**
 * Which requests of a call a finding is about, where it is not about all: ` with a path beginning with "/api"`. The rule at the
 * sidecar and the rule at the gateway both have a say.
 */
export function requestsOf(hop: Hop): string {
  const words = [takenBySidecar(hop), takenByGateway(hop)].filter((one) => one !== '');
  return words.length === 0 ? '' : ` ${words.join(' and ')}`;
}

function takenBySidecar({ scene, traced, way, roots }: Hop): string {
  const caller = callerOf({ scene, traced });
  const isKept = (match: HttpMatch): boolean =>
    roots.some((root) => httpElimination(caller, root, match) === undefined);
  const own = requestsInWords(matchesAt(way).filter(isKept));
  if (own !== '') return own;
  const others = traced.ways.filter((one) => one.source?.object !== way.source?.object || ruleOf(one) !== ruleOf(way));
  const rest = requestsInWords(others.flatMap((one) => matchesAt(one).filter(isKept)));
  return rest === '' ? '' : `other than those ${rest}`;
}

function takenByGateway({ arrived }: Hop): string {
  if (arrived === undefined) return '';
  const isForGateway = ({ gateways }: HttpMatch): boolean =>
    gateways.length === 0 || gateways.some((name) => name !== 'mesh');
  return requestsInWords(matchesAt(arrived.next).filter(isForGateway));
}

/** The matches of the HTTP rule that decides a way; none where it has none, or where something else decides. */
function matchesAt({ source }: Way): readonly HttpMatch[] {
  if (source?.object.kind !== 'VirtualService') return [];
  const place = placeAt(source.object, source.field);
  return place?.section === 'http' ? (source.object.spec.http[place.rule]?.match ?? []) : [];
}

function ruleOf({ source }: Way): string {
  return (source?.field ?? '').replace(/\.(route|mirrors?)\b.*$/, '');
}
