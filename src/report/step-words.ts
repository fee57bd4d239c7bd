import type { StepName, StepReasons, Step } from '../routing/explanation/step.js';
import { fill } from './template.js';

/** What a step says. `{object}` stands for the object that decides, any other name for a value of the step. */
export interface StepWords {
  readonly label: string;
  readonly text: string;
  /** It only confirms what everybody expects: told where somebody asks for all. */
  readonly quiet?: true;
}

/** The words for each reason of each step. */
export const STEP_WORDS: { readonly [N in StepName]: Readonly<Record<StepReasons[N], StepWords>> } = {
  sidecar: {
    everything: { label: 'Sidecar', text: 'none: pods see all that is exported to {namespace}', quiet: true },
    'sidecar-for-pods': { label: 'Sidecar', text: '{object} selects these pods: they see what it imports' },
    'sidecar-of-namespace': { label: 'Sidecar', text: '{object}: pods see only what it imports' },
    'sidecar-of-root': { label: 'Sidecar', text: '{object}, for all namespaces: pods see only what it imports' },
  },
  service: {
    declared: { label: 'service', text: '{object} declares port {port} {declared}' },
    captured: { label: 'service', text: '{object} takes the call to {dialled}: it declares port {port} {declared}' },
    undeclared: { label: 'service', text: 'nothing that {namespace} can see declares {host}' },
    'port-undeclared': { label: 'service', text: '{object} declares {host} without port {port}: it has {ports}' },
  },
  listener: {
    'bound-address': { label: 'address', text: '{address} is an address of {object}' },
    'every-address': { label: 'address', text: 'any: port {port} is open for every address', quiet: true },
    'nothing-listens': { label: 'address', text: 'port {port} is open for no service', quiet: true },
  },
  chain: {
    http: { label: 'protocol', text: 'plaintext HTTP', quiet: true },
    route: { label: 'route', text: '{object} routes it in its {section} rules' },
    service: { label: 'route', text: 'none: the service itself is called' },
    'no-chain': { label: 'route', text: 'none: nothing on port {port} takes this call' },
    'not-http': { label: 'protocol', text: 'port {port} is declared {declared}, and this is no plaintext HTTP' },
    'not-tls': { label: 'protocol', text: 'port {port} is declared {declared}, and this is no TLS' },
    'http-only': {
      label: 'protocol',
      text: 'port {port} is declared {declared} and takes nothing else: the connection breaks',
    },
  },
  host: {
    route: { label: 'route', text: '{object} routes {domain}' },
    service: { label: 'route', text: 'none: the service itself is called' },
    'no-host': { label: 'route', text: 'none: nothing has {host} on port {port}' },
  },
  outbound: {
    'registry-only': { label: 'unknown', text: 'outboundTrafficPolicy is REGISTRY_ONLY: the sidecar refuses the call' },
    'allow-any': {
      label: 'unknown',
      text: 'outboundTrafficPolicy is ALLOW_ANY: the sidecar lets it go where the pod dialled',
    },
    'egress-proxy': { label: 'unknown', text: 'the egressProxy of the outboundTrafficPolicy takes it' },
  },
  route: {
    'all-calls': { label: 'rule', text: 'takes every request', quiet: true },
    'some-calls': { label: 'rule', text: 'takes some requests, by their {conditions}' },
    redirect: { label: 'rule', text: 'answers with a redirect to {host}' },
    'direct-response': { label: 'rule', text: 'answers {status} itself' },
    'https-redirect': { label: 'rule', text: 'answers 301, a redirect to HTTPS' },
    'no-rule-left': { label: 'rule', text: '404 for requests that no rule takes: none takes every request' },
  },
  destination: {
    sole: { label: 'to', text: '{host}:{port}{ofSubset}' },
    weight: { label: 'to', text: '{host}:{port}{ofSubset}, {weight} of {total} calls' },
    mirror: { label: 'copy to', text: '{host}:{port}{ofSubset}, {percentage} % of the calls' },
  },
  alias: {
    'external-name': { label: 'alias', text: '{object} stands for {host}' },
  },
  cluster: {
    known: { label: 'known by', text: '{object}', quiet: true },
    unknown: { label: 'known by', text: 'nothing declares {host}: the call fails' },
    hidden: {
      label: 'known by',
      text: 'nothing that this proxy can see declares {host} with port {port}: the call fails',
    },
    'port-unknown': { label: 'known by', text: '{object} has no port {port}, only {ports}: the call fails' },
  },
  policy: {
    'no-rule': { label: 'policy', text: 'no DestinationRule for {host}', quiet: true },
    rule: { label: 'policy', text: '{object}', quiet: true },
    subset: { label: 'subset', text: '{object} defines {subset}' },
    'no-subset': { label: 'subset', text: '{object}{andMore} counts here, without {subset}: the call fails' },
    'no-rule-for-subset': {
      label: 'subset',
      text: 'no DestinationRule counts here, so none defines {subset}: the call fails',
    },
  },
  dial: {
    inside: { label: 'dials', text: 'inside the mesh', quiet: true },
    'outside-name': { label: 'dials', text: '{address}, outside the mesh' },
    'outside-address': { label: 'dials', text: '{address}, outside the mesh' },
    'resolution-none': {
      label: 'dials',
      text: 'the address that the pod dialled, outside the mesh: resolution is NONE',
    },
    headless: { label: 'dials', text: 'the address that the pod dialled: {object} is headless' },
    'passthrough-balancer': { label: 'dials', text: 'the address that the pod dialled: load balancing is PASSTHROUGH' },
    'forward-proxy': {
      label: 'dials',
      text: 'the name that the pod asked for, outside the mesh: resolution is DYNAMIC_DNS',
    },
    'no-endpoint': { label: 'dials', text: 'nothing: {object} with resolution {resolution} gives it no address: 503' },
    'no-cluster': {
      label: 'dials',
      text: 'nothing: {object} with resolution {resolution} has no endpoint: the call fails',
    },
  },
  tls: {
    auto: { label: 'TLS', text: 'mutual TLS of the mesh where the other side takes it', quiet: true },
    simple: { label: 'TLS', text: 'starts TLS{withSni}' },
    mutual: { label: 'TLS', text: 'starts TLS with a certificate of its own{withSni}' },
    'istio-mutual': { label: 'TLS', text: 'mutual TLS of the mesh{withSni}' },
  },
  port: {
    'service-port': { label: 'port', text: '{port}, which is {target} on the pods', quiet: true },
    'no-service-port': { label: 'port', text: '{object} has no port {port}, only {ports}: the call fails' },
  },
  server: {
    plaintext: { label: 'server', text: '{object} takes plaintext {protocol}' },
    terminates: { label: 'server', text: '{object} takes TLS{withSni}, mode {mode}' },
    passes: { label: 'server', text: '{object} passes TLS{withSni} through' },
    'no-rule': { label: 'server', text: '{object} is for {arrival}, and no rule stands behind it' },
    'no-server': { label: 'server', text: 'none takes {arrival}: the connection breaks' },
    'tls-on-plaintext': {
      label: 'server',
      text: '{object} takes plaintext {protocol}, and this is TLS: the connection breaks',
    },
    'no-certificate': {
      label: 'server',
      text: '{object} asks for a client certificate (mode {mode}), and none comes: the connection breaks',
    },
    'no-http-inside': {
      label: 'server',
      text: '{object} takes {protocol}, and this is no HTTP: the connection breaks',
    },
  },
  binding: {
    route: { label: 'route', text: '{object} routes it in its {section} rules' },
    'no-route': { label: 'route', text: 'none for {host} at Gateway {gateway}: the call fails' },
  },
};

/** The words for a step. `decider` is what the step's object is called. */
export function wordsFor(step: Step, decider: string): StepWords {
  const words = entryOf(step);
  return { ...words, text: fill(words.text, { ...spoken(step.values), object: decider }) };
}

function entryOf<N extends StepName>({
  step,
  reason,
}: {
  readonly step: N;
  readonly reason: StepReasons[N];
}): StepWords {
  return STEP_WORDS[step][reason];
}

/** The values of a step, and the parts of sentences that are left out where there is nothing to say. */
export function spoken(values: Step['values']): Readonly<Record<string, string>> {
  const { protocol, subset = '', sni = '', merged = '0' } = values;
  return {
    ...values,
    declared: protocol === 'unset' ? 'without a protocol' : `as ${protocol ?? ''}`,
    andMore: merged === '0' ? '' : ` (with ${merged} more)`,
    ofSubset: subset === '' ? '' : `, subset ${subset}`,
    withSni: sni === '' ? '' : ` with SNI ${sni}`,
    arrival: arrivalWords(values),
  };
}

function arrivalWords({ wrap, inside, sni = '', host = '' }: Step['values']): string {
  const name = sni === '' ? 'without SNI' : `with SNI ${sni}`;
  if (wrap === 'tls') return `TLS ${name}`;
  if (wrap === 'mtls') return `mutual TLS ${name}`;
  return inside === 'http' ? `plaintext HTTP for ${host}` : 'plain bytes';
}
