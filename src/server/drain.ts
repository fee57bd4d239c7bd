import type { FastifyInstance } from 'fastify';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '../telemetry/logger.js';

export interface DrainTimes {
  /**
   * Milliseconds for which the server goes on accepting though it says that it is not ready: so long it takes until the
   * last client has heard of it.
   */
  readonly announce: number;
  /** Milliseconds for what runs when the doors have closed; then connections are cut. */
  readonly finish: number;
  /**
   * Milliseconds without a running request after which the connections that are left are cut: long enough for one whose
   * handshake was under way when the doors closed to say its request, and for the last answer to be written out.
   */
  readonly silence: number;
}

export interface Drain {
  readonly draining: () => boolean;
  /** Resolves when the last connection is closed; a second call waits for the same end. */
  readonly drain: () => Promise<void>;
  /** The end at once: what runs is cut. */
  readonly close: () => Promise<void>;
}

/** Milliseconds between two looks at whether the connections that are left have gone silent. */
const LOOK_EVERY = 50;

/**
 * The orderly end: say that it is near, close connections one by one after their next answer, shut the doors, finish what
 * runs. Must be added before any route.
 */
export function addDrain(app: FastifyInstance, server: Server, times: DrainTimes, logger: Logger): Drain {
  let end: Promise<void> | undefined;
  let running = 0;
  let lastSign = 0;
  const sockets = new Set<Socket>();

  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });

  app.addHook('onRequest', (_request, reply, done) => {
    running += 1;
    // Comes once for every answer: when it is sent, and when the client has hung up.
    reply.raw.once('close', () => {
      running -= 1;
      lastSign = performance.now();
    });
    done();
  });

  app.addHook('onSend', (_request, reply, payload, done) => {
    // Idle connections cannot be closed without a race against the client's next request; this asks the client to.
    if (end !== undefined) reply.header('connection', 'close');
    done(null, payload);
  });

  function cutAll(): void {
    for (const socket of sockets) socket.destroy();
  }

  async function run(): Promise<void> {
    logger.info({ announceMs: times.announce, running }, 'draining');
    await pause(times.announce);
    lastSign = performance.now();
    const late = setTimeout(() => {
      logger.warn({ running, connections: sockets.size }, 'connections cut: they were not done in time');
      cutAll();
    }, times.finish);
    const silent = setInterval(() => {
      if (running === 0 && performance.now() - lastSign >= times.silence) cutAll();
    }, LOOK_EVERY);
    try {
      await app.close();
    } finally {
      clearTimeout(late);
      clearInterval(silent);
    }
    logger.info('drained');
  }

  return {
    draining: () => end !== undefined,
    drain: () => (end ??= run()),
    close: async () => {
      // First the doors: Fastify runs its hooks before it shuts them.
      server.close();
      cutAll();
      await app.close();
    },
  };
}
