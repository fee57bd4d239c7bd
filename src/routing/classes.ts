import type { Labels } from '../mesh/metadata.js';
import type { World } from '../mesh/world/world.js';
import { CallWay, type Target } from './classes/call-way.js';
import { ChoiceFinder } from './classes/choices.js';
import { distinctChoices, labelSets, outcomeOf, type Choice } from './classes/label-sets.js';
import { claimedNamespaces } from './classes/namespaces.js';
import { OTHER } from './classes/other.js';
import { SidecarProxy } from './sidecar/sidecar-proxy.js';

export { OTHER };

/** Pods that no object tells apart for a host and a port: what happens to one of them happens to all. */
export interface ClientClass {
  /** `OTHER` stands for every namespace that has no class of its own. */
  readonly namespace: string;
  /** The labels of one of these pods. */
  readonly labels: Labels;
  /** In words: `pods with app=web in shop`, `every other namespace`. */
  readonly description: string;
}

export interface ClientClasses {
  readonly all: readonly ClientClass[];
  /**
   * The namespaces some pods of which are in no class, since objects tell too many kinds of them apart: what happens to these pods is
   * not known. `OTHER` may be among them. Empty: every pod there can be is in one of the classes.
   */
  readonly incomplete: readonly string[];
  /** The class of a pod; undefined for one of those that are in none. */
  of(namespace: string, labels: Labels): ClientClass | undefined;
}

/**
 * The clients that can differ for calls to a host and a port (and to an address, where one is given), whatever their protocol.
 * Namespaces differ by what they own, by what is private to them or exported to them by name on the way, by their Sidecars and
 * DestinationRules, by what a short name means in them and by `sourceNamespace`; pods of one namespace by the labels that Sidecars,
 * DestinationRules and `sourceLabels` select.
 */
export function classes(world: World, host: string, port: number, address?: string): ClientClasses {
  return clientClasses([world], { host, port, address });
}

/** The representatives of `clientClasses`. */
export function classesOf(
  worlds: readonly World[],
  host: string,
  port: number,
  address: string | undefined,
): readonly ClientClass[] {
  return clientClasses(worlds, { host, port, address }).all;
}

/** The classes of the pods of one namespace in any of several worlds: as many as they are in `clientClasses`, at the price of one. */
export function classesIn(worlds: readonly World[], target: Target, namespace: string): readonly ClientClass[] {
  const finders = worlds.map((world) => new ChoiceFinder(new CallWay(new SidecarProxy(world, OTHER, {}), target)));
  return [...groupOf(finders, namespace, namespace).classes.values()];
}

/** The clients that can differ in any of several worlds: each class of each world is a union of these. */
export function clientClasses(worlds: readonly World[], target: Target): ClientClasses {
  const namespaces = new Set<string>();
  const finders = worlds.map((world) => {
    const others = new SidecarProxy(world, OTHER, {});
    const way = new CallWay(others, target);
    for (const namespace of claimedNamespaces(way, others)) namespaces.add(namespace);
    return new ChoiceFinder(way);
  });
  const groups = new Map<string, Group>();
  const others = namespaces.size === 0 ? 'every namespace' : 'every other namespace';
  for (const namespace of [...[...namespaces].sort(), OTHER]) {
    groups.set(namespace, groupOf(finders, namespace, namespace === OTHER ? others : namespace));
  }
  return {
    all: [...groups.values()].flatMap((group) => [...group.classes.values()]),
    incomplete: [...groups].filter(([, { complete }]) => !complete).map(([namespace]) => namespace),
    of(namespace, labels) {
      const group = groups.get(namespace) ?? groups.get(OTHER);
      return group?.classes.get(outcomeOf(group.choices, labels));
    },
  };
}

/** The classes of one namespace. */
interface Group {
  readonly choices: readonly Choice[];
  /** By how the choices fall out. */
  readonly classes: ReadonlyMap<string, ClientClass>;
  readonly complete: boolean;
}

/** A bound on what somebody's many selectors can cost. */
const MOST_CLASSES = 128;

/** @param where - the namespace in words */
function groupOf(finders: readonly ChoiceFinder[], namespace: string, where: string): Group {
  const found = finders.map((finder) => finder.choicesIn(namespace, MOST_CLASSES));
  const choices = distinctChoices(found.flatMap((one) => one.choices));
  const { sets, complete } = labelSets(choices, MOST_CLASSES);
  const whole = namespace === OTHER ? where : `pods in ${where}`;
  const classes = new Map(
    sets.map((labels) => {
      const description = sets.length === 1 && complete ? whole : `${podsWith(labels)} in ${where}`;
      return [outcomeOf(choices, labels), { namespace, labels, description }];
    }),
  );
  return { choices, classes, complete: complete && found.every((one) => one.complete) };
}

function podsWith(labels: Labels): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return pairs.length === 0 ? 'other pods' : `pods with ${pairs.sort().join(',')}`;
}
