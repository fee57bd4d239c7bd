import type { Destination, VirtualService } from '../mesh/kinds/virtual-service.js';

export type Section = 'http' | 'tls' | 'tcp';

export const SECTIONS: readonly Section[] = ['http', 'tls', 'tcp'];

/** One destination as it stands in a VirtualService. */
export interface RoutePlace {
  readonly section: Section;
  /** The place of its rule in the section. */
  readonly rule: number;
  readonly destination: Destination;
  /** Its share of the calls, as written. */
  readonly weight: number;
  /** `spec.http[0].route[1].destination`: as the ways of a trace name it. */
  readonly field: string;
}

/** Every destination and mirror of a VirtualService, in the order written. */
export function placesOf({ spec }: VirtualService): readonly RoutePlace[] {
  return SECTIONS.flatMap((section) =>
    spec[section].flatMap((rule, index) => {
      const base = `spec.${section}[${index}]`;
      const routes = rule.route.map(({ destination, weight }, at) => ({
        section,
        rule: index,
        destination,
        weight,
        field: `${base}.route[${at}].destination`,
      }));
      const mirrors = 'mirrors' in rule ? rule.mirrors : [];
      const copies = mirrors.map(({ destination, percentage, field }) => ({
        section,
        rule: index,
        destination,
        weight: percentage,
        field: `${base}.${field}`,
      }));
      return [...routes, ...copies];
    }),
  );
}

/** The destination that a way's field names; undefined for whatever else decides a way: a redirect, an answer, nothing. */
export function placeAt(route: VirtualService, field: string): RoutePlace | undefined {
  return placesOf(route).find((place) => place.field === field);
}
