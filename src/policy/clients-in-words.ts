import { OTHER, type ClientClass } from '../routing/classes.js';
import type { Labels } from '../mesh/metadata.js';

/**
 * Who is concerned, as a sentence names them behind "from": `every namespace`, `namespaces billing and shop`, `pods with app=web in
 * namespace shop`, `every namespace but shop`.
 *
 * @param peers - every client that was asked, the concerned among them
 */
export function clientsInWords(concerned: readonly ClientClass[], peers: readonly ClientClass[]): string {
  const namespaces = groupsOf(concerned, peers);
  if (namespaces.every(isWhole)) return 'every namespace';
  const everywhere = namespaces.map(podsOf);
  if (namespaces.some(({ name }) => name === OTHER) && everywhere.every((words) => words === everywhere[0])) {
    return `${everywhere[0] ?? ''} in every namespace`;
  }
  const others = namespaces.find(({ name }) => name === OTHER);
  const partial = namespaces.filter((one) => one.concerned.length > 0 && !isWhole(one));
  const parts = partial.map((one) => `${podsOf(one)} in ${namespaceWords(one.name)}`);
  if (others !== undefined && isWhole(others)) {
    const spared = namespaces.filter((one) => !isWhole(one)).map(({ name }) => name);
    return listed([`every namespace but ${listed(spared)}`, ...parts]);
  }
  const whole = namespaces.filter(isWhole).map(({ name }) => name);
  const first = whole.length === 0 ? [] : [`${whole.length === 1 ? 'namespace' : 'namespaces'} ${listed(whole)}`];
  return listed([...first, ...parts]);
}

interface NamespaceGroup {
  readonly name: string;
  readonly concerned: readonly Labels[];
  readonly spared: readonly Labels[];
}

function groupsOf(concerned: readonly ClientClass[], peers: readonly ClientClass[]): readonly NamespaceGroup[] {
  const hit = new Set(concerned.map(keyOf));
  const all = new Map([...peers, ...concerned].map((one) => [keyOf(one), one]));
  const groups = new Map<string, { name: string; concerned: Labels[]; spared: Labels[] }>();
  for (const [key, { namespace, labels }] of all) {
    const group = groups.get(namespace) ?? { name: namespace, concerned: [], spared: [] };
    groups.set(namespace, group);
    (hit.has(key) ? group.concerned : group.spared).push(labels);
  }
  return [...groups.values()];
}

/** What tells two clients apart. */
function keyOf({ namespace, labels }: ClientClass): string {
  return `${namespace} ${pairsOf(labels)}`;
}

function isWhole({ spared }: NamespaceGroup): boolean {
  return spared.length === 0;
}

function namespaceWords(name: string): string {
  return name === OTHER ? 'every other namespace' : `namespace ${name}`;
}

/** Which pods of a namespace: by the labels that the concerned have, or that they lack. */
function podsOf({ concerned, spared }: NamespaceGroup): string {
  if (spared.length === 0) return 'all pods';
  if (concerned.length === 0) return 'no pods';
  const plain = concerned.some((labels) => Object.keys(labels).length === 0);
  const words = essential(plain ? spared : concerned);
  if (words.length > MOST_LABELS) return 'some pods';
  return `pods ${plain ? 'without' : 'with'} ${words.join(' or ')}`;
}

const MOST_LABELS = 2;

/** The label sets that need no other of them: a pod with both labels is a pod with one. */
function essential(sets: readonly Labels[]): readonly string[] {
  const words = sets.map((labels) => Object.entries(labels));
  const isWithin = (inner: readonly [string, string][], outer: readonly [string, string][]): boolean =>
    inner.length < outer.length &&
    inner.every(([key, value]) => outer.some(([other, its]) => other === key && its === value));
  return words.filter((outer) => !words.some((inner) => isWithin(inner, outer))).map((pairs) => textOf(pairs));
}

function pairsOf(labels: Labels): string {
  return textOf(Object.entries(labels).sort());
}

function textOf(pairs: readonly (readonly [string, string])[]): string {
  return pairs.map(([key, value]) => `${key}=${value}`).join(',');
}

/** `a`, `a and b`, `a, b, c and 4 more`. */
function listed(words: readonly string[]): string {
  const told = words.slice(0, MOST_WORDS);
  if (words.length > MOST_WORDS) return `${told.join(', ')} and ${words.length - MOST_WORDS} more`;
  const last = told.pop();
  return told.length === 0 ? (last ?? '') : `${told.join(', ')} and ${last ?? ''}`;
}

const MOST_WORDS = 3;
