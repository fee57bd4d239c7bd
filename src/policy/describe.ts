import { kindOf, type JudgedObject } from '../mesh/judged-object.js';
import type { ObjectRef } from '../mesh/metadata.js';
import { OTHER, type ClientClass } from '../routing/classes.js';
import { clientsInWords } from './clients-in-words.js';
import { severityOf, type Finding } from './finding.js';
import type { Mode } from './modes.js';
import type { Explanation, Observation, Rule } from './rule.js';

/** An observation with its explanation. */
export interface Explained {
  readonly observation: Observation;
  readonly explanation: Explanation;
}

/** What several clients make a rule see of one field, as the finding that people and programs read. */
export function describe(rule: Rule, group: readonly Explained[], mode: Exclude<Mode, 'off'>): Finding {
  const [first] = group;
  if (first === undefined) throw new Error('a finding needs an observation');
  const { observation, explanation } = first;
  const { message, object, field } = explanation;
  const text = rule.messages[message];
  if (text === undefined) throw new Error(`the rule ${rule.id} has no message ${message}`);
  const calls = group.map((one) => one.observation.call).filter((call) => call !== undefined);
  const clients = calls.map(({ client }) => client);
  const peers = calls.flatMap((call) => call.peers);
  const values = { ...explanation.values, clients: clientsInWords(clients, peers) };
  const client = exampleOf(clients);
  return {
    rule: rule.id,
    severity: severityOf(mode),
    reason: reasonOf(message),
    message: filled(text.message, values),
    mend: filled(text.mend, values),
    object: refOf(object),
    field,
    ...(observation.host === undefined ? {} : { host: observation.host }),
    ...(observation.port === undefined ? {} : { port: observation.port }),
    ...(client === undefined ? {} : { client: clientOf(client) }),
    docs: `docs/rules/${rule.id}.md`,
  };
}

/** The stable code: a message is a reason, or one of several ways to tell it. */
export function reasonOf(message: string): string {
  const slash = message.indexOf('/');
  return slash < 0 ? message : message.slice(0, slash);
}

export function refOf(object: JudgedObject): ObjectRef {
  const { apiVersion, metadata } = object;
  return { apiVersion, kind: kindOf(object), namespace: metadata.namespace, name: metadata.name };
}

/** The client that stands for all: the one with the most company. */
function exampleOf(clients: readonly ClientClass[]): ClientClass | undefined {
  const others = clients.filter(({ namespace }) => namespace === OTHER);
  return [...others, ...clients].find(({ labels }) => Object.keys(labels).length === 0) ?? others[0] ?? clients[0];
}

function clientOf({ namespace, labels }: ClientClass): NonNullable<Finding['client']> {
  const shown = namespace === OTHER ? '*' : namespace;
  return Object.keys(labels).length === 0 ? { namespace: shown } : { namespace: shown, labels };
}

function filled(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}
