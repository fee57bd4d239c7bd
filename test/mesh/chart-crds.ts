import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import type { Crd } from './shared-folder.js';

/** The CRD that the chart installs. */
export const EXEMPTION_CRD = load(readFileSync('charts/sallyport/crds/egressexemptions.yaml', 'utf8')) as Crd;
