import type { Fault } from '../mesh/fault.js';

/** Hosts, SNIs, addresses and subnets of one object: each is a name to call, for every client and on every port. */
const MOST_NAMES = 1000;

/** Rules, matches and destinations of one object: each is a way that a call can take. */
const MOST_RULES = 5000;

/**
 * Whether an object is larger than what can be judged within the API server's patience. An object of that size is legal, and nobody
 * writes one by hand; it is counted before it is read, so that it costs next to nothing to refuse.
 *
 * @param document - attacker-controlled, unread
 */
export function oversize(document: unknown): Fault | undefined {
  const spec = field(document, 'spec');
  let names = lengthOf(spec, 'hosts') + lengthOf(spec, 'addresses');
  let rules =
    lengthOf(spec, 'servers') + lengthOf(spec, 'egress') + lengthOf(spec, 'subsets') + lengthOf(spec, 'endpoints');
  for (const section of SECTIONS) {
    for (const rule of items(spec, section)) {
      rules += 1 + lengthOf(rule, 'route') + lengthOf(rule, 'mirrors');
      for (const match of items(rule, 'match')) {
        rules++;
        for (const key of NAME_LISTS) names += lengthOf(match, key);
      }
      if (rules > MOST_RULES) break;
    }
  }
  for (const part of [...items(spec, 'servers'), ...items(spec, 'egress')]) names += lengthOf(part, 'hosts');
  if (names > MOST_NAMES) return { field: 'spec', problem: tooMany('hosts, SNIs and addresses', MOST_NAMES) };
  if (rules > MOST_RULES) return { field: 'spec', problem: tooMany('rules, matches and destinations', MOST_RULES) };
  return undefined;
}

const SECTIONS = ['http', 'tls', 'tcp'];

/** Both spellings: a document is counted as it came. */
const NAME_LISTS = ['sniHosts', 'sni_hosts', 'destinationSubnets', 'destination_subnets'];

function tooMany(what: string, most: number): string {
  return `has too many ${what}: Sallyport judges at most ${most} in one object, so split it`;
}

function field(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return Object.getOwnPropertyDescriptor(value, key)?.value;
}

function items(value: unknown, key: string): readonly unknown[] {
  const found = field(value, key);
  return Array.isArray(found) ? found : [];
}

function lengthOf(value: unknown, key: string): number {
  return items(value, key).length;
}
