import type { Trail } from '../../../src/routing/trail.js';

const nothing = (): void => undefined;

/** Listens to nothing: a trace that has a trail takes every step, and answers nothing from what is kept of common hosts. */
export const DEAF: Trail = {
  sidecar: nothing,
  listener: nothing,
  chain: nothing,
  virtualHost: nothing,
  behind: () => DEAF,
  arrival: nothing,
  server: nothing,
  domain: nothing,
  ended: nothing,
};
