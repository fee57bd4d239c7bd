/** Waits for whoever tells the process to stop. */
export interface StopSignal {
  /** The name of the next signal that nobody has been told of yet. */
  next(): Promise<string>;
  /** Gives the signals back to the system, which ends the process at the next one. */
  close(): void;
}

const SIGNALS: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT'];

/** Takes SIGTERM, the kubelet's, and SIGINT, which is Ctrl-C, from now on. */
export function stopSignal(): StopSignal {
  const came: string[] = [];
  const waiting: ((signal: string) => void)[] = [];
  const take = (signal: NodeJS.Signals): void => {
    const tell = waiting.shift();
    if (tell === undefined) came.push(signal);
    else tell(signal);
  };
  for (const signal of SIGNALS) process.on(signal, take);
  return {
    next: () => {
      const signal = came.shift();
      if (signal !== undefined) return Promise.resolve(signal);
      return new Promise((resolve) => waiting.push(resolve));
    },
    close: () => {
      for (const signal of SIGNALS) process.off(signal, take);
    },
  };
}
