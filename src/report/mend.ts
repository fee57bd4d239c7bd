import type { MeshObject } from '../mesh/mesh-object.js';
import type { Explanation, Hop, Loser, LossReason, Step } from '../routing/explanation/step.js';
import { MEND_WORDS, type MendCode } from './mend-words.js';
import { titleOf } from './place.js';
import { spoken } from './step-words.js';
import { fill } from './template.js';
import { endOf, isDelivery } from './verdict-words.js';

/** What to change, and where. */
export interface Mend {
  readonly code: MendCode;
  readonly text: string;
  readonly object: MeshObject | undefined;
  readonly field: string;
  /** The candidate that should have won. */
  readonly loser: Loser | undefined;
}

/** What to change so that the call leaves by the egress gateway; undefined where it does, or where it is not to leave. */
export function mendOf(explanation: Explanation): Mend | undefined {
  const { hop } = explanation;
  switch (endOf(explanation)) {
    case 'delivered':
    case 'leaves-gateway':
    case 'stays-inside':
      return undefined;
    case 'leaks':
      return leakMend(hop);
    case 'passthrough':
    case 'blocked':
      return unknownMend(hop);
    case 'broken':
    case 'fails-at-gateway':
      return failureMend(hop);
  }
}

/** A way leaves from the sidecar. */
function leakMend(hop: Hop): Mend | undefined {
  const way = hop.ways.find(({ outcome }) => outcome.type === 'cluster' && outcome.external === true);
  const outbound = stepOf(hop.steps, 'outbound');
  if (way === undefined) return undefined;
  if (outbound !== undefined) return mend('no-proxy', outbound, hop);
  const dial = stepOf(way.steps, 'dial');
  if (dial?.reason === 'passthrough-balancer') return mend('no-balancer', dial, hop);
  const destination = stepOf(way.steps, 'destination');
  if (destination === undefined) return directMend(hop);
  const alias = stepOf(way.steps, 'alias');
  if (alias !== undefined) return mend('no-alias', alias, hop);
  if (way.next !== undefined && dial !== undefined) return mend('no-capture', dial, hop);
  if (destination.reason === 'mirror') return mend('no-mirror', destination, hop);
  const rival = hop.steps.flatMap(({ losers }) => losers).find(({ reason }) => RIVALRIES.includes(reason));
  const isRight = hop.ways.some(({ next }) => next !== undefined);
  if (rival === undefined || isRight) return mend('send-to-gateway', destination, hop);
  return { ...mend('no-rival', destination, hop, { by: titleOf(rival.object) }), loser: rival };
}

/** How a right route comes to stand behind a wrong one. */
const RIVALRIES: readonly LossReason[] = ['public', 'younger', 'less-specific', 'route-semantics'];

/** No route takes the call and the service itself is called: the mend is at the route that comes nearest. */
function directMend(hop: Hop): Mend | undefined {
  const routed = stepOf(hop.steps, 'host') ?? stepOf(hop.steps, 'chain');
  const service = stepOf(hop.steps, 'service');
  if (routed === undefined || service === undefined) return undefined;
  const hidden = service.losers.find(({ reason }) => reason === 'own-namespace-first');
  if (hidden !== undefined) {
    return { ...mend('no-namesake', service, hop, { by: titleOf(hidden.object) }), loser: hidden };
  }
  const isMute = service.values['protocol'] === 'unset';
  if (isMute && routed.losers.some(({ reason }) => reason === 'other-section')) {
    return mend('declare-protocol', service, hop);
  }
  const nearest = remedy(routed, ROUTE_REMEDIES, hop, service.values);
  return nearest ?? mend('add-route', service, hop);
}

/** The sidecar knows nothing that takes the call. */
function unknownMend(hop: Hop): Mend | undefined {
  const { steps } = hop;
  const [outbound, service, chain] = [stepOf(steps, 'outbound'), stepOf(steps, 'service'), stepOf(steps, 'chain')];
  if (outbound?.reason === 'allow-any') return mend('registry-only', outbound, hop);
  if (service === undefined) return undefined;
  if (chain?.reason === 'not-http' || chain?.reason === 'not-tls') return mend('adapt-protocol', service, hop);
  if (service.reason === 'port-undeclared') return mend('add-port', service, hop);
  const hidden = remedy(service, SERVICE_REMEDIES, hop);
  if (hidden !== undefined) return hidden;
  const missed = chain === undefined ? undefined : remedy(chain, ROUTE_REMEDIES, hop, service.values);
  return missed ?? mend('add-entry', service, hop);
}

/** Something on the way does not fit, at the sidecar or behind it. */
function failureMend(hop: Hop): Mend | undefined {
  const way = hop.ways.find(({ outcome }) => !isDelivery(outcome, hop.proxy.kind)) ?? hop.ways[0];
  if (way === undefined) return undefined;
  for (const step of [...hop.steps, ...way.steps]) {
    const found = failure(step, hop);
    if (found !== undefined) return found;
  }
  if (way.next !== undefined) return failureMend(way.next);
  const last = stepOf(way.steps, 'destination') ?? stepOf(way.steps, 'route');
  if (last === undefined) return undefined;
  if (hop.proxy.kind === 'gateway') return mend('send-out', last, hop);
  return mend(last.step === 'route' ? 'no-answer' : 'send-to-gateway', last, hop);
}

/** What to change where this step is the one that fails; undefined where it does not. */
function failure(step: Step, hop: Hop): Mend | undefined {
  switch (step.reason) {
    case 'http-only':
      return mend('adapt-protocol', step, hop);
    case 'unknown':
      return mend('add-destination', step, hop);
    case 'hidden':
      return remedy(step, SERVICE_REMEDIES, hop) ?? mend('add-destination', step, hop);
    case 'port-unknown':
    case 'no-service-port':
      return mend('add-gateway-port', step, hop);
    case 'no-subset':
    case 'no-rule-for-subset':
      return subsetMend(step, hop);
    case 'no-endpoint':
    case 'no-cluster':
      return mend('add-endpoint', step, hop);
    case 'no-server':
      return remedy(step, SERVER_REMEDIES, hop) ?? mend('add-server', step, hop);
    case 'tls-on-plaintext':
      return mend('send-plain', step, hop);
    case 'no-certificate':
      return mend('send-tls', step, hop);
    case 'no-http-inside':
      return mend('server-protocol', step, hop);
    case 'no-route':
      return remedy(step, BINDING_REMEDIES, hop) ?? mend('add-gateway-route', step, hop);
    case 'no-rule-left':
      return mend('cover-rest', step, hop);
    default:
      return undefined;
  }
}

/** Of the rules that lost, one that defines the subset shows what to do. */
function subsetMend(step: Step, hop: Hop): Mend {
  const { subset } = step.values;
  const defining = step.losers.filter(
    ({ object }) => object.kind === 'DestinationRule' && object.spec.subsets.some(({ name }) => name === subset),
  );
  return remedy({ ...step, losers: defining }, SUBSET_REMEDIES, hop) ?? mend('define-subset', step, hop);
}

/** What to do about a loser, those first that come nearest. */
type Remedies = readonly (readonly [LossReason, MendCode])[];

const ROUTE_REMEDIES: Remedies = [
  ['not-imported', 'import'],
  ['not-exported', 'export'],
  ['mesh-not-listed', 'bind-mesh'],
  ['other-section', 'right-section'],
  ['other-labels', 'cover-other-pods'],
  ['other-namespace', 'cover-other-pods'],
  ['delegate-not-found', 'mend-delegate'],
  ['delegate-outside', 'mend-delegate'],
  ['other-port', 'cover-port'],
  ['undeclared-host', 'declare-host'],
  ['other-sni', 'cover-name'],
  ['other-address', 'cover-address'],
];

const SERVICE_REMEDIES: Remedies = [
  ['not-imported', 'import'],
  ['not-exported', 'export'],
];

const SERVER_REMEDIES: Remedies = [
  ['other-sni', 'cover-sni'],
  ['wants-tls', 'send-tls'],
  ['plaintext-only', 'send-plain'],
  ['host-taken', 'no-refusal'],
  ['port-taken', 'no-refusal'],
  ['other-pods', 'select-pods'],
];

const BINDING_REMEDIES: Remedies = [
  ['not-exported', 'export'],
  ['other-section', 'right-gateway-section'],
  ['gateway-not-listed', 'bind-gateway'],
  ['other-host', 'cover-hosts'],
  ['other-gateway', 'cover-match'],
  ['other-port', 'cover-match'],
  ['sni-taken', 'free-sni'],
];

const SUBSET_REMEDIES: Remedies = [
  ['off-path', 'move-rule'],
  ['not-exported', 'export'],
  ['nearer-namespace', 'share-subset'],
  ['less-specific', 'share-subset'],
  ['older', 'share-subset'],
  ['merged', 'export-older'],
];

function remedy(step: Step, remedies: Remedies, hop: Hop, values: Step['values'] = {}): Mend | undefined {
  for (const [reason, code] of remedies) {
    const loser = step.losers.find((one) => one.reason === reason);
    if (loser !== undefined) return { ...mend(code, atLoser(step, loser, values), hop, namesOf(loser)), loser };
  }
  return undefined;
}

/** A Sidecar that does not import is what is to be changed; of anything else the loser itself. */
function atLoser(step: Step, loser: Loser, values: Step['values']): Deciding {
  const { object, field } = loser.reason === 'not-imported' && loser.by !== undefined ? loser.by : loser;
  return { object, field, values: { ...values, ...step.values } };
}

function namesOf({ object, reason, by }: Loser): Readonly<Record<string, string>> {
  if (reason === 'not-imported') return { home: object.metadata.namespace, by: titleOf(object) };
  return by === undefined ? {} : { by: titleOf(by.object) };
}

type Deciding = Pick<Step, 'object' | 'field' | 'values'>;

function mend(
  code: MendCode,
  { object, field, values }: Deciding,
  { proxy }: Hop,
  names: Readonly<Record<string, string>> = {},
): Mend {
  const [home = ''] = proxy.kind === 'sidecar' ? [proxy.namespace] : proxy.service.split('/');
  const text = fill(MEND_WORDS[code], { namespace: home, ...spoken(values), ...names, field, object: titleOf(object) });
  return { code, text, object, field, loser: undefined };
}

function stepOf(steps: readonly Step[], name: Step['step']): Step | undefined {
  return steps.find(({ step }) => step === name);
}
