import { gatewayHalfLack, isToldOtherwise } from '../gateway-half.js';
import { halvesOf, isHarmedCall, namesUnlisted } from '../pair.js';
import { placeAt } from '../route-places.js';
import type { Hop } from './hop.js';

/**
 * Whether a rule about the pair says already why a call fails: of the VirtualService that is under judgement they say what it lacks
 * or has too much, and then nothing else is the cause.
 */
export function isTold(hop: Hop): boolean {
  const { scene, traced } = hop;
  const { subject, topology } = scene;
  if (traced.verdict === 'delivered' || subject?.kind !== 'VirtualService') return false;
  if (!isHarmedCall(topology, subject, traced)) return false;
  if (isOfBoth(hop)) return true;
  if (!hop.roots.includes(subject) && hop.sender !== subject) return false;
  if (namesUnlisted(subject, (name) => name !== 'mesh')) return true;
  if (isToldOtherwise(topology, subject)) return true;
  return gatewayHalfLack(scene, subject, traced) !== undefined;
}

/** `unscoped-match` tells of a rule of the VirtualService that the sidecar and the gateway both take, where it takes this call. */
function isOfBoth({ scene, way, arrived }: Hop): boolean {
  const { subject, topology } = scene;
  if (subject?.kind !== 'VirtualService') return false;
  const both = halvesOf(topology, subject).filter(
    ({ owner, onMesh, onGateways }) => owner === subject && onMesh && onGateways.length > 0,
  );
  return [way, arrived?.next].some((one) => {
    if (one?.source?.object !== subject) return false;
    const place = placeAt(subject, one.source.field);
    return both.some(({ section, rule }) => section === place?.section && rule === place.rule);
  });
}
