import type { Workload } from '../../mesh/kinds/workload.js';
import type { MeshConfig } from '../../mesh/kinds/mesh-config.js';
import { captureOf, entryField, isInjected } from '../captured-namespace.js';
import { outsideBlocks } from '../outside-blocks.js';
import type { Observation, Rule, Scene } from '../rule.js';

const INJECT = 'sidecar.istio.io/inject';

/** Pods whose calls their sidecar does not take, or that get none where their namespace gives them one. */
export const podBypass: Rule = {
  id: 'pod-bypass',
  messages: {
    'no-sidecar': {
      message: 'these pods get no sidecar, so nothing keeps their calls from leaving the mesh directly',
      mend: 'remove {label}, which is {value}',
    },
    'host-network': {
      message:
        'pods on the network of their node get no sidecar, so nothing keeps their calls from leaving the mesh directly',
      mend: 'remove hostNetwork',
    },
    'not-intercepted': {
      message: 'the sidecar takes no calls of these pods, so they leave the mesh directly',
      mend: 'remove {label}, or set it to REDIRECT',
    },
    'excluded-ports': {
      message: 'the sidecar does not take calls to the ports {value} of these pods, so they leave the mesh directly',
      mend: 'remove {label}',
    },
    'excluded-addresses': {
      message: 'the sidecar does not take calls to {value} of these pods, so they leave the mesh directly',
      mend: 'take these addresses out of {label}; those of mesh.internalCIDRs may stay',
    },
    'excluded-interfaces': {
      message: 'the sidecar does not take calls of these pods on {value}, so they can leave the mesh directly',
      mend: 'remove {label}',
    },
    'narrowed-addresses': {
      message:
        'the sidecar takes calls of these pods to the addresses {value} alone, so all others leave the mesh directly',
      mend: 'remove {label}, or set it to *',
    },
    'proxy-user': {
      message:
        'the container {container} runs as user or group 1337 as the sidecar does, whose own calls are let pass, so its calls leave the mesh directly',
      mend: 'give it another id',
    },
    'namespace-off': {
      message:
        'new pods of this namespace get no sidecar from now on, so nothing keeps their calls from leaving the mesh directly',
      mend: 'keep the label {label}: {value}',
    },
  },
  *check(scene: Scene): Generator<Observation> {
    const { subject, former } = scene;
    if (subject !== undefined && 'pod' in subject) {
      for (const seen of bypasses(scene, subject)) yield observed(subject, seen);
    }
    if (subject?.kind !== 'Namespace' || former?.kind !== 'Namespace') return;
    const was = captureOf(former.metadata.labels);
    if (was === undefined || captureOf(subject.metadata.labels) !== undefined) return;
    const { label, value } = was;
    const isWritten = Object.hasOwn(subject.metadata.labels, label);
    const field = isWritten ? entryField('metadata.labels', label) : 'metadata.labels';
    yield observed(subject, { message: 'namespace-off', field, values: { label, value } });
  },
};

interface Bypass {
  readonly message: string;
  readonly field: string;
  readonly values: Readonly<Record<string, string>>;
}

function observed(object: Workload | NonNullable<Scene['subject']>, { message, field, values }: Bypass): Observation {
  return {
    identity: [message, field, ...Object.values(values)].join(' '),
    explain: () => ({ message, object, field, values }),
  };
}

function* bypasses({ topology }: Scene, { pod, metadata }: Workload): Generator<Bypass> {
  const { world } = topology;
  const { path, labels, annotations } = pod;
  const injected = isInjected(world, metadata.namespace);
  // The label counts before the annotation (`injectRequired` in istiod), and only `true` is a yes.
  const isLabelled = Object.hasOwn(labels, INJECT);
  const wish = (isLabelled ? labels[INJECT] : annotations[INJECT]) ?? '';
  if (!injected && wish !== 'true') return;
  if (wish !== 'true' && wish !== '') {
    const field = entryField(`${path}metadata.${isLabelled ? 'labels' : 'annotations'}`, INJECT);
    yield { message: 'no-sidecar', field, values: { label: INJECT, value: wish } };
    return;
  }
  if (pod.hostNetwork) yield { message: 'host-network', field: `${path}spec.hostNetwork`, values: {} };
  for (const [label, { message, isHarmful }] of Object.entries(ANNOTATIONS)) {
    const value = annotations[label]?.trim();
    if (value === undefined || !isHarmful(value, world.mesh)) continue;
    const shown =
      value === '' ? '(none)' : value.length > LONGEST_SHOWN ? `${value.slice(0, LONGEST_SHOWN)}...` : value;
    yield { message, field: entryField(`${path}metadata.annotations`, label), values: { label, value: shown } };
  }
  for (const { container, field } of pod.impostors) {
    yield { message: 'proxy-user', field: `${path}${field}`, values: { container } };
  }
}

const LONGEST_SHOWN = 60;

interface AnnotationRule {
  readonly message: string;
  readonly isHarmful: (value: string, mesh: MeshConfig) => boolean;
}

const isWritten = (value: string): boolean => value !== '';

/** The annotations by which the pod's iptables let calls pass by the sidecar. `includeOutboundPorts` only adds to what is taken. */
const ANNOTATIONS: Readonly<Record<string, AnnotationRule>> = {
  'sidecar.istio.io/interceptionMode': {
    message: 'not-intercepted',
    isHarmful: (value) => value === 'NONE',
  },
  'traffic.sidecar.istio.io/excludeInterfaces': { message: 'excluded-interfaces', isHarmful: isWritten },
  'traffic.sidecar.istio.io/excludeOutboundIPRanges': {
    message: 'excluded-addresses',
    isHarmful: (value, mesh) => outsideBlocks(mesh, listed(value)).length > 0,
  },
  'traffic.sidecar.istio.io/excludeOutboundPorts': { message: 'excluded-ports', isHarmful: isWritten },
  'traffic.sidecar.istio.io/includeOutboundIPRanges': {
    message: 'narrowed-addresses',
    isHarmful: (value) => value !== '*',
  },
};

function listed(value: string): readonly string[] {
  return value
    .split(',')
    .map((part) => part.trim())
    .filter(isWritten);
}
