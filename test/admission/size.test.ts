import t from 'tap';
import { oversize } from '../../src/admission/size.js';

const many = (count: number, make: (index: number) => unknown): readonly unknown[] =>
  Array.from({ length: count }, (_, index) => make(index));

t.test('an object of a size that people write is judged', (t) => {
  const hosts = many(1000, (index) => `h${index}.example.com`);
  t.equal(oversize({ spec: { hosts } }), undefined, 'a thousand hosts');
  const http = many(1000, () => ({ match: [{ gateways: ['mesh'] }], route: [{ destination: { host: 'a' } }] }));
  t.equal(oversize({ spec: { hosts: ['a.com'], http } }), undefined, 'a thousand rules');
  t.equal(
    oversize({ spec: { hosts: ['a.com'], http: [{ match: [{ uri: { prefix: 'x'.repeat(2_000_000) } }] }] } }),
    undefined,
    'a long text',
  );
  t.end();
});

t.test('one that nobody could judge in time is refused, with what to do', (t) => {
  const refusals = [
    { hosts: many(1001, (index) => `h${index}.example.com`) },
    { hosts: ['*.a.com'], tls: [{ match: [{ sniHosts: many(1001, (index) => `h${index}.a.com`) }] }] },
    { hosts: ['*.a.com'], tls: [{ match: [{ sni_hosts: many(1001, (index) => `h${index}.a.com`) }] }] },
    { tcp: [{ match: [{ destinationSubnets: many(1001, () => '10.0.0.0/8') }] }] },
    { http: many(6000, () => ({ route: [] })) },
    { http: [{ match: many(6000, () => ({})) }] },
    { servers: many(1001, () => ({ hosts: ['a.com'] })) },
  ];
  for (const spec of refusals) t.match(oversize({ spec }), { field: 'spec', problem: /too many .* split it/ });
  t.end();
});

t.test('what is no object has no size', (t) => {
  for (const document of [
    null,
    7,
    'text',
    [],
    {},
    { spec: null },
    { spec: { hosts: 'a.com', http: [7, null, { match: 'x' }] } },
  ]) {
    t.equal(oversize(document), undefined);
  }
  t.end();
});
