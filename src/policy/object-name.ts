import { kindOf, type JudgedObject } from '../mesh/judged-object.js';

/** How a sentence names an object: `VirtualService shop/cnn`. */
export function nameOf(object: JudgedObject): string {
  const { metadata } = object;
  const kind = kindOf(object);
  return metadata.namespace === '' ? `${kind} ${metadata.name}` : `${kind} ${metadata.namespace}/${metadata.name}`;
}

/** The namespace whose modes and exemptions count for an object: its own, and of a Namespace itself. */
export function namespaceOf({ kind, metadata }: JudgedObject): string {
  return kind === 'Namespace' ? metadata.name : metadata.namespace;
}
