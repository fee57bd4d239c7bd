import fc from 'fast-check';
import t from 'tap';
import { crdValidator, type CrdValidator, type Refusal } from './crd-validator.js';
import { faultsOf } from './manifests.js';
import { changed, fieldOf, placesOf, REMOVED, type Place } from './mutations.js';
import { istioCrds, NO_SHARED_FOLDER } from './shared-folder.js';
import { VALID_OBJECTS } from './valid-objects.js';

const KINDS = ['DestinationRule', 'Gateway', 'ServiceEntry', 'Sidecar', 'VirtualService', 'WorkloadEntry'];
const OBJECTS = VALID_OBJECTS.filter(({ kind }) => KINDS.includes(String(kind)));

const VALUES: readonly unknown[] = [
  REMOVED,
  ...[null, true, false, 0, -1, 1, 1.5, 80, 443, 70_000, 2_147_483_648, 4_294_967_295, 4_294_967_296],
  ...['', 'x', '*', 'a*b', '443', 'unix://', 'unix:///', 'unix://x', 'unix:///a', 'unix://@a', '1.2.3.0/24'],
  ...[
    'NONE',
    'STATIC',
    'DNS',
    'DNS_ROUND_ROBIN',
    'DYNAMIC_DNS',
    'SIMPLE',
    'HTTP',
    'ALLOW_ANY',
    'MESH_INTERNAL',
    'http',
  ],
  ...['a'.repeat(63), 'a'.repeat(64), '😀'.repeat(64), 'a'.repeat(256), 'a'.repeat(257), '😀'.repeat(257)],
  ...[[], {}, [null], [{}], ['x'], ['*'], ['a/b', 'c'], new Array(257).fill('x'), new Array(4097).fill({})],
  ...[{ a: 1 }, { a: 'b' }, { a: null }, { a: {} }, { a: '*' }, { '*': 'a' }, { '': 'a' }, { 'a.b': 80 }, { a: 0 }],
  ...[{ exact: 'a', prefix: 'b' }, { exact: null, regex: 'b' }, { host: 'a' }, { number: 80, name: 'http' }],
  Object.fromEntries(Array.from({ length: 129 }, (_, index) => [`k${index}`, 80])),
  Object.fromEntries(Array.from({ length: 257 }, (_, index) => [`k${index}`, 'v'])),
];

/**
 * What the CRDs take and the parsers refuse, because Istio's own validation does: an unknown protocol (`ValidateProtocol`), and
 * a weight below 0 (`validateWeight`).
 */
function isRefusedByIstio({ field, problem }: { readonly field: string; readonly problem: string }): boolean {
  return (
    (/\.ports?(?:\[\d+\])?\.protocol$/.test(field) && problem.startsWith('must be one of HTTP,')) ||
    (/\.route\[\d+\]\.weight$/.test(field) && /not -\d+$/.test(problem))
  );
}

/** Of these fields the parsers ask only whether they are there. */
const ONLY_ASKED_FOR =
  /\/(?:consistentHash|backendUtilization|credentialNames|tlsCertificates|network)(?:\/|$)|\/redirect\/(?:port|derivePort)$/;

/** Says where parser and CRD disagree about the document; undefined where they agree. */
function disagreement(document: unknown, validate: CrdValidator): string | undefined {
  const refusals = validate(document);
  const seen = new Set<string>();
  const faults = faultsOf(watched(document, '', seen));
  if (refusals.length === 0) {
    const strict = faults.filter((fault) => !isRefusedByIstio(fault));
    return strict.length === 0 ? undefined : `the CRD takes it, the parser does not: ${JSON.stringify(strict)}`;
  }
  if (faults.length > 0) return undefined;
  const overlooked = refusals.filter(({ place }) => seen.has(place) && !ONLY_ASKED_FOR.test(`/${place}`));
  return overlooked.length === 0 ? undefined : `the parser read it, the CRD refuses it: ${described(overlooked)}`;
}

function described(refusals: readonly Refusal[]): string {
  return refusals.map(({ place, problem }) => `${place}: ${problem}`).join('; ');
}

/** The document, with a note in `seen` of the way to everything that is looked at. */
function watched(value: unknown, place: string, seen: Set<string>): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const below = (key: string | symbol): string => (place === '' ? String(key) : `${place}/${String(key)}`);
  return new Proxy(value, {
    get: (target, key) => {
      seen.add(below(key));
      return watched(Reflect.get(target, key), below(key), seen);
    },
  });
}

t.test('the parsers take what the CRDs take, and of what they read nothing else', { skip: NO_SHARED_FOLDER }, (t) => {
  const validators = new Map(
    istioCrds()
      .filter(({ spec }) => spec.group === 'networking.istio.io' && KINDS.includes(spec.names.kind))
      .map((crd) => [crd.spec.names.kind, crdValidator(crd)]),
  );
  const validatorFor = (object: (typeof OBJECTS)[number]): CrdValidator => validators.get(String(object['kind']))!;

  t.test('every value in every place', (t) => {
    for (const object of OBJECTS) {
      const validate = validatorFor(object);
      t.same(validate(object), [], `${String(object['kind'])} is valid`);
      let compared = 0;
      for (const place of specPlaces(object)) {
        for (const value of VALUES) {
          compared += 1;
          const said = disagreement(changed(object, place, value), validate);
          if (said !== undefined) t.fail(`${fieldOf(place)} = ${JSON.stringify(value)}: ${said}`);
        }
      }
      t.ok(compared > 500, `${compared} documents`);
    }
    t.end();
  });

  t.test('several values in several places', (t) => {
    const mutation = fc.tuple(fc.nat(), fc.constantFrom(...VALUES));
    fc.assert(
      fc.property(
        fc.constantFrom(...OBJECTS),
        fc.array(mutation, { minLength: 2, maxLength: 4 }),
        (object, mutations) => {
          const document = mutations.reduce<unknown>((mutated, [index, value]) => {
            const places = specPlaces(mutated);
            const place = places[index % places.length];
            return place === undefined ? mutated : changed(mutated, place, value);
          }, object);
          const said = disagreement(document, validatorFor(object));
          if (said !== undefined) throw new Error(`${said} in ${JSON.stringify(document)}`);
        },
      ),
      { numRuns: 3000 },
    );
    t.end();
  });
  t.end();
});

function specPlaces(object: unknown): readonly Place[] {
  return placesOf(object).filter(([first]) => first === 'spec');
}
