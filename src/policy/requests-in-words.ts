import { shown } from '../mesh/fault.js';
import type { HttpMatch, StringMatch } from '../mesh/kinds/virtual-service.js';
import { takesEveryRequest } from '../routing/http-routes.js';

/**
 * Which requests HTTP matches take, as a sentence names them: `with a path beginning with "/api", or with method equal to "GET"`.
 * Empty where one of them takes every request, or there is none.
 */
export function requestsInWords(matches: readonly HttpMatch[]): string {
  if (matches.some(takesEveryRequest)) return '';
  const words = [...new Set(matches.map(conditionsOf))];
  if (words.length > MOST_MATCHES) return `${words.slice(0, MOST_MATCHES).join(', or ')}, or otherwise`;
  return words.join(', or ');
}

const MOST_MATCHES = 2;

function conditionsOf({ uri, method, authority, scheme, headers, withoutHeaders, queryParams }: HttpMatch): string {
  const present = [
    ...(uri === undefined ? [] : [`a path${compared(uri)}`]),
    ...(method === undefined ? [] : [`a method${compared(method)}`]),
    ...(authority === undefined ? [] : [`an authority${compared(authority)}`]),
    ...(scheme === undefined ? [] : [`a scheme${compared(scheme)}`]),
    ...Object.entries(headers).map(([name, value]) => `header ${shown(name)}${compared(value)}`),
    ...Object.entries(queryParams).map(([name, value]) => `query parameter ${shown(name)}${compared(value)}`),
  ];
  const absent = Object.entries(withoutHeaders).map(([name, value]) => `header ${shown(name)}${compared(value)}`);
  return [
    ...(present.length === 0 ? [] : [`with ${present.join(' and ')}`]),
    ...(absent.length === 0 ? [] : [`without ${absent.join(' or ')}`]),
  ].join(' and ');
}

/** A header without a value to compare with is asked for its presence alone. */
function compared(match: StringMatch | undefined): string {
  if (match === undefined) return '';
  switch (match.type) {
    case 'exact':
      return ` equal to ${shown(match.value)}`;
    case 'prefix':
      return ` beginning with ${shown(match.value)}`;
    case 'regex':
      return ` matching ${shown(match.value)}`;
  }
}
