import type { ServiceEntry } from '../../mesh/kinds/service-entry.js';
import type { Service } from '../../mesh/kinds/service.js';
import type { VirtualService } from '../../mesh/kinds/virtual-service.js';
import type { Way } from '../../routing/way.js';
import { nameOf } from '../object-name.js';
import { aliasOf } from './alias.js';
import { captured } from './captured.js';
import type { Leak, LeakExplanation } from './leak.js';
import { standingOf, type Standing } from './standing.js';
import { uncovered } from './uncovered.js';

/** A leak that no VirtualService decides: why none takes the call to the gateway. */
export function unrouted(leak: Leak, service: ServiceEntry | Service): LeakExplanation {
  const standing = standingOf(leak, service);
  const { object, field, values } = standing;
  return (
    deleted(leak, standing) ??
    captured(leak, standing) ??
    uncovered(leak, standing) ??
    aliasOf(leak, standing) ?? { message: 'no-route', object, field, values }
  );
}

/** The change deletes what took the call so far. */
function deleted({ scene, traced }: Leak, { object, field, values }: Standing): LeakExplanation | undefined {
  const { removed } = scene;
  if (removed?.kind !== 'VirtualService') return undefined;
  if (traced.earlier?.ways.some((way) => isDecidedBy(removed, way)) !== true) return undefined;
  return { message: 'deleted-route', object, field, values: { ...values, route: nameOf(removed) } };
}

/** Whether a VirtualService, or one to which it delegates, decides a way. */
function isDecidedBy(route: VirtualService, { source }: Way): boolean {
  if (source?.object === route) return true;
  if (source?.object.kind !== 'VirtualService') return false;
  const { namespace, name } = source.object.metadata;
  return route.spec.http.some(
    ({ delegate }) => delegate?.name === name && (delegate.namespace ?? route.metadata.namespace) === namespace,
  );
}
