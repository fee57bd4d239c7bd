import { entry, fullPair, httpPair, sidecar, toGateway, routes } from '../manifests.js';
import { testRule, type InvalidCase, type ValidCase } from './rule-table.js';

const SHOP = { namespace: 'shop' };
const EVERYBODY = { namespace: '*' };
const opening = sidecar({ outboundTrafficPolicy: { mode: 'ALLOW_ANY' } });
const plain = entry(['80 HTTP']);

const VALID: readonly ValidCase[] = [
  {
    name: 'a Sidecar that refuses what nothing declares',
    world: [plain, httpPair()],
    change: { create: sidecar({ outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' } }) },
  },
  {
    name: 'a Sidecar that names a policy and no mode: that is REGISTRY_ONLY',
    world: [plain, httpPair()],
    change: { create: sidecar({ outboundTrafficPolicy: {} }) },
  },
  {
    name: 'a Sidecar that inherits',
    world: [plain, httpPair()],
    change: { create: sidecar({ egress: [{ hosts: ['*/*'] }] }) },
  },
  {
    name: 'what a Sidecar lets out already',
    world: [plain, httpPair()],
    change: {
      update: { ...opening, metadata: { name: 'default', namespace: 'shop', labels: { a: 'b' } } },
      from: opening,
    },
  },
  {
    name: 'an open mesh, whose host is routed',
    mesh: { outboundTrafficPolicy: 'ALLOW_ANY' },
    world: [httpPair()],
    change: { create: plain },
  },
];

const INVALID: readonly InvalidCase[] = [
  {
    name: 'a Sidecar that opens a mesh that refuses',
    world: [plain, httpPair()],
    change: { create: opening },
    findings: [
      {
        reason: 'sidecar-opens',
        object: 'Sidecar shop/default',
        field: 'spec.outboundTrafficPolicy',
        host: '*',
        port: 80,
        client: SHOP,
        says: ['calls to undeclared hosts on port 80 from namespace shop', 'REGISTRY_ONLY'],
      },
      // Not its HTTP, which is routed: other bytes on the port.
      {
        reason: 'sidecar-opens',
        object: 'Sidecar shop/default',
        field: 'spec.outboundTrafficPolicy',
        host: 'cnn.com',
        port: 80,
        client: SHOP,
      },
    ],
  },
  {
    name: 'a Sidecar for some pods',
    world: [plain, httpPair()],
    change: {
      create: sidecar({
        workloadSelector: { labels: { app: 'web' } },
        outboundTrafficPolicy: { mode: 'ALLOW_ANY' },
      }),
    },
    findings: ['*', 'cnn.com'].map((host) => ({
      reason: 'sidecar-opens',
      object: 'Sidecar shop/default',
      field: 'spec.outboundTrafficPolicy',
      host,
      port: 80,
      client: { namespace: 'shop', labels: { app: 'web' } },
      says: ['from pods with app=web in namespace shop'],
    })),
  },
  {
    name: 'the same in a mesh that lets everything out is a warning: nothing is lost by it',
    mesh: { outboundTrafficPolicy: 'ALLOW_ANY' },
    ground: [],
    world: [
      plain,
      sidecar({ outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' } }, { creationTimestamp: '2024-01-01T00:00:00Z' }),
    ],
    change: { delete: sidecar({ outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' } }, { name: 'a' }) },
    findings: [],
  },
  {
    name: 'the strict Sidecar of an open mesh deleted',
    mesh: { outboundTrafficPolicy: 'ALLOW_ANY' },
    world: [plain, httpPair()],
    change: { delete: sidecar({ outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' } }) },
    findings: ['*', 'cnn.com'].map((host) => ({
      severity: 'warning',
      reason: 'mesh-allows',
      object: 'Sidecar shop/default',
      field: 'spec',
      host,
      port: 80,
      client: SHOP,
      says: ['the mesh lets out whatever nothing declares'],
    })),
  },
  {
    name: 'the entry of an open mesh deleted: the host becomes one that nobody knows',
    mesh: { outboundTrafficPolicy: 'ALLOW_ANY' },
    world: [fullPair()],
    change: { delete: entry(['443 TLS']) },
    findings: [
      {
        severity: 'warning',
        reason: 'mesh-allows',
        object: 'ServiceEntry shop/cnn',
        field: 'spec',
        host: 'cnn.com',
        port: 443,
        client: EVERYBODY,
      },
    ],
  },
  {
    name: 'a Sidecar that opens an open mesh once more',
    mesh: { outboundTrafficPolicy: 'ALLOW_ANY' },
    world: [plain, routes({ http: [{ match: [{ gateways: ['mesh'] }], route: [toGateway(80)] }] })],
    change: {
      update: opening,
      from: sidecar({ outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' } }),
    },
    findings: ['*', 'cnn.com'].map((host) => ({
      severity: 'warning',
      reason: 'sidecar-opens',
      object: 'Sidecar shop/default',
      field: 'spec.outboundTrafficPolicy',
      host,
      port: 80,
      client: SHOP,
    })),
  },
];

testRule('outbound-any', VALID, INVALID);
