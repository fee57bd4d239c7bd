import { createServer } from 'node:https';
import { handlersFor } from '../src/commands/handlers.js';
import { selfSignedSource } from '../src/certificates/self-signed.js';
import type { CertificatePair } from '../src/certificates/source.js';
import type { World } from '../src/mesh/world/world.js';
import { DEFAULT_POLICY } from '../src/policy/policy.js';
import { secureContextOptions } from '../src/server/tls.js';
import { startServer } from '../src/server/start.js';
import { createLogger } from '../src/telemetry/logger.js';
import { Metrics } from '../src/telemetry/metrics.js';
import { KINDS, meshFor } from './admission-world.js';
import { heapBytes } from './measure.js';

/*
 * One server in a process of its own, told by its arguments what to be: `echo`, a bare node:https server that parses a body and sends it
 * back, or `sallyport OBJECTS KIND OPERATION`, an admission server over a mesh of about so many objects that is to be asked about that. It says its port when it listens, and its memory when it is asked.
 */

async function main([what, objects = '0', named, operation = '']: readonly string[]): Promise<void> {
  const certificates = selfSignedSource({ hosts: ['127.0.0.1'] });
  await certificates.start();
  const pair = certificates.current();
  const kind = KINDS.find((one) => one === named) ?? 'ServiceEntry';
  const port = what === 'echo' ? await echo(pair) : await sallyport(pair, meshFor(Number(objects), kind, operation));
  process.on('message', () => process.send?.({ heap: heapBytes(), resident: process.memoryUsage().rss }));
  process.send?.({ port });
}

function echo(pair: CertificatePair): Promise<number> {
  const server = createServer(secureContextOptions(pair, undefined), (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = JSON.stringify(JSON.parse(Buffer.concat(chunks).toString('utf8')));
      response.setHeader('content-type', 'application/json');
      response.end(body);
    });
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}

async function sallyport(pair: CertificatePair, world: World): Promise<number> {
  const metrics = new Metrics();
  const { address } = await startServer({
    host: '127.0.0.1',
    port: 0,
    metricsPort: 0,
    certificate: pair,
    handlers: handlersFor({
      world,
      policy: () => DEFAULT_POLICY,
      age: () => 0,
      apply: () => Promise.resolve(),
      comesAbout: true,
    }),
    onError: () => 'deny',
    metrics,
    onAnswered: (answered) => {
      metrics.answered(answered);
    },
    readiness: () => [],
    logger: createLogger(),
  });
  return address.port;
}

await main(process.argv.slice(2));
