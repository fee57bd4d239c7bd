import type { Labels } from './metadata.js';
import { isLonger, type Fields } from './reading.js';

/** The labels of the `workloadSelector` of a Sidecar or ServiceEntry; undefined where it has none, empty where it selects all. */
export function readWorkloadSelector(spec: Fields): Labels | undefined {
  return spec.object('workloadSelector')?.labels('labels', { max: 256, checkValue: checkSelectorValue });
}

/** What the CRDs ask of each value of a workload selector. */
export function checkSelectorValue(value: string): string | undefined {
  if (isLonger(value, 63)) return 'must have at most 63 characters';
  return value.includes('*') ? 'cannot hold a *: a selector compares whole values' : undefined;
}
