/** A line of the table "Calls" at the head of an example: what is to become of a call. */
export interface ExampleCall {
  readonly clients: Clients;
  readonly protocol: 'http' | 'tls' | 'tcp';
  readonly host: string;
  readonly port: number;
  readonly verdict: 'delivered' | 'leaks' | 'passthrough' | 'blocked' | 'broken';
}

/**
 * Who calls: every pod, the pods of a namespace, the pods with a label, or every pod that no other line about the same
 * host and port speaks of.
 */
export type Clients =
  | { readonly who: 'every' }
  | { readonly who: 'namespace'; readonly namespace: string }
  | { readonly who: 'label'; readonly key: string; readonly value: string }
  | { readonly who: 'other' };

/** The calls of an example's text; empty where it has no such table. */
export function readCalls(text: string): readonly ExampleCall[] {
  const lines = text.split('\n');
  const start = lines.indexOf('# Calls:');
  if (start < 0) return [];
  const rows = lines.slice(start + 1);
  const end = rows.findIndex((line) => !line.startsWith('#   '));
  return rows.slice(0, end < 0 ? undefined : end).map(readCall);
}

function readCall(line: string): ExampleCall {
  const [clients = '', protocol = '', address = '', verdict = '', ...rest] = line.slice(4).split(/ {2,}/);
  const [, host, port] = /^([^:]+):(\d+)$/.exec(address) ?? [];
  if (host === undefined || !isProtocol(protocol) || !isVerdict(verdict) || rest.length > 0) {
    throw new Error(`no call: ${line}`);
  }
  return { clients: readClients(clients), protocol, host, port: Number(port), verdict };
}

function readClients(text: string): Clients {
  if (text === 'every pod') return { who: 'every' };
  if (text === 'every other pod') return { who: 'other' };
  const [, namespace] = /^pods in ([a-z0-9-]+)$/.exec(text) ?? [];
  if (namespace !== undefined) return { who: 'namespace', namespace };
  const [, key, value] = /^pods with ([a-z-]+)=([a-z-]+)$/.exec(text) ?? [];
  if (key !== undefined && value !== undefined) return { who: 'label', key, value };
  throw new Error(`no clients: ${text}`);
}

function isProtocol(text: string): text is ExampleCall['protocol'] {
  return ['http', 'tls', 'tcp'].includes(text);
}

function isVerdict(text: string): text is ExampleCall['verdict'] {
  return ['delivered', 'leaks', 'passthrough', 'blocked', 'broken'].includes(text);
}
