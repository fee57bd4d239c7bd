import type { Labels, Metadata } from '../metadata.js';
import type { Fields } from '../reading.js';

/** A Pod, or what makes Pods of a template. */
export interface Workload {
  readonly kind: WorkloadKind;
  readonly apiVersion: string;
  readonly metadata: Metadata;
  readonly pod: PodTemplate;
}

export type WorkloadKind =
  'CronJob' | 'DaemonSet' | 'Deployment' | 'Job' | 'Pod' | 'ReplicaSet' | 'ReplicationController' | 'StatefulSet';

/** What decides whether a sidecar is injected into a Pod, and which of its calls the sidecar takes. */
export interface PodTemplate {
  /** What stands before the fields below: `spec.template.`, empty for a Pod. */
  readonly path: string;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly hostNetwork: boolean;
  /** Containers of the author's own that run as the sidecar's user or group, whose calls are not taken. */
  readonly impostors: readonly Impostor[];
}

export interface Impostor {
  readonly container: string;
  /** Where the user or group is written, below the template. */
  readonly field: string;
}

/** The kinds by `apiVersion kind`, each with the way to its template. */
const TEMPLATES: ReadonlyMap<string, readonly [WorkloadKind, readonly string[]]> = new Map([
  ['v1 Pod', ['Pod', []]],
  ['v1 ReplicationController', ['ReplicationController', ['spec', 'template']]],
  ['apps/v1 DaemonSet', ['DaemonSet', ['spec', 'template']]],
  ['apps/v1 Deployment', ['Deployment', ['spec', 'template']]],
  ['apps/v1 ReplicaSet', ['ReplicaSet', ['spec', 'template']]],
  ['apps/v1 StatefulSet', ['StatefulSet', ['spec', 'template']]],
  ['batch/v1 CronJob', ['CronJob', ['spec', 'jobTemplate', 'spec', 'template']]],
  ['batch/v1 Job', ['Job', ['spec', 'template']]],
]);

export function workloadKindOf(apiVersion: string, kind: string): WorkloadKind | undefined {
  return TEMPLATES.get(`${apiVersion} ${kind}`)?.[0];
}

/** Reads the template of a workload. What has another type than it should counts as absent: the API server refuses it. */
export function readPodTemplate(root: Fields, apiVersion: string, kind: string): PodTemplate {
  const [, way = []] = TEMPLATES.get(`${apiVersion} ${kind}`) ?? [];
  const template = way.reduce((fields, key) => fields.objectOrEmpty(key), root);
  const metadata = template.objectOrEmpty('metadata');
  const spec = template.objectOrEmpty('spec');
  return {
    path: way.map((key) => `${key}.`).join(''),
    labels: metadata.labels('labels', { nullAs: '' }),
    annotations: metadata.labels('annotations', { nullAs: '' }),
    hostNetwork: spec.flag('hostNetwork'),
    impostors: ['containers', 'initContainers', 'ephemeralContainers'].flatMap((list) => readImpostors(spec, list)),
  };
}

/** The user and the group of the sidecar (`ISTIO_PROXY_UID`): iptables let their calls go where they want to. */
const PROXY_USER = 1337;

/** What the injection itself adds. */
const PROXY_CONTAINERS = new Set(['istio-proxy', 'istio-validation', 'istio-init']);

function readImpostors(spec: Fields, list: string): readonly Impostor[] {
  const whole = spec.object('securityContext');
  return spec
    .objects(list, (container) => container)
    .flatMap((container, index) => {
      const name = container.text('name') ?? '';
      if (PROXY_CONTAINERS.has(name)) return [];
      const own = container.object('securityContext');
      return ['runAsUser', 'runAsGroup'].flatMap((id) => {
        const isOwn = own?.has(id) === true;
        const user = isOwn ? own.integer(id) : whole?.integer(id);
        if (user !== PROXY_USER) return [];
        return [{ container: name, field: `spec.${isOwn ? `${list}[${index}].` : ''}securityContext.${id}` }];
      });
    });
}
