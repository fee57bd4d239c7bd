/**
 * How an object with this `exportTo` stands to a namespace: `private` to it, exported to it by `name`, `public`, or hidden from it
 * (undefined). `exportTo` is never empty here: the mesh's default has taken an empty one's place
 * (`initVirtualServices`, `initServiceRegistry` in istiod).
 */
export type Visibility = 'private' | 'named' | 'public';

export function visibilityOf(exportTo: readonly string[], owner: string, namespace: string): Visibility | undefined {
  if (exportTo.length === 1 && exportTo[0] === '*') return 'public';
  if (exportTo.includes('*')) return 'public';
  if (owner === namespace) return exportTo.includes('.') || exportTo.includes(owner) ? 'private' : undefined;
  return exportTo.includes(namespace) ? 'named' : undefined;
}

/** The list as written, or the mesh's default where nothing is. */
export function exported(exportTo: readonly string[], standard: readonly string[]): readonly string[] {
  return exportTo.length > 0 ? exportTo : standard;
}
