import type { VirtualService } from '../../mesh/kinds/virtual-service.js';
import { hasGatewaySemantics } from '../../mesh/route-semantics.js';
import type { Declaration } from '../../mesh/world/declaration.js';
import type { World } from '../../mesh/world/world.js';
import type { SidecarProxy } from '../sidecar/sidecar-proxy.js';
import { exported } from '../view/visibility.js';
import { OTHER } from './other.js';

/** The namespaces whose pods may differ from those of a namespace that no object names or is in. */
export class Claims {
  readonly #world: World;
  readonly #namespaces = new Set<string>();
  /** The Sidecar of the pods without one of their own lets them see what is theirs: whoever owns something is like no other. */
  readonly #scoped: boolean;

  /** @param others - the sidecar of a pod of a namespace that no object names or is in */
  constructor(world: World, { scope }: SidecarProxy) {
    this.#world = world;
    this.#scoped = scope.sidecar?.spec.egress.some(({ hosts }) => hosts.some((host) => host.startsWith('./'))) === true;
  }

  get namespaces(): ReadonlySet<string> {
    return this.#namespaces;
  }

  add(namespace: string | undefined): void {
    if (namespace !== undefined && namespace !== '' && namespace !== OTHER) this.#namespaces.add(namespace);
  }

  /** Those that do not see a host as everybody does: it is declared in several namespaces, or not for everybody. */
  byHost(host: string): void {
    const all = this.#world.declarations.of(host);
    const [first] = all;
    if (first === undefined) return;
    const shared = all.every(({ namespace, exportTo }) => namespace === first.namespace && exportTo.includes('*'));
    if (this.#scoped || !shared) for (const one of all) this.byDeclaration(one);
  }

  byDeclaration({ namespace, exportTo }: Declaration): void {
    this.#byExport(namespace, exportTo);
  }

  byRoute(route: VirtualService): void {
    const { spec, metadata } = route;
    const exportTo = exported(spec.exportTo, this.#world.mesh.defaultVirtualServiceExportTo);
    // One with gateway semantics goes first in its own namespace.
    const shared = exportTo.includes('*') && !hasGatewaySemantics(route);
    if (this.#scoped || !shared) this.#byExport(metadata.namespace, exportTo);
  }

  #byExport(owner: string, exportTo: readonly string[]): void {
    this.add(owner);
    if (exportTo.includes('*')) return;
    for (const target of exportTo) if (target !== '.' && target !== '~') this.add(target);
  }
}
