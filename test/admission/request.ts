import type { AdmissionRequest } from '../../src/admission/review.js';
import { DEFAULT_MESH } from '../../src/mesh/kinds/mesh-config.js';
import type { MeshConfig } from '../../src/mesh/kinds/mesh-config.js';
import { OLDEST } from '../../src/mesh/metadata.js';
import { MeshWorld } from '../../src/mesh/world/mesh-world.js';
import { read } from '../policy/judgement.js';
import { GROUND, type Document } from '../policy/manifests.js';

/** The request that the API server makes of a change: `object` for a creation, both for an update, `oldObject` for a deletion. */
export function requestFor(
  objects: { readonly object?: Document; readonly oldObject?: Document },
  more: Partial<AdmissionRequest> = {},
): AdmissionRequest {
  const { object = null, oldObject = null } = objects;
  const subject: Document = object ?? oldObject ?? {};
  const [group = '', version = ''] = String(subject['apiVersion']).includes('/')
    ? String(subject['apiVersion']).split('/')
    : ['', String(subject['apiVersion'])];
  const metadata = Object(subject['metadata']) as { readonly name?: string; readonly namespace?: string };
  return {
    uid: 'u-1',
    kind: { group, version, kind: String(subject['kind']) },
    resource: { group, version, resource: '' },
    namespace: metadata.namespace ?? '',
    name: metadata.name ?? '',
    operation: object === null ? 'DELETE' : oldObject === null ? 'CREATE' : 'UPDATE',
    username: 'jane',
    dryRun: false,
    object,
    oldObject,
    ...more,
  };
}

/** A mesh that refuses what it does not know, with the egress gateway. */
export function worldWith(documents: readonly Document[], mesh: Partial<MeshConfig> = {}): MeshWorld {
  const objects = [...GROUND, ...documents].map((document) => read(document, OLDEST));
  return new MeshWorld({ ...DEFAULT_MESH, outboundTrafficPolicy: 'REGISTRY_ONLY', ...mesh }, objects);
}
