import { Command, Option } from 'commander';
import type { Finding } from '../policy/finding.js';
import type { Policy } from '../policy/policy.js';
import { startServer, type RunningServer } from '../server/start.js';
import { createLogger, type Logger } from '../telemetry/logger.js';
import { Metrics } from '../telemetry/metrics.js';
import { readClientCa } from './client-ca.js';
import { clusterWorldSource } from './cluster-source.js';
import { fileWorldSource } from './file-source.js';
import { followPolicy } from './followed-policy.js';
import { handlersFor } from './handlers.js';
import { InputError } from './input-error.js';
import { invitation } from './invitation.js';
import { logLevel } from './log-level.js';
import { kubeconfigOptions, policyOption, port, repeated } from './options.js';
import { servingCertificate } from './serving-certificate.js';
import { stopSignal, type StopSignal } from './stop-signal.js';
import type { ExitCode, Terminal } from './terminal.js';
import type { WorldSource } from './world-source.js';

interface ServeFlags {
  readonly manifests?: readonly string[];
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly policy?: string;
  readonly host: string;
  readonly port: number;
  readonly metricsPort: number;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly clientCa?: string;
}

export function serveCommand(terminal: Terminal, end: (code: ExitCode) => void): Command {
  const command = new Command('serve')
    .description('Answers admission reviews over HTTPS: about the objects of a cluster, or of files.')
    .addOption(
      repeated(
        '--manifests <path>',
        'a file or folder with the objects of the mesh, or - for standard input',
      ).conflicts(['kubeconfig', 'context']),
    );
  for (const option of kubeconfigOptions()) command.addOption(option);
  return command
    .addOption(policyOption())
    .addOption(new Option('--host <host>', 'the name or address to listen on').default('127.0.0.1'))
    .addOption(port('--port <port>', 'the port for reviews, HTTPS; 0 takes a free one', 8443))
    .addOption(port('--metrics-port <port>', 'the port for metrics and probes, HTTP; 0 takes a free one', 9090))
    .addOption(new Option('--tls-cert <file>', 'the certificate to serve with, PEM with its chain'))
    .addOption(new Option('--tls-key <file>', 'its key, PEM'))
    .addOption(new Option('--client-ca <file>', 'ask clients for a certificate that one of these CAs has signed, PEM'))
    .action(async (flags: ServeFlags) => {
      end(await serve(flags, terminal));
    });
}

/** Serves until it is told to stop. Throws the errors of the rooms for what cannot be used, before it listens. */
async function serve(flags: ServeFlags, terminal: Terminal): Promise<ExitCode> {
  checkTls(flags);
  const logger = createLogger({ level: logLevel(process.env['SALLYPORT_LOG_LEVEL']) });
  const metrics = new Metrics();
  const stop = stopSignal();
  const closers: (() => Promise<void>)[] = [];
  try {
    const policy = await followPolicy(flags.policy, logger, () => {
      metrics.reloadFailed('policy');
    });
    closers.push(() => policy.close());
    const { source, size } = await openWorld(flags, () => policy.current(), terminal, logger, metrics);
    closers.push(() => source.close());
    policy.onChange(({ mesh }) => {
      source.settle(mesh);
    });
    // The file may have changed while the world was read.
    source.settle(policy.current().mesh);
    metrics.observe({ world: source.world, kinds: () => source.kinds() });
    const certificate = await servingCertificate({
      ...flags,
      logger,
      onFailure: () => {
        metrics.reloadFailed('certificate');
      },
    });
    closers.push(() => certificate.close());
    const server = await startServer({
      host: flags.host,
      port: flags.port,
      metricsPort: flags.metricsPort,
      certificate: certificate.source.current(),
      ...(flags.clientCa === undefined ? {} : { clientCa: await readClientCa(flags.clientCa) }),
      handlers: handlersFor({
        world: source.world,
        policy: () => policy.current(),
        age: () => source.age(),
        apply: (manifest, asking) => source.apply(manifest, asking),
        comesAbout: flags.manifests === undefined,
        onHeld: (object, waitsFor) => {
          logger.info({ object, waitsFor }, flags.manifests === undefined ? 'entry held' : 'entry would be held');
        },
      }),
      onError: () => policy.current().failure.onError,
      readiness: () => source.readiness(),
      onAnswered: (answered) => {
        metrics.answered(answered);
      },
      metrics,
      // Behind a Service it takes a while until clients have heard; a server over files has none to tell.
      ...(flags.manifests === undefined ? {} : { drain: { announce: 0 } }),
      logger,
    });
    closers.push(() => server.close());
    certificate.source.onChange((pair) => {
      server.setCertificate(pair);
    });
    const address = urlOf(server.address.host, server.address.port);
    const { caFile } = certificate;
    const { internalCIDRs } = policy.current().mesh;
    logger.info({ address, ...(caFile === undefined ? {} : { caFile }), internalCIDRs }, 'listening');
    if (flags.manifests !== undefined) {
      terminal.print(invitation({ address, paths: flags.manifests, size: size(), caFile }));
    }
    await drainOn(stop, server, logger);
    return 0;
  } finally {
    stop.close();
    for (const close of closers.toReversed()) await close();
  }
}

function checkTls({ manifests, tlsCert, tlsKey }: ServeFlags): void {
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    throw new InputError(['--tls-cert and --tls-key go together: give both or neither']);
  }
  if (manifests === undefined && tlsCert === undefined) {
    throw new InputError([
      'the API server must trust the certificate: give --tls-cert and --tls-key (with --manifests one is made)',
    ]);
  }
}

interface OpenedWorld {
  readonly source: WorldSource;
  readonly size: () => number;
}

async function openWorld(
  flags: ServeFlags,
  policy: () => Policy,
  { input }: Terminal,
  logger: Logger,
  metrics: Metrics,
): Promise<OpenedWorld> {
  const { manifests: paths, kubeconfig, context } = flags;
  if (paths === undefined) {
    const onLeak = ({ rule, object }: Finding): void => {
      metrics.leaked(rule, object.namespace);
    };
    return { source: await clusterWorldSource({ kubeconfig, context, policy, logger, onLeak }), size: () => 0 };
  }
  const { mesh } = policy();
  const onFailure = (): void => {
    metrics.reloadFailed('manifests');
  };
  const source = await fileWorldSource({ paths, mesh, input, logger, onFailure });
  return { source, size: () => source.size() };
}

/** Drains at the first signal; a second one ends it at once. */
async function drainOn(stop: StopSignal, server: RunningServer, logger: Logger): Promise<void> {
  logger.info({ signal: await stop.next() }, 'stopping');
  const impatience = stop.next().then(async (signal) => {
    logger.warn({ signal }, 'stopping at once');
    await server.close();
  });
  await Promise.race([server.drain(), impatience]);
}

/** An address that a client on this machine can dial. */
function urlOf(host: string, at: number): string {
  const dialled = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `https://${dialled.includes(':') ? `[${dialled}]` : dialled}:${at}`;
}
