import type { Metadata } from '../metadata.js';
import type { Endpoint } from './service-entry.js';

export interface WorkloadEntry {
  readonly kind: 'WorkloadEntry';
  readonly apiVersion: string;
  readonly metadata: Metadata;
  /** `labels` are the object's own labels over those of `spec.labels`, as istiod merges them (`ConvertWorkloadEntry`). */
  readonly spec: Endpoint;
}
