import fc from 'fast-check';
import t from 'tap';
import {
  covers,
  isWildcard,
  narrower,
  overlaps,
  resolveGateway,
  resolveHost,
  serviceHost,
} from '../../src/mesh/host.js';

t.test('what a name or a wildcard stands for', (t) => {
  const rows: readonly [pattern: string, host: string, covered: boolean, why: string][] = [
    ['e.com', 'e.com', true, 'a name is itself'],
    ['e.com', 'a.e.com', false, 'a name is nothing else'],
    ['e.com', 'E.com', false, 'names are compared with case'],
    ['*.e.com', 'a.e.com', true, 'a wildcard stands for a beginning'],
    ['*.e.com', 'a.b.e.com', true, 'of several labels too'],
    ['*.e.com', 'e.com', false, 'the dot is a part of it'],
    ['*.e.com', '.e.com', true, 'the beginning may be empty'],
    ['*-x.com', 'a-x.com', true, 'it may end within a label'],
    ['*x.com', 'x.com', true, 'and be empty there'],
    ['*', 'e.com', true, 'a bare star stands for all'],
    ['*', '', true, 'and for the empty name'],
    ['*.e.com', '*.e.com', true, 'a wildcard covers itself'],
    ['*.com', '*.e.com', true, 'and a narrower one'],
    ['*.e.com', '*.com', false, 'not a wider one'],
    ['e.com', '*.com', false, 'a name covers no wildcard'],
    ['*.E.com', 'a.e.com', false, 'wildcards are compared with case'],
  ];
  for (const [pattern, host, covered, why] of rows)
    t.equal(covers(pattern, host), covered, `${pattern} ${host}: ${why}`);
  t.ok(isWildcard('*') && isWildcard('*.e.com'));
  t.notOk(isWildcard('e.com'));
  t.end();
});

t.test('two names overlap where one covers the other, and the covered one is the narrower', (t) => {
  t.ok(overlaps('*.com', 'e.com'));
  t.ok(overlaps('e.com', '*.com'));
  t.notOk(overlaps('*.e.com', '*.f.com'));
  t.equal(narrower('*.com', '*.e.com'), '*.e.com');
  t.equal(narrower('a.e.com', '*.e.com'), 'a.e.com');
  t.equal(narrower('e.com', 'e.com'), 'e.com');
  t.end();
});

t.test('covering is an order of sets of names', (t) => {
  const label = fc.constantFrom('a', 'b', 'ab', 'com', 'x-a');
  const name = fc.array(label, { minLength: 1, maxLength: 3 }).map((labels) => labels.join('.'));
  const pattern = fc.oneof(
    name,
    name.map((one) => `*.${one}`),
    name.map((one) => `*${one}`),
    fc.constant('*'),
  );
  fc.assert(
    fc.property(pattern, pattern, name, (wide, narrow, one) => {
      t.notOk(covers(wide, narrow) && covers(narrow, one) && !covers(wide, one), `${wide} > ${narrow} > ${one}`);
      t.notOk(covers(wide, narrow) && covers(narrow, wide) && wide !== narrow, `${wide} and ${narrow}`);
    }),
    { numRuns: 500 },
  );
  t.end();
});

t.test('A9: a destination without a dot is a Service beside its object, any dotted one is left alone', (t) => {
  t.equal(resolveHost('reviews', 'shop', 'cluster.local'), 'reviews.shop.svc.cluster.local');
  t.equal(resolveHost('reviews.shop', 'app', 'cluster.local'), 'reviews.shop', 'a half name is no Service');
  t.equal(resolveHost('e.com', 'app', 'cluster.local'), 'e.com');
  t.equal(resolveHost('*', 'app', 'cluster.local'), '*', 'a bare star is no name');
  t.equal(serviceHost('a', 'b', 'mesh.test'), 'a.b.svc.mesh.test');
  t.end();
});

t.test('A9: the ways to name a Gateway', (t) => {
  const rows: Record<string, string> = {
    egw: 'app/egw',
    'istio-system/egw': 'istio-system/egw',
    'egw.istio-system': 'istio-system/egw',
    'egw.istio-system.svc.cluster.local': 'istio-system/egw',
    mesh: 'mesh',
  };
  for (const [written, meant] of Object.entries(rows)) t.equal(resolveGateway(written, 'app'), meant, written);
  t.end();
});
