import autocannon from 'autocannon';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { KINDS, reviews, type Kind } from './admission-world.js';

const SIZES = [400, 40_000];
const CONNECTIONS = 10;
const SECONDS = 4;
/** Until every body was judged once in the world as it then is. */
const WARM_UP = 4;
/** The median of so many. */
const ROUNDS = 3;

const OPERATIONS = ['CREATE', 'UPDATE'] as const;
/** Of which the rate counts; of the others the slowest answers. */
const RATED: readonly Kind[] = ['ServiceEntry', 'VirtualService'];

/** Reviews a second beside a bare HTTPS server that echoes the same bodies, in turns with it. */
export async function benchAdmission(print: (line: string) => void): Promise<void> {
  const echo = await server(['echo']);
  print('objects  operation               reviews/s  echo/s   ratio     p99 ms');
  for (const objects of SIZES) {
    for (const kind of KINDS) {
      for (const operation of OPERATIONS) {
        if (operation === 'CREATE' && !RATED.includes(kind)) continue;
        const judge = await server(['sallyport', String(objects), kind, operation]);
        await line(
          print,
          `${String(objects).padEnd(8)} ${`${operation} ${kind}`.padEnd(23)}`,
          reviews(kind, operation),
          judge,
          echo,
        );
        if (kind === 'Sidecar') print(await memory(judge, objects));
        judge.child.kill();
      }
    }
  }
  echo.child.kill();
}

interface Server {
  readonly child: ChildProcess;
  readonly port: number;
}

async function line(
  print: (line: string) => void,
  title: string,
  bodies: readonly string[],
  judge: Server,
  echo: Server,
): Promise<void> {
  await load(judge, bodies, WARM_UP);
  const rounds = [];
  for (let round = 0; round < ROUNDS; round++) {
    const plain = await load(echo, bodies, SECONDS);
    const judged = await load(judge, bodies, SECONDS);
    rounds.push({ plain: plain.requests.average, judged: judged.requests.average, p99: judged.latency.p99 });
  }
  rounds.sort((a, b) => a.judged / a.plain - b.judged / b.plain);
  const { plain, judged, p99 } = rounds[Math.floor(ROUNDS / 2)]!;
  const figures = [Math.round(judged), Math.round(plain), (judged / plain).toFixed(2), p99];
  print(title + figures.map((figure) => String(figure).padStart(9)).join(''));
}

async function load({ port }: Server, bodies: readonly string[], duration: number): Promise<autocannon.Result> {
  const result = await autocannon({
    url: `https://127.0.0.1:${port}`,
    connections: CONNECTIONS,
    duration,
    requests: bodies.map((body) => ({
      method: 'POST',
      path: '/validate?timeout=5s',
      headers: { 'content-type': 'application/json' },
      body,
    })),
    tlsOptions: { rejectUnauthorized: false },
  });
  if (result.non2xx + result.errors > 0)
    throw new Error(`${result.non2xx} answers were no answers, ${result.errors} failed`);
  return result;
}

async function server(what: readonly string[]): Promise<Server> {
  const child = fork(fileURLToPath(new URL('./admission-server.js', import.meta.url)), what, {
    execArgv: ['--expose-gc'],
    stdio: ['ignore', 'inherit', 'ignore', 'ipc'],
  });
  const [message] = (await once(child, 'message')) as [{ readonly port: number }];
  return { child, port: message.port };
}

async function memory({ child }: Server, objects: number): Promise<string> {
  child.send('memory');
  const [message] = (await once(child, 'message')) as [{ readonly heap: number; readonly resident: number }];
  const [heap, resident] = [message.heap, message.resident].map((bytes) => `${Math.round(bytes / 1e6)} MB`);
  return `memory after a full collection with ${objects} objects: heap ${heap}, resident ${resident}`;
}
