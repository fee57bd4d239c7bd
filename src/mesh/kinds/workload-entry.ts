import type { Metadata } from '../metadata.js';
import type { Fields } from '../reading.js';
import { mergedRecords } from '../record.js';
import { readEndpoint, type Endpoint } from './service-entry.js';

export interface WorkloadEntry {
  readonly kind: 'WorkloadEntry';
  readonly apiVersion: string;
  readonly metadata: Metadata;
  /** `labels` are the object's own labels over those of `spec.labels`, as istiod merges them (`ConvertWorkloadEntry`). */
  readonly spec: Endpoint;
}

/** Reads the `spec` of a WorkloadEntry, and merges the object's labels into it. */
export function readWorkloadEntrySpec(spec: Fields, metadata: Metadata): Endpoint {
  const endpoint = readEndpoint(spec);
  return { ...endpoint, labels: mergedRecords(endpoint.labels, metadata.labels) };
}
