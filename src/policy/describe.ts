import type { MeshObject } from '../mesh/mesh-object.js';
import type { ObjectRef } from '../mesh/metadata.js';
import { OTHER, type ClientClass } from '../routing/classes.js';
import { severityOf, type Finding } from './finding.js';
import type { Mode } from './modes.js';
import type { Observation, Rule } from './rule.js';

/** What several clients make a rule see of one field, as the finding that people and programs read. */
export function describe(rule: Rule, group: readonly Observation[], mode: Exclude<Mode, 'off'>): Finding {
  const [first] = group;
  if (first === undefined) throw new Error('a finding needs an observation');
  const text = rule.reasons[first.reason];
  if (text === undefined) throw new Error(`the rule ${rule.id} has no reason ${first.reason}`);
  const clients = group.map(({ client }) => client).filter((client) => client !== undefined);
  const widest = clients.find(({ namespace }) => namespace === OTHER) ?? clients[0];
  const values = { ...first.values, clients: inWords(clients) };
  return {
    rule: rule.id,
    severity: severityOf(mode),
    reason: first.reason,
    message: filled(text.message, values),
    mend: filled(text.mend, values),
    object: refOf(first.object),
    field: first.field,
    ...(first.host === undefined ? {} : { host: first.host }),
    ...(first.port === undefined ? {} : { port: first.port }),
    ...(widest === undefined ? {} : { client: clientOf(widest) }),
    docs: `docs/rules/${rule.id}.md`,
  };
}

function refOf({ apiVersion, kind, metadata }: MeshObject): ObjectRef {
  return { apiVersion, kind, namespace: metadata.namespace, name: metadata.name };
}

function clientOf({ namespace, labels }: ClientClass): NonNullable<Finding['client']> {
  const shown = namespace === OTHER ? '*' : namespace;
  return Object.keys(labels).length === 0 ? { namespace: shown } : { namespace: shown, labels };
}

/** At most three kinds of clients by name: `every namespace` where the others are among them and nobody has labels. */
function inWords(clients: readonly ClientClass[]): string {
  const words = [...new Set(clients.map(({ description }) => description))];
  if (words.length <= MOST_CLIENTS) return words.join(', ');
  return `${words.slice(0, MOST_CLIENTS).join(', ')} and ${words.length - MOST_CLIENTS} more`;
}

const MOST_CLIENTS = 3;

function filled(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}
