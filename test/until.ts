import { setTimeout as pause } from 'node:timers/promises';

const PATIENCE = 20_000;
const LOOK_EVERY = 5;

/** Resolves as soon as `condition` holds; fails when it has not held for a long time. Tests wait with it, never by a sleep. */
export async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + PATIENCE;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`waited in vain: ${what}`);
    await pause(LOOK_EVERY);
  }
}
