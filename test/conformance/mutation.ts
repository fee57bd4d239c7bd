import type { Random } from './random.js';

/** A place in a document, and the container that holds it. */
interface Place {
  readonly container: Container;
  readonly key: string;
}

type Container = Record<string, unknown> | unknown[];

/**
 * Changes one place of a JSON document, or two or three: drops, doubles, swaps or retypes what stands there, or spoils its text or number.
 *
 * @param grafts - values of other documents, by the name of their field: what may take the place of a value of that field
 */
export function mutate(document: unknown, random: Random, grafts: Grafts): unknown {
  const changed = structuredClone(document);
  for (let left = random.pick([1, 1, 1, 2, 3]); left > 0; left--) {
    const places = placesOf(changed);
    if (places.length > 0) change(random.pick(places), random, grafts);
  }
  return changed;
}

/** What documents hold under each name of a field. */
export type Grafts = ReadonlyMap<string, readonly unknown[]>;

export function graftsOf(documents: readonly unknown[]): Grafts {
  const grafts = new Map<string, unknown[]>();
  for (const document of documents) {
    for (const { container, key } of placesOf(document)) {
      const name = Array.isArray(container) ? '[]' : key;
      const values = grafts.get(name) ?? [];
      values.push(valueAt({ container, key }));
      grafts.set(name, values);
    }
  }
  return grafts;
}

/** Every text of a document: hosts, addresses, names to call. */
export function textsOf(document: unknown): readonly string[] {
  return placesOf(document)
    .map(valueAt)
    .filter((value) => typeof value === 'string');
}

function placesOf(document: unknown): readonly Place[] {
  const places: Place[] = [];
  const walk = (value: unknown): void => {
    if (!isContainer(value)) return;
    for (const key of Object.keys(value)) {
      places.push({ container: value, key });
      walk(valueAt({ container: value, key }));
    }
  };
  walk(document);
  return places;
}

function isContainer(value: unknown): value is Container {
  return typeof value === 'object' && value !== null;
}

function valueAt({ container, key }: Place): unknown {
  return Array.isArray(container) ? container[Number(key)] : container[key];
}

function put({ container, key }: Place, value: unknown): void {
  if (Array.isArray(container)) container[Number(key)] = value;
  // As JSON.parse does it: a key `__proto__` is a key as any other.
  else Object.defineProperty(container, key, { value, writable: true, enumerable: true, configurable: true });
}

function change(place: Place, random: Random, grafts: Grafts): void {
  const { container, key } = place;
  const value = valueAt(place);
  switch (random.below(12)) {
    case 0:
    case 1:
      if (Array.isArray(container)) container.splice(Number(key), 1);
      else Reflect.deleteProperty(container, key);
      return;
    case 2:
    case 3:
      double(place, value, random);
      return;
    case 4:
      put(place, structuredClone(random.pick(ODD_VALUES)));
      return;
    case 5:
    case 6:
    case 7:
    case 8: {
      const others = grafts.get(Array.isArray(container) ? '[]' : key);
      put(place, structuredClone(others === undefined ? null : random.pick(others)));
      return;
    }
    default:
      put(place, spoilt(value, random));
  }
}

/** The item once more in its list; a field once more under another name. */
function double({ container }: Place, value: unknown, random: Random): void {
  if (Array.isArray(container)) container.splice(random.below(container.length + 1), 0, structuredClone(value));
  else put({ container, key: random.pick([...Object.keys(container), ...ODD_KEYS]) }, structuredClone(value));
}

function spoilt(value: unknown, random: Random): unknown {
  if (typeof value === 'string') return spoiltText(value, random);
  if (typeof value === 'number') return random.pick([value + 1, -value, value / 3, value * 1e300, 0, ...ODD_NUMBERS]);
  if (typeof value === 'boolean') return !value;
  return Array.isArray(value) ? random.shuffled(value as unknown[]) : structuredClone(random.pick(ODD_VALUES));
}

function spoiltText(text: string, random: Random): string {
  const at = random.below(text.length + 1);
  switch (random.below(8)) {
    case 0:
      return text.slice(0, at) + random.pick(ODD_TEXTS) + text.slice(at);
    case 1:
      return random.pick(ODD_TEXTS);
    case 2:
      return text.toUpperCase();
    case 3:
      return `*${text.slice(at)}`;
    case 4:
      return `${text}.`;
    case 5:
      return text.slice(0, at);
    case 6:
      return `${text}/${random.below(140)}`;
    default:
      return text.slice(at) + text.slice(0, at);
  }
}

const ODD_TEXTS = [
  '',
  ' ',
  '*',
  '.',
  '..',
  '/',
  '~',
  '~/*',
  '*/*',
  './*',
  '*.com',
  '*m',
  '**',
  'mesh',
  '\u0000',
  '\ud800',
  '\udfff\ud800',
  '\u202egro.elpmaxe',
  'İ',
  'ß.DE',
  'ﬀ',
  '你好.example.com',
  '😀',
  'e\u0301',
  '%',
  '::',
  '::ffff:10.0.0.1',
  '0.0.0.0/0',
  '::/0',
  '10.0.0.1',
  '203.0.113.7',
  '__proto__',
  'constructor',
  'toString',
  'istio-egressgateway',
  'istio-egressgateway.istio-system.svc.cluster.local',
  'a'.repeat(10_000),
  '.'.repeat(1_000),
];

const ODD_NUMBERS = [-1, 1e308, Number.MAX_SAFE_INTEGER + 2, 4_294_967_296, 65_536, 0.5, 443, 80, 3306];

const ODD_KEYS = ['__proto__', 'constructor', 'hasOwnProperty', '', '你', 'sni_hosts', 'export_to'];

const ODD_VALUES: readonly unknown[] = [
  null,
  true,
  false,
  0,
  '',
  '80',
  'true',
  [],
  {},
  [null],
  [[]],
  [{}],
  { number: 443 },
  ['*'],
  ['.'],
  ['~'],
  [''],
  { '': '' },
  // As JSON.parse makes it: an own key.
  JSON.parse('{"__proto__": {"polluted": "yes"}}'),
  { constructor: { prototype: {} } },
  ...ODD_NUMBERS,
];
