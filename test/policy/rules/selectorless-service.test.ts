import { entry, gatewayHttp, httpPair, meshHttp, routes, service, toHost } from '../manifests.js';
import { testRule, type InvalidCase, type ValidCase } from './rule-table.js';

const selectorless = service({ clusterIP: '10.96.0.20' });
const selecting = service({ clusterIP: '10.96.0.20', selector: { app: 'reviews' } });
const toReviews = routes({
  http: [meshHttp(), gatewayHttp(), { match: [{ gateways: ['mesh'], port: 8080 }], route: [toHost(80, 'reviews')] }],
});
const plain = entry(['80 HTTP']);

const VALID: readonly ValidCase[] = [
  { name: 'a Service of pods', change: { create: selecting } },
  {
    name: 'an ExternalName',
    change: { create: service({ type: 'ExternalName', externalName: 'a.shop.svc.cluster.local' }) },
  },
  { name: 'what was so already', change: { update: selectorless, from: selectorless } },
  { name: 'one that goes', change: { delete: selectorless } },
  {
    name: "the API server's own",
    change: { create: service({ clusterIP: '10.96.0.1' }, { name: 'kubernetes', namespace: 'default' }) },
  },
  { name: 'routes to a Service of pods', world: [plain, selecting], change: { create: toReviews } },
];

const INVALID: readonly InvalidCase[] = [
  {
    name: 'no selector',
    change: { create: selectorless },
    findings: [
      {
        severity: 'warning',
        reason: 'endpoints-unknown',
        object: 'Service shop/reviews',
        field: 'spec.selector',
        says: ['its endpoints can be any addresses', 'ServiceEntry'],
      },
    ],
  },
  {
    name: 'an empty selector is none',
    change: { create: service({ clusterIP: '10.96.0.20', selector: {} }) },
    findings: [
      { severity: 'warning', reason: 'endpoints-unknown', object: 'Service shop/reviews', field: 'spec.selector' },
    ],
  },
  {
    name: 'a selector taken away',
    change: { update: selectorless, from: selecting },
    findings: [
      { severity: 'warning', reason: 'endpoints-unknown', object: 'Service shop/reviews', field: 'spec.selector' },
    ],
  },
  {
    name: 'a route that leads to one',
    world: [plain, selectorless],
    change: { update: toReviews, from: httpPair() },
    findings: [
      {
        severity: 'warning',
        reason: 'destination',
        object: 'VirtualService shop/cnn',
        field: 'spec.http[2].route[0].destination.host',
        says: ['Service shop/reviews'],
      },
    ],
  },
];

testRule('selectorless-service', VALID, INVALID);
