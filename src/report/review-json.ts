import type { PatchOperation } from '../admission/response.js';
import type { Reviewed } from './reviewed.js';

/** One answer for programs. */
export interface ReviewJson extends Pick<
  Reviewed,
  'object' | 'operation' | 'allowed' | 'message' | 'findings' | 'warnings'
> {
  /** JSON Patch (RFC 6902), not encoded; null for no change. */
  readonly patch: readonly PatchOperation[] | null;
}

export function reviewJson(reviewed: readonly Reviewed[]): readonly ReviewJson[] {
  return reviewed.map(({ object, operation, allowed, message, findings, warnings, patch }) => ({
    object,
    operation,
    allowed,
    message,
    findings,
    warnings,
    patch: patch.length === 0 ? null : patch,
  }));
}
