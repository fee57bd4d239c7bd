import t from 'tap';
import { ManifestError } from '../../src/mesh/manifest-error.js';
import { OLDEST, YOUNGEST } from '../../src/mesh/metadata.js';
import { deprecatedSpellings, readObject, refOf } from '../../src/mesh/read-object.js';
import { faultsOf, manifest, read, told } from './manifests.js';
import { VALID_OBJECTS } from './valid-objects.js';

/** As it comes over the wire: such a text can hold keys that no object literal can. */
function parsed(text: string): unknown {
  return JSON.parse(text);
}

t.test('reads every version of the kinds that the world holds, and no other', (t) => {
  for (const version of ['v1', 'v1beta1', 'v1alpha3']) {
    const document = { ...manifest('Gateway'), apiVersion: `networking.istio.io/${version}` };
    t.equal(readObject(document, OLDEST)?.apiVersion, `networking.istio.io/${version}`);
  }
  for (const document of VALID_OBJECTS) t.equal(readObject(document, OLDEST)?.kind, document['kind']);
  const strangers: unknown[] = [
    { ...manifest('Gateway'), apiVersion: 'gateway.networking.k8s.io/v1' },
    { ...manifest('Gateway'), apiVersion: 'networking.istio.io/v2' },
    { ...manifest('Gateway'), kind: 'gateway' },
    { apiVersion: 'v1', kind: 'Pod', metadata: { name: 5 } },
    { apiVersion: 5, kind: 'Gateway' },
    { kind: 'Gateway' },
    {},
    [],
    null,
    undefined,
    'text',
    42,
  ];
  for (const document of strangers) t.equal(readObject(document, OLDEST), undefined, JSON.stringify(document));
  t.end();
});

t.test('reads metadata', (t) => {
  const full = {
    labels: { 'app.kubernetes.io/name': 'cnn', nothing: null },
    annotations: { note: 'text', 'kubectl.kubernetes.io/last-applied-configuration': '{"a":"long text"}' },
    creationTimestamp: '2024-01-01T00:00:05Z',
    deletionTimestamp: '2024-01-02T00:00:00Z',
    uid: 'ignored',
  };
  t.same(read('Gateway', {}, full).metadata, {
    namespace: 'shop',
    name: 'cnn',
    labels: { 'app.kubernetes.io/name': 'cnn', nothing: '' },
    annotations: { note: 'text' },
    createdAt: Date.UTC(2024, 0, 1, 0, 0, 5),
    deleting: true,
  });
  t.same(read('Gateway', {}, { creationTimestamp: null, labels: null, namespace: null }).metadata, {
    namespace: 'default',
    name: 'cnn',
    labels: {},
    annotations: {},
    createdAt: OLDEST,
    deleting: false,
  });
  t.equal(readObject(manifest('Gateway'), YOUNGEST)?.metadata.createdAt, YOUNGEST);
  t.equal(read('Namespace', undefined, { namespace: 'x' }).metadata.namespace, '', 'a Namespace is in none');
  t.equal(read('Gateway', {}, { name: undefined, generateName: 'cnn-' }).metadata.name, 'cnn-');
  t.equal(
    read('Gateway', {}, { creationTimestamp: '2024-01-01T01:00:00.5+01:00' }).metadata.createdAt,
    Date.UTC(2024, 0, 1, 0, 0, 0, 500),
  );
  t.same(told({ ...manifest('Gateway'), metadata: undefined }), ['metadata is required']);
  t.same(told(manifest('Gateway', {}, { name: '' })), ['metadata.name is required']);
  t.same(told(manifest('Gateway', {}, { name: 5, labels: { 'a/b': 1, c: true }, creationTimestamp: 'yesterday' })), [
    'metadata.name must be text, not 5',
    'metadata.labels["a/b"] must be text, not 1',
    'metadata.labels.c must be text, not true',
    'metadata.creationTimestamp must be a time such as 2024-01-31T12:00:00Z, not "yesterday"',
  ]);
  t.end();
});

t.test('names objects without reading them', (t) => {
  t.same(refOf(manifest('ServiceEntry', 'broken')), {
    apiVersion: 'networking.istio.io/v1',
    kind: 'ServiceEntry',
    namespace: 'shop',
    name: 'cnn',
  });
  t.same(refOf({ ...manifest('ServiceEntry'), metadata: 5 }), {
    apiVersion: 'networking.istio.io/v1',
    kind: 'ServiceEntry',
    namespace: 'default',
    name: '',
  });
  t.same(refOf({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'shop' } }), {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    namespace: 'shop',
    name: 'web',
  });
  t.same(refOf({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', namespace: 'x' } })?.namespace, '');
  for (const document of [null, undefined, 5, 'a', [], {}, { kind: 'Gateway' }, { apiVersion: 1, kind: 2 }]) {
    t.equal(refOf(document), undefined);
  }
  t.end();
});

t.test('says everything that is wrong with an object at once', (t) => {
  const document = manifest('ServiceEntry', {
    hosts: [1],
    ports: [{ number: '80' }],
    resolution: 'x',
    exportTo: 1,
    location: 1,
  });
  try {
    readObject(document, OLDEST);
    t.fail('was read');
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    t.equal(error.code, 'manifest-invalid');
    t.same(error.ref, refOf(document));
    t.same(
      error.faults.map(({ field }) => field).sort(),
      ['exportTo', 'hosts[0]', 'location', 'ports[0].name', 'ports[0].number', 'resolution'].map(
        (name) => `spec.${name}`,
      ),
    );
    t.match(error.message, /^ServiceEntry shop\/cnn cannot be read: .*; and 1 more$/);
  }
  t.equal(faultsOf(manifest('VirtualService', { hosts: new Array(100_000).fill(0) })).length, 100, 'within reason');
  t.end();
});

t.test('reads the spellings of 2019 where the new one is missing', (t) => {
  const old = manifest('VirtualService', {
    export_to: ['.'],
    tls: [{ match: [{ sni_hosts: ['a'], source_labels: { app: 'web' }, destination_subnets: ['10.0.0.0/8'] }] }],
    tcp: [{ match: [{ destination_subnets: ['a'], destinationSubnets: ['b'] }] }],
  });
  const object = readObject(old, OLDEST);
  t.match(object, {
    spec: {
      exportTo: ['.'],
      tls: [{ match: [{ sniHosts: ['a'], sourceLabels: { app: 'web' }, destinationSubnets: ['10.0.0.0/8'] }] }],
      tcp: [{ match: [{ destinationSubnets: ['b'] }] }],
    },
  });
  t.same(deprecatedSpellings(old), [
    { field: 'spec.tls[0].match[0].sni_hosts', instead: 'sniHosts' },
    { field: 'spec.tls[0].match[0].source_labels', instead: 'sourceLabels' },
    { field: 'spec.tls[0].match[0].destination_subnets', instead: 'destinationSubnets' },
    { field: 'spec.export_to', instead: 'exportTo' },
  ]);
  t.match(
    readObject(
      manifest('DestinationRule', {
        host: 'a',
        traffic_policy: { load_balancer: { simple: 'PASSTHROUGH' }, port_level_settings: [{ port: { number: 1 } }] },
        workload_selector: {},
      }),
      OLDEST,
    ),
    { spec: { trafficPolicy: { loadBalancer: { simple: 'PASSTHROUGH' }, portLevelSettings: [{ port: 1 }] } } },
  );
  t.same(
    told(manifest('VirtualService', { tls: [{ match: [{ sni_hosts: [5] }] }] })),
    ['spec.tls[0].match[0].sni_hosts[0] must be text, not 5'],
    'a fault names the field as it is written',
  );
  t.same(deprecatedSpellings(manifest('VirtualService', { tls: 5 })), []);
  for (const document of [null, 5, {}, manifest('Service', { external_name: 'a' })])
    t.same(deprecatedSpellings(document), []);
  t.end();
});

t.test('is not misled by the keys of an attacker', (t) => {
  const document = parsed(
    `{"apiVersion":"networking.istio.io/v1","kind":"VirtualService","__proto__":{"polluted":true},
      "metadata":{"name":"a","labels":{"__proto__":"x","constructor":"y"}},
      "spec":{"http":[{"match":[{"headers":{"__proto__":{"exact":"a"},"constructor":{"exact":"b"}},"sourceLabels":{"__proto__":"a"}}],
        "headers":{"request":{"set":{"__proto__":"h"}}}}]}}`,
  );
  const object = readObject(document, OLDEST);
  if (object?.kind !== 'VirtualService') throw new Error('was not read');
  t.same(Object.keys(object.metadata.labels), ['__proto__', 'constructor']);
  t.equal(object.metadata.labels['__proto__'], 'x');
  const match = object.spec.http[0]?.match[0];
  t.same(Object.entries(match?.headers ?? {}), [
    ['__proto__', { type: 'exact', value: 'a' }],
    ['constructor', { type: 'exact', value: 'b' }],
  ]);
  t.same(Object.entries(match?.sourceLabels ?? {}), [['__proto__', 'a']]);
  t.equal(Object.hasOwn(Object.prototype, 'polluted'), false);
  for (const key of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) {
    t.equal(read('ServiceEntry', { hosts: ['a'] }).metadata.labels[key], undefined, `no label ${key}`);
    t.equal(read('Gateway', { selector: { a: 'b' } }).spec.selector[key], undefined, `no selector ${key}`);
  }
  const inherited: unknown = Object.assign(
    Object.create({ spec: { hosts: ['inherited'] } }) as object,
    manifest('ServiceEntry'),
    {
      spec: undefined,
    },
  );
  t.same(told(inherited), ['spec is required']);
  t.throws(() => Object.assign(read('Gateway').spec.selector, { a: 'b' }), 'what all share is frozen');
  t.end();
});

t.test('repeats little of what an attacker wrote', (t) => {
  const long = 'x'.repeat(1_000_000);
  const faults = faultsOf(
    manifest('ServiceEntry', {
      hosts: ['a'],
      resolution: long,
      workloadSelector: { labels: { [long]: 5, 'a\nb': 5 } },
    }),
  );
  t.equal(faults.length, 3);
  for (const { field, problem } of faults) {
    t.ok(field.length < 150 && problem.length < 300);
    t.notMatch(field, '\n', 'on one line');
  }
  t.end();
});

t.test('reads large and deep documents in good time', (t) => {
  const rule = {
    match: [{ headers: { a: { exact: 'b' } }, uri: { prefix: '/a' } }],
    route: [{ destination: { host: 'a.b' } }],
  };
  const text = JSON.stringify(manifest('VirtualService', { hosts: ['a.b'], http: new Array(20_000).fill(rule) }));
  t.ok(text.length > 2_000_000);
  const document = parsed(text);
  readObject(document, OLDEST);
  const start = process.hrtime.bigint();
  readObject(document, OLDEST);
  // It takes about 30 ms; the bound is wide enough for a busy machine and too narrow for anything quadratic.
  t.ok(process.hrtime.bigint() - start < 1_000_000_000n);
  const deep = parsed(
    `{"apiVersion":"networking.istio.io/v1","kind":"VirtualService","metadata":{"name":"a"},"spec":{"http":${'['.repeat(5000)}${']'.repeat(5000)}}}`,
  );
  t.same(told(deep), ['spec.http[0] must be an object, not a list']);
  t.end();
});

t.test('keeps nothing of the document but its texts', (t) => {
  for (const document of VALID_OBJECTS) {
    const before = JSON.stringify(document);
    const kept = new Set(nodesOf(readObject(document, OLDEST)));
    t.notOk(
      nodesOf(document).some((node) => kept.has(node)),
      String(document['kind']),
    );
    t.equal(JSON.stringify(document), before, 'and leaves it as it was');
  }
  t.end();
});

function nodesOf(value: unknown): readonly object[] {
  if (typeof value !== 'object' || value === null) return [];
  return [value, ...Object.values(value).flatMap(nodesOf)];
}
