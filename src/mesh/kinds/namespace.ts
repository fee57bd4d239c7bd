import type { Metadata } from '../metadata.js';

export interface Namespace {
  readonly kind: 'Namespace';
  readonly apiVersion: string;
  readonly metadata: Metadata;
}
