import type { Labels } from '../../mesh/metadata.js';
import { captureOf, DATAPLANE_MODE, entryField, REVISION } from '../captured-namespace.js';
import type { Observation, Rule, Scene } from '../rule.js';

const WAYPOINT = 'istio.io/use-waypoint';

/** A part of the mesh that the engine does not know: what it says of calls from there may be wrong. */
export const meshUnsupported: Rule = {
  id: 'mesh-unsupported',
  messages: {
    revision: {
      message:
        'its pods belong to the revision {value}, whose configuration Sallyport does not read: it judges them by the ConfigMap istio',
      mend: 'use the label istio-injection: enabled or the revision tag default, or keep both configurations the same',
    },
    ambient: {
      message: 'its pods are in ambient mode, where no sidecar routes their calls: Sallyport judges sidecars alone',
      mend: 'use sidecars for what must pass the egress gateway, and a NetworkPolicy that lets only the gateway out',
    },
    waypoint: {
      message: 'its calls are routed by the waypoint {value}, which Sallyport does not judge',
      mend: 'remove the label, or see to it that the waypoint sends them to the egress gateway',
    },
  },
  *check({ subject }: Scene): Generator<Observation> {
    if (subject?.kind !== 'Namespace' && subject?.kind !== 'ServiceEntry') return;
    const { labels } = subject.metadata;
    const told = [...(subject.kind === 'Namespace' ? modesOf(labels) : []), ...waypointOf(labels)];
    for (const { message, label } of told) {
      const value = labels[label] ?? '';
      const field = entryField('metadata.labels', label);
      yield {
        identity: `${message} ${value}`,
        explain: () => ({ message, object: subject, field, values: { value } }),
      };
    }
  },
};

interface Unsupported {
  readonly message: 'revision' | 'ambient' | 'waypoint';
  readonly label: string;
}

/** The revision that istiod has where nobody names one, and the tag that stands for it. */
const DEFAULT_REVISION = 'default';

function* modesOf(labels: Labels): Generator<Unsupported> {
  const capture = captureOf(labels);
  if (capture?.label === REVISION && capture.value !== DEFAULT_REVISION) yield { message: 'revision', label: REVISION };
  if (labels[DATAPLANE_MODE] === 'ambient') yield { message: 'ambient', label: DATAPLANE_MODE };
}

function* waypointOf(labels: Labels): Generator<Unsupported> {
  if (Object.hasOwn(labels, WAYPOINT)) yield { message: 'waypoint', label: WAYPOINT };
}
