import type { ServiceEntry } from '../mesh/kinds/service-entry.js';
import { decide } from '../policy/decide.js';
import { egressGatewayTest, holdingGatewayTest } from '../policy/egress-gateways.js';
import type { Finding } from '../policy/finding.js';
import {
  gatewayNamespaces,
  held,
  HELD_EXPORT_TO,
  isHeldEntry,
  withoutWish,
  wishOf,
  wishText,
  type Wish,
} from '../policy/held-entries.js';
import { nameOf } from '../policy/object-name.js';
import type { Policy } from '../policy/policy.js';
import { sameValue } from '../policy/touched/changes-nothing.js';
import { waitsForRoutes } from '../policy/unrouted-findings.js';
import type { World } from '../mesh/world/world.js';
import type { Topology } from '../routing/trace.js';
import type { PatchOperation } from './response.js';

/** What is done to an entry whose routes are still to come. */
export interface Hold {
  readonly patch: readonly PatchOperation[];
  /** In words for whoever applies it; empty where the entry is as it was wanted. */
  readonly warnings: readonly string[];
  /** `host:port` of the calls that nothing takes to the gateway yet. */
  readonly waitsFor: readonly string[];
}

const NOTHING: Hold = { patch: [], warnings: [], waitsFor: [] };

/** What it is judged by. */
export interface HoldGrounds {
  readonly world: World;
  readonly policy: Policy;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** An entry that is being created or changed. */
export interface EntryChange {
  readonly old: ServiceEntry | undefined;
  readonly object: ServiceEntry;
  /** The object as it was sent: what its author wrote, to the letter. */
  readonly document: unknown;
}

/**
 * Holds an entry that would be denied for nothing but that no route leads to the gateway yet: it is exported to the gateway's
 * namespace alone, and keeps in an annotation what its author wanted. Then its routes may be applied after it, in whatever order,
 * and nothing leaks meanwhile.
 *
 * An entry that comes as it is held stays so: what somebody applies without a word on `exportTo` must not release it, and what is
 * sent again must change nothing. One that comes with a wish of its own is judged by it, and held anew where it would leak.
 */
export function holdOf({ world, policy, now }: HoldGrounds, { old, object, document }: EntryChange): Hold {
  if (policy.serviceEntries.unrouted !== 'hold') return NOTHING;
  const circumstances = { world, isEgressGateway: egressGatewayTest(policy), policy, now };
  const holders = { world, isEgressGateway: holdingGatewayTest(policy, world) };
  if (isHeldEntry(holders, object)) return NOTHING;
  const kept = untouchedWish(holders, old, object);
  if (kept !== undefined) return { ...NOTHING, patch: holding(document, kept, object.spec.exportTo) };
  const wanted = withoutWish(object);
  const asWanted: Hold = wanted === object ? NOTHING : { ...NOTHING, patch: [{ op: 'remove', path: WISH }] };
  const { findings, allowed } = decide(circumstances, { old, object: wanted });
  if (allowed) return asWanted;
  const errors = findings.filter(({ severity }) => severity === 'error');
  const namespaces = gatewayNamespaces(world, holders.isEgressGateway);
  const wish = wishIn(document);
  const put = held(object, wish, namespaces);
  const waits = isSentAgain(put, old) || errors.every((finding) => waitsForRoutes(finding, object));
  if (namespaces.length === 0 || !waits) return asWanted;
  if (!decide(circumstances, { old, object: put }).allowed) return asWanted;
  const waitsFor = callsOf(errors, object);
  const wasOpen = old !== undefined && !isHeldEntry(holders, old);
  return { patch: holding(document, wish, namespaces), warnings: warningsOf(object, waitsFor, wasOpen), waitsFor };
}

/** JSON Pointer of the annotation (RFC 6901). */
const WISH = `/metadata/annotations/${HELD_EXPORT_TO.replaceAll('/', '~1')}`;

function holding(document: unknown, wish: Wish, namespaces: readonly string[]): readonly PatchOperation[] {
  const value = wishText(wish);
  const hasAnnotations = isRecord(field(field(document, 'metadata'), 'annotations'));
  return [
    { op: 'add', path: '/spec/exportTo', value: namespaces },
    hasAnnotations
      ? { op: 'add', path: WISH, value }
      : { op: 'add', path: '/metadata/annotations', value: { [HELD_EXPORT_TO]: value } },
  ];
}

/**
 * Gives an entry its wish back. The tests make it come to nothing where the entry is no longer what was judged: the API server
 * refuses a patch of which a test fails.
 */
export function releasing(entry: ServiceEntry, wish: Wish): readonly PatchOperation[] {
  const { exportTo } = entry.spec;
  const isWritten = exportTo.length > 0;
  const back: readonly PatchOperation[] =
    wish !== 'unset'
      ? [{ op: 'add', path: '/spec/exportTo', value: wish }]
      : isWritten
        ? [{ op: 'remove', path: '/spec/exportTo' }]
        : [];
  return [
    { op: 'test', path: WISH, value: entry.metadata.annotations[HELD_EXPORT_TO] },
    // Of what is not there nothing can be tested.
    ...(isWritten ? [{ op: 'test' as const, path: '/spec/exportTo', value: exportTo }] : []),
    ...back,
    { op: 'remove', path: WISH },
  ];
}

/**
 * The wish of a held entry of which somebody has taken the annotation away and left the rest: that releases nothing, and its author
 * wants what he wanted.
 */
function untouchedWish(topology: Topology, old: ServiceEntry | undefined, object: ServiceEntry): Wish | undefined {
  if (old === undefined || !isHeldEntry(topology, old)) return undefined;
  return sameValue(old.spec.exportTo, object.spec.exportTo) ? wishOf(old) : undefined;
}

/** Whether an entry would be left as it is: held, with that wish. Then it is nobody's fault of now what else is in the way. */
function isSentAgain(put: ServiceEntry, old: ServiceEntry | undefined): boolean {
  if (old === undefined) return false;
  const wish = wishOf(old);
  return wish !== undefined && sameValue(wish, wishOf(put)) && sameValue(put.spec, old.spec);
}

/** What was written as `exportTo`: an empty list is not the same as none to whoever compares a file with the cluster. */
function wishIn(document: unknown): Wish {
  const written = field(field(document, 'spec'), 'exportTo');
  if (!Array.isArray(written)) return 'unset';
  return written.filter((target) => typeof target === 'string');
}

function callsOf(errors: readonly Finding[], { spec }: ServiceEntry): readonly string[] {
  const [first = ''] = spec.hosts;
  // `*` stands for names that nobody declares: the entry takes them with its own.
  const calls = errors.map(({ host = '*', port = 0 }) => `${host === '*' ? first : host}:${port}`);
  return [...new Set(calls)];
}

function warningsOf(entry: ServiceEntry, waitsFor: readonly string[], wasOpen: boolean): readonly string[] {
  const calls = waitsFor.length > 2 ? `${waitsFor[0] ?? ''} and ${waitsFor.length - 1} more` : waitsFor.join(' and ');
  const takes = `until a VirtualService takes ${calls} to the egress gateway`;
  const said = `${nameOf(entry)} is held: no pod sees it ${takes}. Then Sallyport exports it as you wrote it.`;
  return wasOpen ? [said, `${nameOf(entry)} was in use: all calls to its hosts may fail until then.`] : [said];
}

function field(value: unknown, key: string): unknown {
  return isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
