import { createHash } from 'node:crypto';
import fc from 'fast-check';
import t from 'tap';
import { sha256 } from '../../src/injection/sha256.js';

function expected(text: string): string {
  return createHash('sha256').update(Buffer.from(text, 'utf16le').swap16()).digest('hex');
}

function hex(text: string): string {
  return sha256(text)
    .map((word) => word.toString(16).padStart(8, '0'))
    .join('');
}

t.test('is the SHA-256 of node:crypto, at every length around a block', (t) => {
  for (let length = 0; length < 140; length++) t.equal(hex('x'.repeat(length)), expected('x'.repeat(length)));
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => hex(text) === expected(text)));
  t.end();
});
