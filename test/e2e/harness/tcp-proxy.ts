import { connect, createServer, type Server, type Socket } from 'node:net';

/** A way to a loopback port that can be cut, or swallow all that is sent without a word. */
export class TcpProxy {
  readonly #server: Server;
  readonly #target: number;
  readonly #sockets = new Set<Socket>();
  #swallowing = false;
  #refusing = false;

  private constructor(target: number) {
    this.#target = target;
    this.#server = createServer((client) => {
      this.#carry(client);
    });
  }

  static async start(target: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(target);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the proxy does not listen');
    return address.port;
  }

  /** How many clients are connected. */
  get clients(): number {
    return this.#sockets.size / 2;
  }

  /** Breaks every connection. New ones are carried. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** Whether new connections are broken as soon as they come. */
  refuse(refusing: boolean): void {
    this.#refusing = refusing;
    if (refusing) this.cut();
  }

  /**
   * Whether nothing is carried any more, while all connections stay open and new ones are taken: what a lost route or a
   * firewall that has forgotten a connection looks like. What was swallowed is lost, so afterwards the connections
   * of that time stay dead.
   */
  swallow(swallowing: boolean): void {
    this.#swallowing = swallowing;
    if (swallowing) for (const socket of this.#sockets) socket.unpipe().resume();
  }

  async stop(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #carry(client: Socket): void {
    if (this.#refusing) {
      client.resetAndDestroy();
      return;
    }
    const upstream = connect(this.#target, '127.0.0.1');
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      this.#sockets.add(one);
      one.on('error', () => undefined);
      one.on('close', () => {
        this.#sockets.delete(one);
        if (!this.#swallowing) other.destroy();
      });
      if (this.#swallowing) one.resume();
      else one.pipe(other);
    }
  }
}
