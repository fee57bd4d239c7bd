import { kindOf, type JudgedObject } from '../mesh/judged-object.js';

/** How a sentence names an object: `VirtualService shop/cnn`. */
export function nameOf(object: JudgedObject): string {
  const { metadata } = object;
  const kind = kindOf(object);
  return metadata.namespace === '' ? `${kind} ${metadata.name}` : `${kind} ${metadata.namespace}/${metadata.name}`;
}
