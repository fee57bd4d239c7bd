import { Command, InvalidArgumentError, Option } from 'commander';
import { parseAddress } from '../mesh/address.js';
import type { Labels } from '../mesh/metadata.js';
import { egressGatewayTest } from '../policy/egress-gateways.js';
import { explainJson } from '../report/explain-json.js';
import { explainText } from '../report/explain-text.js';
import { COLOURED, PLAIN } from '../report/paint.js';
import type { Call, CallProtocol, Client } from '../routing/call.js';
import { explain } from '../routing/explanation/explain.js';
import { addWorldFlags, askWorld, type AskedWorld, type WorldFlags } from './asked-world.js';
import { InputError } from './input-error.js';
import type { ExitCode, Terminal } from './terminal.js';

interface ExplainFlags extends WorldFlags {
  readonly host: string;
  readonly port: number;
  readonly protocol?: CallProtocol;
  readonly address?: string;
  readonly namespace?: string;
  readonly labels?: Labels;
  readonly gateway?: string;
  readonly why?: boolean;
  readonly output: 'text' | 'json';
}

export function explainCommand(terminal: Terminal, end: (code: ExitCode) => void): Command {
  const command = new Command('explain')
    .description('Tells the way of one call, hop by hop: where it goes, and which object and field decide that.')
    .addOption(
      new Option('--host <host>', 'the name that is called: the Host of HTTP, the SNI of TLS').makeOptionMandatory(),
    )
    .addOption(new Option('--port <port>', 'the port that is called').argParser(parsePort).makeOptionMandatory())
    .addOption(
      new Option('--protocol <protocol>', 'what is spoken; tls for port 443, else http, unless given').choices(
        PROTOCOLS,
      ),
    )
    .addOption(
      new Option(
        '--address <ip>',
        'the address that is dialled; without it one outside that no object names',
      ).argParser(parseIp),
    )
    .addOption(new Option('--namespace <namespace>', 'the namespace of the pod that calls; default unless given'))
    .addOption(new Option('--labels <k=v,...>', 'the labels of the pod that calls').argParser(parseLabels))
    .addOption(
      new Option(
        '--gateway <namespace/service>',
        'ask what this egress gateway does with a call that arrives there',
      ).conflicts(['namespace', 'labels']),
    )
    .addOption(new Option('--why', 'tell every step, and who lost at each and why'))
    .addOption(new Option('-o, --output <format>', 'the form of the answer').choices(['text', 'json']).default('text'));
  return addWorldFlags(command).action(async (paths: readonly string[], flags: ExplainFlags) => {
    end(await answer(paths, flags, terminal));
  });
}

const PROTOCOLS: readonly CallProtocol[] = ['http', 'tls', 'tcp', 'mtls-http', 'mtls-tcp'];

/** A question has no wrong answer: a leak ends it with 0 as well. Throws the errors of the rooms for what cannot be read. */
async function answer(paths: readonly string[], flags: ExplainFlags, terminal: Terminal): Promise<ExitCode> {
  const call = callOf(flags);
  const asked = await askWorld(paths, flags, terminal);
  const isEgressGateway = egressGatewayTest(asked.policy);
  if (![...asked.world.all('Service')].some(isEgressGateway)) {
    terminal.complain('sallyport: no Service here is an egress gateway: the policy says which are (egressGateways)\n');
  }
  const explanation = explain({ world: asked.world, isEgressGateway }, clientOf(flags, asked), call);
  const locate: AskedWorld['locate'] = (object, field) => asked.locate(object, field);
  if (flags.output === 'json') {
    terminal.print(`${JSON.stringify(explainJson(explanation, locate), undefined, 2)}\n`);
    return 0;
  }
  const paint = terminal.colour === true ? COLOURED : PLAIN;
  terminal.print(explainText(explanation, { locate, paint, why: flags.why === true }));
  return 0;
}

function callOf({ host, port, protocol = port === 443 ? 'tls' : 'http', address, gateway }: ExplainFlags): Call {
  if (gateway === undefined && (protocol === 'mtls-http' || protocol === 'mtls-tcp')) {
    throw new InputError([`--protocol ${protocol} goes with --gateway: a pod speaks ${TO_SIDECARS.join(', ')}`]);
  }
  return { host, port, protocol, ...(address === undefined ? {} : { address }) };
}

const TO_SIDECARS: readonly CallProtocol[] = ['http', 'tls', 'tcp'];

function clientOf({ namespace = 'default', labels = {}, gateway }: ExplainFlags, { world }: AskedWorld): Client {
  if (gateway === undefined) return { kind: 'sidecar', namespace, labels };
  const [home = '', name = '', ...rest] = gateway.split('/');
  if (home === '' || name === '' || rest.length > 0) {
    throw new InputError([`--gateway ${gateway}: write namespace/service, such as istio-system/istio-egressgateway`]);
  }
  if (world.object('Service', home, name) === undefined) {
    throw new InputError([`--gateway ${gateway}: there is no such Service`]);
  }
  return { kind: 'gateway', service: gateway };
}

function parsePort(value: string): number {
  if (!/^\d{1,5}$/.test(value) || Number(value) < 1 || Number(value) > 65_535) {
    throw new InvalidArgumentError('It must be a whole number from 1 to 65535.');
  }
  return Number(value);
}

function parseIp(value: string): string {
  if (parseAddress(value) === undefined) throw new InvalidArgumentError('It must be an IP address.');
  return value;
}

function parseLabels(value: string): Labels {
  const pairs = value.split(',').map((pair): readonly [string, string] => {
    const equals = pair.indexOf('=');
    if (equals < 1) throw new InvalidArgumentError('Write key=value, and commas between several.');
    return [pair.slice(0, equals), pair.slice(equals + 1)];
  });
  return Object.fromEntries(pairs);
}
