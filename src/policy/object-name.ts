import type { MeshObject } from '../mesh/mesh-object.js';

/** How a sentence names an object: `VirtualService shop/cnn`. */
export function nameOf({ kind, metadata }: MeshObject): string {
  return metadata.namespace === '' ? `${kind} ${metadata.name}` : `${kind} ${metadata.namespace}/${metadata.name}`;
}
