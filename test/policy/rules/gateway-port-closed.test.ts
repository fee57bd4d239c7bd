import {
  egressGateway,
  entry,
  gateway,
  gatewayHttp,
  GROUND,
  httpPair,
  meshHttp,
  routes,
  server,
  toGateway,
  toHost,
} from '../manifests.js';
import { testRule, type InvalidCase, type ValidCase } from './rule-table.js';

const plain = entry(['80 HTTP']);
const ports = (...numbers: number[]) => ({
  ports: numbers.map((port) => ({ name: `p${port}`, port, targetPort: port + 8000 })),
});
const client = { namespace: '*' };

const VALID: readonly ValidCase[] = [
  { name: 'a port of the Service', world: [plain], change: { create: httpPair() } },
  {
    name: 'a server by the number of the target port',
    world: [plain],
    ground: [...GROUND.slice(0, 1), gateway({}, { servers: [server(8080, 'HTTP')] }), ...GROUND.slice(2)],
    change: {
      create: routes({
        http: [meshHttp(), { match: [{ gateways: ['egress'], port: 8080 }], route: [toHost(80)] }],
      }),
    },
  },
  {
    name: 'a port that was closed before',
    world: [plain],
    change: {
      update: routes({ http: [{ route: [toGateway(81)] }, gatewayHttp()] }, { labels: { a: 'b' } }),
      from: routes({ http: [{ route: [toGateway(81)] }, gatewayHttp()] }),
    },
  },
  {
    name: 'a subset that is missing: the port is open',
    ground: GROUND.slice(0, 2),
    world: [plain],
    change: { create: httpPair() },
  },
];

const INVALID: readonly InvalidCase[] = [
  {
    name: 'a destination port that the Service does not have',
    world: [plain],
    change: {
      create: routes({ http: [{ match: [{ gateways: ['mesh'], port: 80 }], route: [toGateway(81)] }, gatewayHttp()] }),
    },
    findings: [
      {
        severity: 'warning',
        reason: 'no-service-port',
        object: 'VirtualService shop/cnn',
        field: 'spec.http[0].route[0].destination.port',
        host: 'cnn.com',
        port: 80,
        client,
        says: ['port 81 of the gateway istio-system/istio-egressgateway', 'only 80, 443', 'give the Service port 81'],
      },
    ],
  },
  {
    name: 'a port taken out of the Service',
    ground: GROUND.slice(1),
    world: [plain, httpPair()],
    change: { update: egressGateway(ports(443)), from: egressGateway() },
    findings: [
      {
        severity: 'warning',
        reason: 'no-service-port',
        object: 'Service istio-system/istio-egressgateway',
        field: 'spec.ports',
        host: 'cnn.com',
        port: 80,
        client,
        says: ['only 443'],
      },
    ],
  },
  {
    name: 'a server on a port that the Service does not open',
    world: [plain, httpPair()],
    change: { update: gateway({}, { servers: [server(15443, 'HTTP')] }), from: gateway() },
    findings: [
      {
        severity: 'warning',
        reason: 'server-port',
        object: 'Gateway shop/egress',
        field: 'spec.servers[0].port.number',
        host: 'cnn.com',
        port: 80,
        client,
        says: ['serves cnn.com on port 15443', 'does not open, only 80, 443'],
      },
    ],
  },
  {
    name: 'only those requests that go to the closed port',
    world: [plain, httpPair()],
    change: {
      update: routes({
        http: [
          {
            match: [{ gateways: ['mesh'], port: 80, headers: { canary: { exact: 'yes' } } }],
            route: [toGateway(8080)],
          },
          meshHttp(),
          gatewayHttp(),
        ],
      }),
      from: httpPair(),
    },
    findings: [
      {
        severity: 'warning',
        reason: 'no-service-port',
        object: 'VirtualService shop/cnn',
        field: 'spec.http[0].route[0].destination.port',
        host: 'cnn.com',
        port: 80,
        client,
        says: ['calls to cnn.com:80 with header "canary" equal to "yes" from every namespace fail'],
      },
    ],
  },
];

testRule('gateway-port-closed', VALID, INVALID);
