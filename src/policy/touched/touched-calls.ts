import { addressInside, addressText, parseBlock } from '../../mesh/address.js';
import { isWildcard } from '../../mesh/host.js';
import type { Call } from '../../routing/call.js';
import { isHeld } from '../../mesh/judged-object.js';
import type { ObjectChange, Worlds } from '../change.js';
import { changesNothing } from './changes-nothing.js';
import { meshReaches } from './mesh-reaches.js';
import type { Reach } from './reach.js';
import { reachesOf } from './reaches.js';
import { sidecarReaches } from './sidecar-reaches.js';

/** A call that a change may move, and the name under which findings speak of it. */
export interface TouchedCall {
  readonly call: Call;
  /** In lower case; `*` where it stands for names that no object declares. */
  readonly shownHost: string;
  /** As a sentence names it: a wildcard as it is declared. */
  readonly hostInWords: string;
  /** The namespace whose pods alone can see the change; undefined where any may. */
  readonly namespace?: string;
}

/** A name that nobody may own (RFC 6761): it stands for every name that no object declares. */
const UNDECLARED: Dialled = { host: 'undeclared.invalid', shownHost: '*', hostInWords: 'any undeclared host' };

/**
 * The calls that a change may move: every protocol on every port that it reaches, to each name and to one that nobody declares, at
 * each address and at one that nobody declares. What a change does not change of what is read moves nothing.
 */
export function touchedCalls(worlds: Worlds, change: ObjectChange): readonly TouchedCall[] {
  const { old, object } = change;
  if (old !== undefined && object !== undefined && changesNothing(old, object)) return [];
  const subject = object ?? old;
  if (subject?.kind === 'Sidecar') {
    const { namespace } = subject.metadata;
    const seers = namespace === worlds.after.mesh.rootNamespace ? {} : { namespace };
    return callsOf(sidecarReaches(worlds, change), seers);
  }
  if (old?.kind === 'ConfigMap' && object?.kind === 'ConfigMap') return callsOf(meshReaches(worlds, old, object), {});
  return subject !== undefined && isHeld(subject) ? callsOf(reachesOf(worlds, change), {}) : [];
}

export function callsOf(reaches: Iterable<Reach>, seers: Pick<TouchedCall, 'namespace'>): readonly TouchedCall[] {
  const calls = new Map<string, TouchedCall>();
  for (const { names, ports, addresses: written } of reaches) {
    const dialledNames = concrete(names);
    const addresses = [undefined, ...[...written].map(dialled).filter((address) => address !== undefined)];
    for (const port of ports) {
      for (const { host, ...shown } of dialledNames) {
        for (const address of addresses) {
          const key = `${host} ${port} ${address ?? ''}`;
          if (calls.has(`${key} http`)) continue;
          for (const protocol of ['http', 'tls', 'tcp'] as const) {
            const call = address === undefined ? { host, port, protocol } : { host, port, protocol, address };
            calls.set(`${key} ${protocol}`, { call, ...shown, ...seers });
          }
        }
      }
    }
  }
  return [...calls.values()];
}

interface Dialled {
  readonly host: string;
  readonly shownHost: string;
  readonly hostInWords: string;
}

/** The names to dial: a wildcard by a name that only it covers, and one name that nobody declares. */
function concrete(names: ReadonlySet<string>): readonly Dialled[] {
  const found = new Map<string, Dialled>([[UNDECLARED.host, UNDECLARED]]);
  for (const name of names) {
    if (name === '*') continue;
    const words = name.toLowerCase();
    const host = isWildcard(name) ? `undeclared${name.startsWith('*.') ? '' : '-'}${name.slice(1)}` : name;
    found.set(host, { host, shownHost: isWildcard(name) ? '*' : words, hostInWords: words });
  }
  return [...found.values()];
}

function dialled(address: string): string | undefined {
  if (!address.includes('/')) return address;
  const block = parseBlock(address);
  return block === undefined ? undefined : addressText(addressInside(block));
}
