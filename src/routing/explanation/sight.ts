import type { VirtualService } from '../../mesh/kinds/virtual-service.js';
import type { Declaration } from '../../mesh/world/declaration.js';
import type { EgressView } from '../sidecar/egress-view.js';
import type { SidecarProxy } from '../sidecar/sidecar-proxy.js';
import type { SeenPort, ServiceHiding } from '../view/services.js';
import type { RouteHiding } from '../view/routes.js';
import type { Place } from './fields.js';

/** What a sidecar sees for calls to one port, through all egress entries that have a say there (T1.2). */
export class Sight {
  readonly proxy: SidecarProxy;
  /** None where a Sidecar has entries for other ports only. */
  readonly views: readonly EgressView[];

  constructor(proxy: SidecarProxy, port: number) {
    const { ported, portless } = proxy.viewsForPort(port);
    this.proxy = proxy;
    this.views = [ported, portless].filter((view) => view !== undefined);
  }

  /** Why no entry lets a declaration be seen; undefined where one does. */
  hidingOfService(declaration: Declaration): ServiceHiding | undefined {
    return hidden(this.views.map(({ services }) => services.hiddenBy(declaration)));
  }

  /** As `hidingOfService`, for VirtualServices. */
  hidingOfRoute(route: VirtualService): RouteHiding | undefined {
    return hidden(this.views.map(({ routes }) => routes.hiddenBy(route)));
  }

  /** A declaration is seen, and no other namespace's takes its place. */
  counts(declaration: Declaration): boolean {
    return this.views.some(({ services }) => services.counts(declaration));
  }

  port(declaration: Declaration, port: number): SeenPort | undefined {
    for (const { services } of this.views) {
      const seen = services.port(declaration, port);
      if (seen !== undefined) return seen;
    }
    return undefined;
  }

  /** The Sidecar that hides what is not imported, with the entries that would have to name it. */
  get importer(): Place | undefined {
    const { sidecar } = this.proxy.scope;
    if (sidecar === undefined) return undefined;
    const entry = this.views.at(-1)?.entry;
    return { object: sidecar, field: entry === undefined ? 'spec.egress' : `spec.egress[${entry.index}].hosts` };
  }
}

/** Of what several entries say, nothing where one lets it through; an entry that is only for another port says least. */
function hidden<R extends string>(reasons: readonly (R | undefined)[]): R | 'not-imported' | undefined {
  if (reasons.length === 0) return 'not-imported';
  return reasons.includes(undefined) ? undefined : reasons.at(-1);
}
