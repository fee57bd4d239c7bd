import type { Service } from '../../mesh/kinds/service.js';
import type { Call, Client } from '../call.js';
import type { KeptRoute } from '../http-routes.js';
import { verdictOf } from '../outcome.js';
import { trace, type Topology } from '../trace.js';
import { outcomesOf, type Way } from '../way.js';
import { clusterSteps } from './cluster.js';
import { nameOf } from './fields.js';
import { bindingStep } from './gateway-routes.js';
import { meantServer, portStep, serverStep } from './gateway-servers.js';
import { Recording } from './recording.js';
import { routeSteps } from './route.js';
import { declaredPort, serviceStep } from './service.js';
import { sidecarStep } from './sidecar-choice.js';
import { chainStep, hostStep, listenerStep, outboundStep } from './sidecar-steps.js';
import { Sight } from './sight.js';
import type { ExplainedWay, Explanation, Hop, Step } from './step.js';

/**
 * Where a call goes, and why: what each step decided, by which object and field, and which candidates lost. The ways are those of
 * `trace`; of what they do not say themselves the same steps are asked again.
 */
export function explain(topology: Topology, client: Client, call: Call): Explanation {
  const recording = new Recording();
  const ways = trace(topology, client, call, recording);
  const outcomes = outcomesOf(ways);
  const verdict = client.kind === 'sidecar' ? verdictOf(outcomes) : undefined;
  return { client, call, outcomes, verdict, hop: hopOf(topology, client, call, recording, ways) };
}

function hopOf(topology: Topology, client: Client, call: Call, recording: Recording, ways: readonly Way[]): Hop {
  const { proxy } = recording;
  if (proxy !== undefined) {
    const { namespace, labels } = proxy;
    const steps = sidecarSteps(recording, proxy, call);
    return { proxy: { kind: 'sidecar', namespace, labels }, steps, ways: explained(recording, call, ways) };
  }
  const [namespace = '', name = ''] = client.kind === 'gateway' ? client.service.split('/') : [];
  const service = topology.world.object('Service', namespace, name);
  if (service?.kind === 'Service') return gatewayHop(recording, service, call.port, ways);
  const at = { kind: 'gateway' as const, service: `${namespace}/${name}`, port: call.port };
  return { proxy: at, steps: [], ways: ways.map(({ outcome }) => ({ outcome, steps: [], next: undefined })) };
}

function sidecarSteps(recording: Recording, proxy: Sight['proxy'], call: Call): readonly Step[] {
  const sight = new Sight(proxy, call.port);
  const { listening, taken, asked } = recording;
  const steps: Step[] = [sidecarStep(proxy), serviceStep(sight, recording, call), listenerStep(recording, call)];
  if (listening !== undefined) steps.push(chainStep(sight, recording, call, declaredPort(sight, recording, call)));
  if (asked !== undefined) steps.push(hostStep(sight, recording, call));
  const isUnknown = taken === undefined || (asked !== undefined && asked.host === undefined);
  return isUnknown ? [...steps, outboundStep(proxy)] : steps;
}

/** The ways of a sidecar, with what the egress gateway does with those that lead to one. */
function explained(recording: Recording, call: Call, ways: readonly Way[]): readonly ExplainedWay[] {
  const { proxy } = recording;
  const kept = recording.asked?.host?.kept ?? [];
  return distinct(
    ways.map((way) => {
      const hop = recording.hops.find((one) => one.recording.outcome === way.outcome);
      const port = way.outcome.type === 'cluster' ? way.outcome.port : call.port;
      const next = hop === undefined ? undefined : gatewayHop(hop.recording, hop.gateway, port, way.next ?? []);
      return explainedWay(way, proxy, kept, next);
    }),
  );
}

function explainedWay(
  way: Way,
  proxy: Parameters<typeof clusterSteps>[0] | undefined,
  kept: readonly KeptRoute[],
  next: Hop | undefined,
): ExplainedWay {
  const { outcome } = way;
  if (proxy === undefined) return { outcome, steps: [], next };
  const cluster = outcome.type === 'cluster' ? clusterSteps(proxy, outcome) : [];
  return { outcome, steps: [...routeSteps(proxy.world, way, kept), ...cluster], next };
}

/** What happens at an egress gateway: from its Service's port to where it sends the call. */
function gatewayHop(recording: Recording, gateway: Service, port: number, ways: readonly Way[]): Hop {
  const { arrived, served, parts } = recording;
  const kept = parts.flatMap((part) => part.kept);
  const steps: Step[] = [portStep(gateway, port)];
  if (arrived !== undefined) {
    const bound = meantServer(arrived, served);
    const server = serverStep(arrived, bound, served);
    steps.push(server);
    if (bound !== undefined && ROUTED.has(server.reason)) steps.push(bindingStep(arrived, bound, parts, ways));
  }
  return {
    proxy: { kind: 'gateway', service: nameOf(gateway), port },
    steps,
    ways: distinct(ways.map((way) => explainedWay(way, arrived?.proxy, kept, undefined))),
  };
}

/** What a server can come to and leave the rest to its routes. */
const ROUTED: ReadonlySet<string> = new Set(['plaintext', 'terminates', 'passes', 'no-rule']);

/** Several matches of one rule lead the same way. */
function distinct(ways: readonly ExplainedWay[]): readonly ExplainedWay[] {
  const seen = new Set<string>();
  return ways.filter(({ outcome, steps }) => {
    const places = steps.map(({ object, field }) =>
      object === undefined ? '' : `${object.kind} ${nameOf(object)} ${field}`,
    );
    const key = JSON.stringify([outcome, places]);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
