import { request } from 'node:https';
import { text } from 'node:stream/consumers';

export interface Question {
  readonly url: string;
  /** PEM. */
  readonly ca: string;
  readonly method?: string;
  readonly token?: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds; ten seconds unless given. */
  readonly timeout?: number;
}

export interface Reply {
  readonly status: number;
  readonly text: string;
  /** The body as JSON; undefined where it is none. */
  readonly body: unknown;
}

/** One request on a connection of its own. */
export async function ask({ url, ca, token, body, headers, method, timeout = 10_000 }: Question): Promise<Reply> {
  const sent = request(url, {
    ca,
    agent: false,
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    signal: AbortSignal.timeout(timeout),
  });
  const status = new Promise<Reply>((resolve, reject) => {
    sent.on('error', reject);
    sent.on('response', (response) => {
      text(response).then((said) => {
        resolve({ status: response.statusCode ?? 0, text: said, body: parsed(said) });
      }, reject);
    });
  });
  sent.end(body === undefined ? undefined : JSON.stringify(body));
  return status;
}

function parsed(said: string): unknown {
  try {
    return JSON.parse(said);
  } catch {
    return undefined;
  }
}
