import type { Protocol } from '../../mesh/protocol.js';
import { EVERYBODY, portKey, restrictedKey, type Declaration, type PortBinding } from '../../mesh/world/declaration.js';
import type { World } from '../../mesh/world/world.js';

/** The protocols whose ports bind alike. */
const PROTOCOLS: Readonly<Record<PortBinding, readonly Protocol[]>> = {
  http: ['HTTP', 'HTTP2', 'GRPC', 'GRPC-Web', 'HTTP_PROXY'],
  tls: ['HTTPS', 'TLS'],
  tcp: ['TCP', 'Mongo', 'MySQL', 'Redis'],
  sniffed: ['unset'],
};

/** The protocols that share a listener with no other (T4.5). */
const EXCLUSIVE: readonly Protocol[] = ['Mongo', 'MySQL'];

/** Those with the port that can be on a listener for all addresses, and that not everybody sees. */
export function* restrictedOn(world: World, port: number, binding: PortBinding): Generator<Declaration> {
  for (const protocol of PROTOCOLS[binding]) {
    for (const declaration of world.restricted.of(restrictedKey(port, protocol))) {
      // What has an address of its own alone is on no listener for all addresses.
      const isWild = declaration.addresses.length === 0 || declaration.blocks.length > 0;
      if (binding === 'http' || isWild) yield declaration;
    }
  }
}

/** Those with the port that can be on a listener for all addresses, and that everybody sees, in order. */
export function publicOn(world: World, port: number, binding: PortBinding): Iterable<Declaration> {
  return world.ports.of(portKey(port, binding, EVERYBODY));
}

/** Whether anybody has a service on a listener for all addresses of the port that takes whatever bytes come. */
export function takesBytes(world: World, port: number): boolean {
  return hasSome(world, port, 'tcp') || hasSome(world, port, 'sniffed');
}

/** Every such service, whoever sees it. */
export function* allTakingBytes(world: World, port: number): Generator<Declaration> {
  for (const binding of ['tcp', 'sniffed'] as const) {
    yield* publicOn(world, port, binding);
    yield* restrictedOn(world, port, binding);
  }
}

export function hasSome(world: World, port: number, binding: PortBinding): boolean {
  const [everybodys] = publicOn(world, port, binding);
  const [somebodys] = restrictedOn(world, port, binding);
  return everybodys !== undefined || somebodys !== undefined;
}

/** Whether one of these has a protocol on the port that shares a listener with no other, or somebody that not everybody sees. */
export function someExclusive(world: World, port: number, declarations: readonly Declaration[]): boolean {
  return EXCLUSIVE.some((protocol) => someSpeak(world, port, declarations, protocol));
}

/** As `someExclusive`, for HTTP whose chain also takes bytes that are no HTTP. */
export function someProxy(world: World, port: number, declarations: readonly Declaration[]): boolean {
  return someSpeak(world, port, declarations, 'HTTP_PROXY');
}

function someSpeak(world: World, port: number, declarations: readonly Declaration[], protocol: Protocol): boolean {
  if (world.restricted.of(restrictedKey(port, protocol)).length > 0) return true;
  return declarations.some(({ ports }) => ports.some((one) => one.number === port && one.protocol === protocol));
}
