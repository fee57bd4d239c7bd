import { parseBlock } from '../mesh/address.js';
import type { Labels } from '../mesh/metadata.js';
import { parseDuration } from './duration.js';
import { isRuleId, MODES, RULE_IDS, type Mode } from './modes.js';
import { DEFAULT_POLICY, type GatewayChoice, type NamespaceRules, type Policy, type RuleModes } from './policy.js';
import { listed, parseText, PolicySection, shown, type PolicyProblem } from './policy-section.js';

/** A policy that cannot be followed. */
export class PolicyError extends Error {
  readonly code = 'policy-invalid';
  /** Everything that is wrong with it, in the order of reading; never empty. */
  readonly problems: readonly PolicyProblem[];

  constructor(problems: readonly PolicyProblem[]) {
    super(problems.map(({ path, problem }) => (path === '' ? problem : `${path} ${problem}`)).join('; '));
    this.name = 'PolicyError';
    this.problems = problems;
  }
}

/**
 * Reads a policy file's document; what it leaves out has its default, an empty one is all defaults. Throws `PolicyError` with
 * everything that is wrong: an unknown key or rule, a value of the wrong type or outside of what is allowed.
 */
export function parsePolicy(document: unknown): Policy {
  const problems: PolicyProblem[] = [];
  const policy = readPolicy(new PolicySection('', document, problems));
  if (problems.length > 0) throw new PolicyError(problems);
  return policy;
}

function readPolicy(file: PolicySection): Policy {
  const policy: Policy = {
    mesh: readMesh(file.section('mesh')),
    egressGateways: file.sections('egressGateways', readGateway) ?? DEFAULT_POLICY.egressGateways,
    rules: readRules(file.section('rules')),
    namespaces: file.sections('namespaces', readNamespace) ?? DEFAULT_POLICY.namespaces,
    serviceEntries: readServiceEntries(file.section('serviceEntries')),
    injection: readInjection(file.section('injection')),
    failure: readFailure(file.section('failure')),
  };
  file.close();
  if (policy.egressGateways.length === 0 && file.isEmpty('egressGateways')) {
    file.note(
      'egressGateways',
      'names no gateway: leave it out for every Service whose selector holds istio: egressgateway',
    );
  }
  return policy;
}

function readMesh(section: PolicySection): Policy['mesh'] {
  const usual = DEFAULT_POLICY.mesh;
  const mesh = {
    rootNamespace: section.text('rootNamespace', usual.rootNamespace, parseName, NAME),
    domain: section.text('domain', usual.domain, parseDomain, 'a domain name such as cluster.local'),
    internalCIDRs: section.texts('internalCIDRs', parseCidr, CIDR) ?? usual.internalCIDRs,
    outboundTrafficPolicy: section.choice('outboundTrafficPolicy', usual.outboundTrafficPolicy, [
      'ALLOW_ANY',
      'REGISTRY_ONLY',
      'auto',
    ]),
  };
  section.close();
  return mesh;
}

function readGateway(section: PolicySection): GatewayChoice | undefined {
  const service = section.text('service', undefined, parseService, 'namespace/name of a Service');
  const selector = readSelector(section.section('selector'));
  section.close();
  const bySelector = section.has('selector');
  if (section.has('service') === bySelector) section.note('', 'must have either selector or service');
  if (bySelector && section.isEmpty('selector')) {
    section.note('selector', 'must have at least one label: an empty one chooses every Service');
  }
  return bySelector ? { by: 'selector', selector } : service;
}

function readSelector(section: PolicySection): Labels {
  const labels: Record<string, string> = {};
  for (const [key, value] of section.entries()) {
    const text = parseText(section.problems, section.at(key), value, parseLabelValue, 'a label value');
    if (!LABEL_KEY.test(key)) section.note(key, 'is not a label key');
    else if (text !== undefined) labels[key] = text;
  }
  return labels;
}

function readNamespace(section: PolicySection): NamespaceRules {
  const match = section.texts('match', parseGlob, 'a name of a namespace, in which * and ? are wild cards');
  const rules = readRules(section.section('rules'));
  section.close();
  if (section.isEmpty('match')) section.note('match', 'must list at least one name or glob of namespaces');
  return { match: match ?? [], rules };
}

function readRules(section: PolicySection): RuleModes {
  const modes: Partial<Record<string, Mode>> = {};
  for (const [rule, value] of section.entries()) {
    const mode = parseMode(value);
    if (!isRuleId(rule)) section.note(rule, `is not a rule: ${listed(RULE_IDS)}`);
    else if (mode === undefined) section.note(rule, `must be ${listed(MODES)}, not ${shown(value)}`);
    else modes[rule] = mode;
  }
  return modes;
}

/** `off` is a boolean for a parser of YAML 1.1, such as Helm's, which may have written the file. */
function parseMode(value: unknown): Mode | undefined {
  return value === false ? 'off' : MODES.find((mode) => mode === value);
}

function readServiceEntries(section: PolicySection): Policy['serviceEntries'] {
  const unrouted = section.choice('unrouted', DEFAULT_POLICY.serviceEntries.unrouted, ['deny', 'hold', 'warn']);
  section.close();
  return { unrouted };
}

function readInjection(section: PolicySection): Policy['injection'] {
  const usual = DEFAULT_POLICY.injection;
  const injection = {
    enabled: section.flag('enabled', usual.enabled),
    onFailure: section.choice('onFailure', usual.onFailure, ['deny', 'warn']),
    maxPerNamespace: section.count('maxPerNamespace', usual.maxPerNamespace, 1, 100_000),
  };
  section.close();
  return injection;
}

function readFailure(section: PolicySection): Policy['failure'] {
  const usual = DEFAULT_POLICY.failure;
  const failure = {
    onError: section.choice('onError', usual.onError, ['deny', 'allow']),
    staleWorld: section.choice('staleWorld', usual.staleWorld, ['deny', 'allow']),
    staleAfter: section.text('staleAfter', usual.staleAfter, parseDuration, 'a duration such as 60s or 1m30s'),
  };
  section.close();
  return failure;
}

const NAME = 'a name of a namespace: at most 63 lower-case letters, digits and hyphens';
const CIDR = 'an address block such as 10.0.0.0/8 or fc00::/7';

/** An RFC 1123 label, as Kubernetes names namespaces. */
const DNS_LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const DOMAIN = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/;
const GLOB = /^[a-z0-9*?-]{1,63}$/;
const LABEL_KEY = /^(?:[a-z0-9.-]{1,253}\/)?[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/;
const LABEL_VALUE = /^(?:[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?$/;

function parseName(text: string): string | undefined {
  return DNS_LABEL.test(text) ? text : undefined;
}

function parseDomain(text: string): string | undefined {
  return text.length <= 253 && DOMAIN.test(text) ? text : undefined;
}

function parseGlob(text: string): string | undefined {
  return GLOB.test(text) ? text : undefined;
}

function parseLabelValue(text: string): string | undefined {
  return LABEL_VALUE.test(text) ? text : undefined;
}

/** A block must have its length: a plain address is too easily meant for a whole network. */
function parseCidr(text: string): string | undefined {
  const isMixed = text.includes(':') && text.includes('.');
  return text.includes('/') && !isMixed && parseBlock(text) !== undefined ? text : undefined;
}

function parseService(text: string): GatewayChoice | undefined {
  const [namespace = '', name = '', ...rest] = text.split('/');
  if (rest.length > 0 || !DNS_LABEL.test(namespace) || !DNS_LABEL.test(name)) return undefined;
  return { by: 'service', namespace, name };
}
