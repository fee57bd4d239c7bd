import { deployment, INJECTED, namespace, pod, templateOf, type PodDocument } from '../kubernetes-manifests.js';
import type { Document } from '../manifests.js';
import { testRule, type InvalidCase, type ValidCase } from './rule-table.js';

const EXCLUDE_PORTS = 'traffic.sidecar.istio.io/excludeOutboundPorts';
const EXCLUDE_RANGES = 'traffic.sidecar.istio.io/excludeOutboundIPRanges';
const INCLUDE_RANGES = 'traffic.sidecar.istio.io/includeOutboundIPRanges';
const INCLUDE_PORTS = 'traffic.sidecar.istio.io/includeOutboundPorts';
const INTERFACES = 'traffic.sidecar.istio.io/excludeInterfaces';
const MODE = 'sidecar.istio.io/interceptionMode';
const INJECT = 'sidecar.istio.io/inject';

const open = deployment({ annotations: { [EXCLUDE_PORTS]: '443' } });

function harmless(name: string, template: PodDocument): ValidCase {
  return { name, world: [INJECTED], change: { create: deployment(template) } };
}

const VALID: readonly ValidCase[] = [
  harmless('a plain workload', {}),
  harmless('a sidecar that is asked for', { labels: { [INJECT]: 'true' } }),
  harmless('empty annotations', { annotations: { [EXCLUDE_PORTS]: '', [EXCLUDE_RANGES]: ' ', [INTERFACES]: '' } }),
  harmless('addresses of the cluster', { annotations: { [EXCLUDE_RANGES]: '10.1.0.0/16, 192.168.3.4/32' } }),
  harmless('all addresses', { annotations: { [INCLUDE_RANGES]: '*' } }),
  harmless('ports that are taken besides', { annotations: { [INCLUDE_PORTS]: '443' } }),
  harmless('the usual modes', { annotations: { [MODE]: 'TPROXY' } }),
  harmless('the label before the annotation', { labels: { [INJECT]: 'true' }, annotations: { [INJECT]: 'false' } }),
  harmless('the sidecar itself', {
    spec: { containers: [{ name: 'istio-proxy', securityContext: { runAsUser: 1337, runAsGroup: 1337 } }] },
  }),
  harmless('a user of the pod that its containers override', {
    spec: {
      securityContext: { runAsUser: 1337 },
      containers: [{ name: 'web', securityContext: { runAsUser: 1000 } }],
    },
  }),
  harmless('fields of the wrong type: the API server refuses them', {
    spec: { hostNetwork: 'yes', containers: 'many', securityContext: [] },
  }),
  { name: 'a namespace without sidecars', change: { create: open } },
  {
    name: 'a namespace that wants none',
    world: [namespace({ 'istio-injection': 'disabled', 'istio.io/rev': 'default' })],
    change: { create: open },
  },
  { name: 'what was so already', world: [INJECTED], change: { update: open, from: open } },
  { name: 'a workload that goes', world: [INJECTED], change: { delete: open } },
  { name: 'a new namespace without sidecars', change: { create: namespace({ 'istio-injection': 'disabled' }) } },
  {
    name: 'a namespace that goes from a label to a revision',
    change: { update: namespace({ 'istio.io/rev': 'default' }), from: INJECTED },
  },
  { name: 'a namespace that goes', change: { delete: INJECTED } },
];

function harmful(
  name: string,
  template: PodDocument,
  reason: string,
  field: string,
  says: readonly string[] = [],
): InvalidCase {
  return {
    name,
    world: [INJECTED],
    change: { create: deployment(template) },
    findings: [{ severity: 'warning', reason, object: 'Deployment shop/web', field: `spec.template.${field}`, says }],
  };
}

function annotated(key: string, value: string): PodDocument {
  return { annotations: { [key]: value } };
}

function at(key: string): string {
  return `metadata.annotations["${key}"]`;
}

const bypassing = annotated(EXCLUDE_PORTS, '443');

function controller(apiVersion: string, kind: string, spec: Document): Document {
  return { apiVersion, kind, metadata: { name: 'web', namespace: 'shop' }, spec };
}

const CONTROLLERS: readonly Document[] = [
  controller('apps/v1', 'StatefulSet', { template: templateOf(bypassing) }),
  controller('apps/v1', 'DaemonSet', { template: templateOf(bypassing) }),
  controller('apps/v1', 'ReplicaSet', { template: templateOf(bypassing) }),
  controller('v1', 'ReplicationController', { template: templateOf(bypassing) }),
  controller('batch/v1', 'Job', { template: templateOf(bypassing) }),
];

const INVALID: readonly InvalidCase[] = [
  harmful('no sidecar, by label', { labels: { [INJECT]: 'false' } }, 'no-sidecar', `metadata.labels["${INJECT}"]`, [
    'remove sidecar.istio.io/inject',
  ]),
  harmful('no sidecar, by annotation', annotated(INJECT, 'no'), 'no-sidecar', at(INJECT)),
  harmful('the network of the node', { spec: { hostNetwork: true } }, 'host-network', 'spec.hostNetwork'),
  harmful('nothing intercepted', annotated(MODE, 'NONE'), 'not-intercepted', at(MODE)),
  harmful('ports', bypassing, 'excluded-ports', at(EXCLUDE_PORTS), ['the ports 443']),
  harmful(
    'outside addresses',
    annotated(EXCLUDE_RANGES, '10.0.0.0/8,203.0.113.0/24'),
    'excluded-addresses',
    at(EXCLUDE_RANGES),
  ),
  harmful('more than the cluster', annotated(EXCLUDE_RANGES, '10.0.0.0/7'), 'excluded-addresses', at(EXCLUDE_RANGES)),
  harmful('what is no address', annotated(EXCLUDE_RANGES, '*'), 'excluded-addresses', at(EXCLUDE_RANGES)),
  harmful('interfaces', annotated(INTERFACES, 'eth1'), 'excluded-interfaces', at(INTERFACES)),
  harmful('no addresses at all', annotated(INCLUDE_RANGES, ''), 'narrowed-addresses', at(INCLUDE_RANGES)),
  harmful('some addresses', annotated(INCLUDE_RANGES, '10.0.0.0/8'), 'narrowed-addresses', at(INCLUDE_RANGES)),
  harmful(
    'a container as the sidecar',
    { spec: { containers: [{ name: 'web' }, { name: 'curl', securityContext: { runAsUser: 1337 } }] } },
    'proxy-user',
    'spec.containers[1].securityContext.runAsUser',
    ['the container curl'],
  ),
  harmful(
    'a pod as the group of the sidecar',
    { spec: { securityContext: { runAsGroup: 1337 }, initContainers: [{ name: 'istio-proxy' }] } },
    'proxy-user',
    'spec.securityContext.runAsGroup',
  ),
  {
    name: 'several at once',
    world: [INJECTED],
    change: { create: deployment({ ...bypassing, spec: { hostNetwork: true } }) },
    findings: [
      {
        severity: 'warning',
        reason: 'excluded-ports',
        object: 'Deployment shop/web',
        field: `spec.template.${at(EXCLUDE_PORTS)}`,
      },
      {
        severity: 'warning',
        reason: 'host-network',
        object: 'Deployment shop/web',
        field: 'spec.template.spec.hostNetwork',
      },
    ],
  },
  {
    name: 'a pod by itself, in a namespace of a revision',
    world: [namespace({ 'istio.io/rev': 'stable' })],
    change: { create: pod(bypassing) },
    findings: [{ severity: 'warning', reason: 'excluded-ports', object: 'Pod shop/web', field: at(EXCLUDE_PORTS) }],
  },
  {
    name: 'a pod that asks for its sidecar in a namespace without',
    change: { create: pod({ ...bypassing, labels: { [INJECT]: 'true' } }) },
    findings: [{ severity: 'warning', reason: 'excluded-ports', object: 'Pod shop/web', field: at(EXCLUDE_PORTS) }],
  },
  {
    name: 'a debugging container as the sidecar',
    world: [INJECTED],
    change: {
      update: pod({ spec: { ephemeralContainers: [{ name: 'debug', securityContext: { runAsUser: 1337 } }] } }),
      from: pod({}),
    },
    findings: [
      {
        severity: 'warning',
        reason: 'proxy-user',
        object: 'Pod shop/web',
        field: 'spec.ephemeralContainers[0].securityContext.runAsUser',
      },
    ],
  },
  {
    name: 'one port more',
    world: [INJECTED],
    change: { update: deployment(annotated(EXCLUDE_PORTS, '443,80')), from: open },
    findings: [
      {
        severity: 'warning',
        reason: 'excluded-ports',
        object: 'Deployment shop/web',
        field: `spec.template.${at(EXCLUDE_PORTS)}`,
      },
    ],
  },
  ...CONTROLLERS.map((create): InvalidCase => ({
    name: String(create['kind']),
    world: [INJECTED],
    change: { create },
    findings: [
      {
        severity: 'warning',
        reason: 'excluded-ports',
        object: `${String(create['kind'])} shop/web`,
        field: `spec.template.${at(EXCLUDE_PORTS)}`,
      },
    ],
  })),
  {
    name: 'CronJob',
    world: [INJECTED],
    change: {
      create: controller('batch/v1', 'CronJob', { jobTemplate: { spec: { template: templateOf(bypassing) } } }),
    },
    findings: [
      {
        severity: 'warning',
        reason: 'excluded-ports',
        object: 'CronJob shop/web',
        field: `spec.jobTemplate.spec.template.${at(EXCLUDE_PORTS)}`,
      },
    ],
  },
  {
    name: 'a namespace that loses its label',
    change: { update: namespace({}), from: INJECTED },
    findings: [
      {
        severity: 'warning',
        reason: 'namespace-off',
        object: 'Namespace /shop',
        field: 'metadata.labels',
        says: ['keep the label istio-injection: enabled'],
      },
    ],
  },
  {
    name: 'a namespace that is switched off',
    change: {
      update: namespace({ 'istio-injection': 'disabled', 'istio.io/rev': 'stable' }),
      from: namespace({ 'istio-injection': 'enabled', 'istio.io/rev': 'stable' }),
    },
    findings: [
      {
        severity: 'warning',
        reason: 'namespace-off',
        object: 'Namespace /shop',
        field: 'metadata.labels["istio-injection"]',
      },
    ],
  },
  {
    name: 'a namespace that leaves ambient mode',
    change: {
      update: namespace({ 'istio.io/dataplane-mode': 'none' }),
      from: namespace({ 'istio.io/dataplane-mode': 'ambient' }),
    },
    findings: [
      {
        severity: 'warning',
        reason: 'namespace-off',
        object: 'Namespace /shop',
        field: 'metadata.labels["istio.io/dataplane-mode"]',
      },
    ],
  },
];

testRule('pod-bypass', VALID, INVALID);
