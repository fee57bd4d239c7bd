import { keysOf } from '../admission/apply-patch.js';
import type { PatchOperation } from '../admission/response.js';

/** What one operation of a patch would do, for people; undefined for one that only makes sure of something. */
export function patchInWords(operation: PatchOperation): string | undefined {
  const keys = keysOf(operation.path);
  switch (operation.op) {
    case 'test':
      return undefined;
    case 'remove':
      return `would remove ${fieldOf(keys)}`;
    case 'add':
    case 'replace':
      if (keys.at(-1) === 'subset' && typeof operation.value === 'string') {
        const holder = keys.slice(0, keys.at(-2) === 'destination' ? -2 : -1);
        return `would name the subset ${operation.value} in ${fieldOf(holder)}`;
      }
      return `would set ${fieldOf(keys)} to ${JSON.stringify(operation.value)}`;
  }
}

/** `spec.http[0].route[1]`, `metadata.annotations["sallyport.dev/export-to"]`. */
function fieldOf(keys: readonly string[]): string {
  return keys.reduce((field, key) => {
    if (/^\d+$/.test(key)) return `${field}[${key}]`;
    if (!/^[\w-]+$/.test(key)) return `${field}[${JSON.stringify(key)}]`;
    return field === '' ? key : `${field}.${key}`;
  }, '');
}
