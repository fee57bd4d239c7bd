import { GATEWAY_API, readRouteParents, routeKindOf } from './kinds/gateway-api.js';
import { readPodTemplate, workloadKindOf } from './kinds/workload.js';
import type { MeshMap } from './kinds/mesh-map.js';
import type { PassingObject } from './judged-object.js';
import { readMetadata } from './metadata.js';
import { Fields, isObject, Reading } from './reading.js';

/**
 * Reads a manifest of a kind that is judged and that no world holds; the mesh's own ConfigMap is not among them. Only what is judged
 * is read, and what cannot be read counts as absent: a Pod must not be refused for what nobody here looks at.
 *
 * @param document - attacker-controlled; JSON or YAML as parsed
 * @param missingAge - `createdAt` of an object without `creationTimestamp`
 * @returns undefined for every other kind
 */
export function readPassing(document: unknown, missingAge: number): Exclude<PassingObject, MeshMap> | undefined {
  if (!isObject(document)) return undefined;
  const root = new Fields(new Reading(false), document);
  const apiVersion = root.text('apiVersion') ?? '';
  const kind = root.text('kind') ?? '';
  const workload = workloadKindOf(apiVersion, kind);
  const metadata = () => readMetadata(root, true, missingAge);
  if (workload !== undefined) {
    return { kind: workload, apiVersion, metadata: metadata(), pod: readPodTemplate(root, apiVersion, kind) };
  }
  if (!apiVersion.startsWith(`${GATEWAY_API}/`)) return undefined;
  const spec = root.objectOrEmpty('spec');
  if (kind === 'Gateway') {
    const gatewayClass = spec.text('gatewayClassName') ?? '';
    return { kind: 'KubernetesGateway', apiVersion, metadata: metadata(), gatewayClass };
  }
  const route = routeKindOf(kind);
  if (route === undefined) return undefined;
  return { kind: route, apiVersion, metadata: metadata(), parents: readRouteParents(spec) };
}
