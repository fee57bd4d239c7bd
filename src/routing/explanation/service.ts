import { addressKey, parseAddress } from '../../mesh/address.js';
import { covers, isWildcard } from '../../mesh/host.js';
import type { Declaration } from '../../mesh/world/declaration.js';
import type { World } from '../../mesh/world/world.js';
import type { Call } from '../call.js';
import type { SeenPort } from '../view/services.js';
import { aliasTargets, serviceNames } from '../sidecar/aliases.js';
import { addressField, exportToField, holds, hostField, portField } from './fields.js';
import type { Recording } from './recording.js';
import type { Sight } from './sight.js';
import { lostBy, step, type Loser, type LossReason, type StepOf } from './step.js';

/** What declares the host or the address that is dialled, and what else does (T1.3, T1.4). */
export function serviceStep(sight: Sight, recording: Recording, call: Call): StepOf<'service'> {
  const candidates = declarationsFor(sight, call);
  const winner = declared(sight, recording, candidates, call);
  const losers = candidates.flatMap((one) => (one === winner ? [] : loser(sight, one, winner, call)));
  const values = { host: call.host, port: String(call.port), namespace: sight.proxy.namespace };
  if (winner !== undefined) {
    const shown = { ...values, host: winner.host, protocol: sight.port(winner, call.port)?.protocol ?? 'unset' };
    if (isDialled(sight, winner, call)) {
      const at = { object: winner.object, field: portField(winner.object, call.port) };
      return step('service', 'declared', at, shown, losers);
    }
    const at = { object: winner.object, field: captureField(winner, call) };
    return step('service', 'captured', at, { ...shown, dialled: call.address ?? call.host }, losers);
  }
  const portless = candidates.find((one) => sight.counts(one));
  if (portless === undefined) return step('service', 'undeclared', undefined, values, losers);
  const { object, host } = portless;
  const ports = portless.ports.map(({ number, protocol }) => `${number} ${protocol}`).join(', ');
  const others = losers.filter((one) => one.object !== object);
  return step('service', 'port-undeclared', { object, field: 'spec.ports' }, { ...values, host, ports }, others);
}

/** The port that is dialled, as the sidecar knows it. */
export function declaredPort(sight: Sight, recording: Recording, call: Call): SeenPort | undefined {
  const found = declared(sight, recording, declarationsFor(sight, call), call);
  return found === undefined ? undefined : sight.port(found, call.port);
}

/** What takes the call; where nothing does, what would be meant by its name. */
function declared(
  sight: Sight,
  recording: Recording,
  candidates: readonly Declaration[],
  { port }: Call,
): Declaration | undefined {
  return winnerOf(recording) ?? candidates.find((one) => sight.counts(one) && has(one, port));
}

function winnerOf({ asked, taken }: Recording): Declaration | undefined {
  if (asked !== undefined) return asked.host?.service;
  return taken === undefined || taken.target.type === 'http' ? undefined : taken.service.declaration;
}

/** Every declaration that could be meant, be it seen or not: the closest names first. */
function declarationsFor({ proxy, views }: Sight, call: Call): readonly Declaration[] {
  const { world, namespace } = proxy;
  const name = call.host.toLowerCase();
  const hosts = [
    call.host,
    name,
    ...serviceNames(name, namespace, world.mesh.domain),
    ...views.flatMap(({ services }) => aliasTargets(services, name)),
    ...world.declarations.covering(call.host),
    ...world.declarations.covering(name),
  ];
  const named = [...new Set(hosts)].flatMap((host) => world.declarations.of(host));
  const shouted = [name, ...world.shoutedDeclarations.covering(name)].flatMap((host) =>
    world.shoutedDeclarations.of(host),
  );
  return [...new Set([...named, ...shouted, ...declarationsAt(world, call)])];
}

function declarationsAt({ addresses, blocks }: World, { address }: Call): readonly Declaration[] {
  const parsed = address === undefined ? undefined : parseAddress(address);
  if (address === undefined || parsed === undefined) return [];
  return [...addresses.of(addressKey(address)), ...blocks.containing(parsed).flatMap((key) => blocks.of(key))];
}

function has({ ports }: Declaration, port: number): boolean {
  return ports.some(({ number }) => number === port);
}

/** Whether the client names the service, and does not merely come upon it. */
function isDialled({ proxy, views }: Sight, { host, object }: Declaration, call: Call): boolean {
  const name = call.host.toLowerCase();
  if (covers(host.toLowerCase(), name)) return true;
  const { world, namespace } = proxy;
  if (object.kind === 'Service' && serviceNames(name, namespace, world.mesh.domain).includes(host)) return true;
  return views.some(({ services }) => aliasTargets(services, name).includes(host));
}

function captureField({ object, addresses, blocks }: Declaration, { address, port }: Call): string {
  const isByAddress = address !== undefined && [...addresses, ...blocks].some((one) => holds(one, address));
  return isByAddress ? addressField(object, address) : portField(object, port);
}

function loser(sight: Sight, declaration: Declaration, winner: Declaration | undefined, call: Call): readonly Loser[] {
  const { object, host, namespace } = declaration;
  const hiding = sight.hidingOfService(declaration);
  if (hiding === 'not-exported') return [{ object, field: exportToField(object), reason: hiding }];
  if (hiding === 'not-imported') {
    return [{ object, field: hostField(object, host), reason: hiding, ...lostBy(sight.importer) }];
  }
  if (hiding !== undefined || !has(declaration, call.port)) {
    return [{ object, field: 'spec.ports', reason: 'other-port' }];
  }
  if (winner === undefined || (winner.object === object && winner.host === host)) return [];
  const by = { object: winner.object, field: hostField(winner.object, winner.host) };
  if (winner.host !== host) {
    return isWildcard(host) ? [{ object, field: hostField(object, host), reason: 'less-specific', by }] : [];
  }
  if (winner.namespace === namespace) {
    return [{ object, field: 'metadata.creationTimestamp', reason: 'younger', by }];
  }
  const reason = preference(sight.proxy.namespace, winner, declaration);
  return [{ object, field: reason === 'younger' ? 'metadata.creationTimestamp' : 'metadata.namespace', reason, by }];
}

/** Why of two namespaces' declarations of a host one goes first (T1.4). */
export function preference(own: string | undefined, winner: Declaration, loser: Declaration): LossReason {
  if (winner.namespace === own) return 'own-namespace-first';
  if (winner.kubernetes && !loser.kubernetes) return 'kubernetes-first';
  return isNear(winner, loser) ? 'public' : 'younger';
}

/** Whether a declaration goes first because it is private or exported by name. */
function isNear(winner: Declaration, loser: Declaration): boolean {
  return !winner.exportTo.includes('*') && loser.exportTo.includes('*');
}
