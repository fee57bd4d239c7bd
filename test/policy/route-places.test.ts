import t from 'tap';
import { placeAt, placesOf } from '../../src/policy/route-places.js';
import { objectChange } from './judgement.js';
import { routes, toGateway, toHost } from './manifests.js';

const { object } = objectChange({
  create: routes({
    http: [
      { redirect: { authority: 'a.com' } },
      {
        route: [
          { ...toHost(80), weight: 90 },
          { ...toGateway(80), weight: 10 },
        ],
        mirror: { host: 'b.com' },
        mirrorPercentage: { value: 5 },
        mirrors: [{ destination: { host: 'c.com' } }],
      },
    ],
    tls: [{ match: [{ sniHosts: ['cnn.com'] }], route: [toHost(443)] }],
    tcp: [{ route: [toHost(3306)] }],
  }),
});
if (object?.kind !== 'VirtualService') throw new Error('it is a VirtualService');
const route = object;

t.test('every destination and mirror, in the order written, under the name that a trace gives it', (t) => {
  t.strictSame(
    placesOf(route).map(({ section, rule, field, weight, destination }) => [
      section,
      rule,
      field,
      weight,
      destination.host.slice(0, 5),
    ]),
    [
      ['http', 1, 'spec.http[1].route[0].destination', 90, 'cnn.c'],
      ['http', 1, 'spec.http[1].route[1].destination', 10, 'istio'],
      ['http', 1, 'spec.http[1].mirror', 5, 'b.com'],
      ['http', 1, 'spec.http[1].mirrors[0].destination', 100, 'c.com'],
      ['tls', 0, 'spec.tls[0].route[0].destination', 0, 'cnn.c'],
      ['tcp', 0, 'spec.tcp[0].route[0].destination', 0, 'cnn.c'],
    ],
  );
  t.end();
});

t.test('a field finds its place, and nothing else does', (t) => {
  for (const place of placesOf(route)) t.strictSame(placeAt(route, place.field), place);
  for (const field of ['spec.http[0].redirect', 'spec.http', 'spec.http[1].route[2].destination', '']) {
    t.equal(placeAt(route, field), undefined, field);
  }
  t.end();
});
