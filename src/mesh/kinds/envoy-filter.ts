import type { Metadata } from '../metadata.js';

/** Only its presence is read: what it patches is beyond any model of istiod's own output. */
export interface EnvoyFilter {
  readonly kind: 'EnvoyFilter';
  readonly apiVersion: string;
  readonly metadata: Metadata;
}
