import fc from 'fast-check';
import t from 'tap';
import { HELD_KINDS } from '../../src/mesh/held-kinds.js';
import { ManifestError } from '../../src/mesh/manifest-error.js';
import { OLDEST } from '../../src/mesh/metadata.js';
import { deprecatedSpellings, readObject, refOf } from '../../src/mesh/read-object.js';
import { faultsOf } from './manifests.js';
import { changed, fieldOf, placesOf, valueAt } from './mutations.js';
import { VALID_OBJECTS } from './valid-objects.js';

/** Reads the document; true unless anything but a ManifestError comes out. */
function isSafe(document: unknown): boolean {
  refOf(document);
  deprecatedSpellings(document);
  try {
    readObject(document, OLDEST);
    return true;
  } catch (error) {
    return error instanceof ManifestError && error.faults.length > 0 && error.faults.every(({ field }) => field !== '');
  }
}

const FIELD_NAMES = [
  ...new Set(VALID_OBJECTS.flatMap((object) => placesOf(object).flat()).filter((key) => typeof key === 'string')),
  ...['__proto__', 'constructor', 'sni_hosts', 'mirror_percent', '', 'length'],
];

/** JSON made of the fields that the parsers know, in all the wrong places. */
const { json } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 6, withCrossShrink: true },
    fc.constantFrom<unknown>(
      null,
      true,
      0,
      -1,
      443,
      1.5,
      4_294_967_296,
      '',
      'text',
      'HTTP',
      '*',
      'NONE',
      'unix://',
      'a/b',
    ),
    fc.string(),
    fc.double(),
    fc.array(tie('json'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...FIELD_NAMES), tie('json'), { maxKeys: 8, noNullPrototype: false }),
  ),
}));

t.test('arbitrary JSON is read or refused, and nothing else happens', (t) => {
  const kinds = fc.constantFrom(...HELD_KINDS);
  fc.assert(
    fc.property(kinds, json, json, ({ group, versions, kind }, spec, metadata) => {
      const apiVersion = [group, versions[0]].filter((part) => part !== '').join('/');
      return (
        isSafe({ apiVersion, kind, spec, metadata }) && isSafe({ apiVersion, kind, spec, metadata: { name: 'a' } })
      );
    }),
    { numRuns: 5000 },
  );
  fc.assert(fc.property(fc.oneof(json, fc.anything({ withNullPrototype: true, withBigInt: true })), isSafe), {
    numRuns: 2000,
  });
  t.end();
});

/** Without null, which stands for absence. */
const OTHER_TYPES: readonly unknown[] = [true, 443, 1.5, 'a text', [], ['a'], {}, { a: 'b' }, [{}]];

function typeOf(value: unknown): string {
  return Array.isArray(value) ? 'list' : typeof value;
}

t.test('a leaf of another type is named, or is none that is read', (t) => {
  for (const object of VALID_OBJECTS) {
    t.same(faultsOf(object), []);
    const leaves = placesOf(object).filter((place) => typeof valueAt(object, place) !== 'object' && place.length > 1);
    for (const place of leaves) {
      const was = typeOf(valueAt(object, place));
      for (const value of OTHER_TYPES.filter((other) => typeOf(other) !== was)) {
        const faults = faultsOf(changed(object, place, value));
        if (faults.length > 0 && !faults.some(({ field }) => field === fieldOf(place))) {
          t.fail(`${fieldOf(place)} = ${JSON.stringify(value)}: ${JSON.stringify(faults)}`);
        }
      }
    }
    t.ok(leaves.length > 0, `${String(object['kind'])}: ${leaves.length} leaves`);
  }
  t.end();
});

t.test('the order of keys decides nothing', (t) => {
  const objects = fc.constantFrom(...VALID_OBJECTS);
  fc.assert(
    fc.property(objects, fc.nat(), (object, seed) => {
      t.same(readObject(shuffled(object, seed), OLDEST), readObject(object, OLDEST));
    }),
    { numRuns: 100 },
  );
  t.end();
});

function shuffled(value: unknown, seed: number): unknown {
  if (Array.isArray(value)) return value.map((item) => shuffled(item, seed));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]): [string, unknown] => [key, shuffled(inner, seed)]);
  return Object.fromEntries(entries.sort(([a], [b]) => rank(a, seed) - rank(b, seed)));
}

function rank(key: string, seed: number): number {
  return Array.from(key).reduce((sum, unit) => (Math.imul(sum, 31) + (unit.codePointAt(0) ?? 0)) | 0, seed);
}
