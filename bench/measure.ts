/** How often a second of processor time `once` can run, seen over so many milliseconds of it. */
export function rate(once: (index: number) => void, milliseconds: number): number {
  let done = 0;
  let batch = 1;
  const start = processorTime();
  for (;;) {
    for (const end = done + batch; done < end; done++) once(done);
    const used = processorTime() - start;
    if (used >= milliseconds) return (done / used) * 1000;
    // Looking at the clock costs as much as a trace: look seldom, but never run far over.
    batch = Math.max(1, Math.min(2 * batch, Math.floor((done / Math.max(used, 1)) * (milliseconds / 4))));
  }
}

/**
 * Milliseconds of processor time, of all threads of the process: other processes on the machine do not count, and what the garbage
 * collector does beside does.
 */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** The better half of several figures, its middle: what is left of them when the machine was disturbed. */
export function steady(figures: readonly number[]): number {
  const best = [...figures].sort((a, b) => b - a);
  return best[Math.floor(best.length / 4)] ?? 0;
}

/** Bytes on the heap once all garbage is gone. */
export function heapBytes(): number {
  const { gc } = globalThis;
  if (gc === undefined) throw new Error('run it with node --expose-gc: without, garbage would be counted');
  gc();
  gc();
  return process.memoryUsage().heapUsed;
}

/** Indices that look random and are the same in every run. */
export function* indices(seed = 1): Generator<number, never> {
  let state = seed;
  for (;;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state >>> 4;
  }
}
