import { familyOf, type Protocol, type ProtocolFamily } from '../../mesh/protocol.js';
import { byServiceAge, type Declaration, type DeclaredPort } from '../../mesh/world/declaration.js';
import type { World } from '../../mesh/world/world.js';
import { visibilityOf } from './visibility.js';
import { remembered } from '../memory.js';
import { importsService, type EgressEntry } from './scope.js';

export type ServiceHiding = 'not-exported' | 'not-imported' | 'other-port';

/** The services that a proxy sees through one egress entry, or through none: T1.3 and T1.4. */
export class ServiceView {
  readonly world: World;
  readonly namespace: string;
  readonly entry: EgressEntry | undefined;
  /** A sidecar prefers what its own namespace declares, a gateway does not (T8.7). */
  readonly #prefersOwn: boolean;
  readonly #known = new Map<string, readonly Declaration[]>();

  constructor(world: World, namespace: string, entry: EgressEntry | undefined, prefersOwn: boolean) {
    this.world = world;
    this.namespace = namespace;
    this.entry = entry;
    this.#prefersOwn = prefersOwn;
  }

  /**
   * The declarations of `host` that count here, in order: all of one namespace, which is the proxy's own, else that of the
   * Kubernetes Service, else that of the first (`selectServices` in istiod).
   */
  declared(host: string): readonly Declaration[] {
    const all = this.world.declarations.of(host);
    // Most hosts are declared once and for everybody: there is nothing to find out, and nothing to remember.
    if (this.entry === undefined && all.length < 2 && all.every(isEverybodys)) return all;
    return remembered(this.#known, host, () => {
      const seen = this.visible(all);
      const winner = this.#winner(seen);
      return winner === undefined ? seen : seen.filter(({ namespace }) => namespace === winner);
    });
  }

  /** Whether this very declaration is among those that count. */
  counts(declaration: Declaration): boolean {
    return this.declared(declaration.host).includes(declaration);
  }

  /** Of a list in order of age, what is exported to the namespace and imported, in Istio's order of precedence. */
  visible(declarations: readonly Declaration[]): readonly Declaration[] {
    if (declarations.length === 0) return declarations;
    const near: Declaration[] = [];
    const far: Declaration[] = [];
    for (const declaration of declarations) {
      if (this.hiddenBy(declaration) === undefined) (isPublic(declaration) ? far : near).push(declaration);
    }
    return near.length === 0 ? far : [...near, ...far];
  }

  /** Istio's order of the services of a listener: what is private or exported by name first, then by age. */
  compare(a: Declaration, b: Declaration): number {
    const x = isPublic(a) ? 1 : 0;
    const y = isPublic(b) ? 1 : 0;
    return x !== y ? x - y : byServiceAge(a, b);
  }

  /** A declaration's port of that number as this entry lets it appear: an entry with a port imposes its own protocol. */
  port(declaration: Declaration, number: number): SeenPort | undefined {
    const port = declaration.ports.find((one) => one.number === number);
    if (port === undefined) return undefined;
    const imposed = this.entry?.port;
    if (imposed === undefined) return port;
    return imposed.number === number
      ? { ...port, protocol: imposed.protocol, family: familyOf(imposed.protocol) }
      : undefined;
  }

  /** The service of that host in the registry of routes for a port: of several declarations the last that has the port. */
  routed(host: string, number: number): { readonly declaration: Declaration; readonly port: SeenPort } | undefined {
    const declared = this.declared(host);
    for (let at = declared.length - 1; at >= 0; at--) {
      const declaration = declared[at];
      const port = declaration === undefined ? undefined : this.port(declaration, number);
      if (declaration !== undefined && port !== undefined) return { declaration, port };
    }
    return undefined;
  }

  /** The declarations that count here and have this virtual IP: `key` is its `addressKey`. */
  visibleAt(key: string): readonly Declaration[] {
    return this.visible(this.world.addresses.of(key)).filter((one) => this.counts(one));
  }

  /** Why this proxy does not see a declaration through its entry; undefined where it does. */
  hiddenBy(declaration: Declaration): ServiceHiding | undefined {
    const { exportTo, namespace, host, ports } = declaration;
    if (visibilityOf(exportTo, namespace, this.namespace) === undefined) return 'not-exported';
    if (!importsService(this.entry, namespace, host)) return 'not-imported';
    const only = this.entry?.port;
    return only === undefined || ports.some(({ number }) => number === only.number) ? undefined : 'other-port';
  }

  #winner(seen: readonly Declaration[]): string | undefined {
    if (seen.length < 2) return undefined;
    if (this.#prefersOwn && seen.some(({ namespace }) => namespace === this.namespace)) return this.namespace;
    return (seen.find(({ kubernetes }) => kubernetes) ?? seen[0])?.namespace;
  }
}

export interface SeenPort extends DeclaredPort {
  readonly protocol: Protocol;
  readonly family: ProtocolFamily;
}

/** Exported to every namespace, and nothing else said. */
export function isEverybodys({ exportTo }: Declaration): boolean {
  return exportTo.length === 1 && exportTo[0] === '*';
}

function isPublic({ exportTo }: Declaration): boolean {
  return exportTo.includes('*');
}
