import type { TouchedCall } from './touched/touched-calls.js';

/** How a sentence about calls begins: `calls to edition.cnn.com:80`, `calls to undeclared hosts on port 443`. */
export function callsInWords({ call, shownHost, hostInWords }: TouchedCall): string {
  const isUndeclared = shownHost === '*' && !hostInWords.startsWith('*');
  return isUndeclared ? `calls to undeclared hosts on port ${call.port}` : `calls to ${hostInWords}:${call.port}`;
}
