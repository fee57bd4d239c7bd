import t from 'tap';
import { ClusterError } from '../../src/cluster/cluster-error.js';
import { parseWatchEvent } from '../../src/cluster/watch-event.js';

const object = { metadata: { name: 'a', resourceVersion: '7' } };

t.test('what a line of a watch means', (t) => {
  const types = [
    ['ADDED', 'put'],
    ['MODIFIED', 'put'],
    ['DELETED', 'remove'],
    ['BOOKMARK', 'bookmark'],
  ] as const;
  for (const [type, meaning] of types) {
    const event = parseWatchEvent(JSON.stringify({ type, object }), 'watch');
    t.strictSame(event, { type: meaning, document: object, resourceVersion: '7' }, type);
  }
  t.end();
});

t.test('what a line may not be', (t) => {
  const expired = { kind: 'Status', code: 410, message: 'too old resource version: 1 (5)', reason: 'Expired' };
  const cases = [
    [JSON.stringify({ type: 'ERROR', object: expired }), 'gone', /too old resource version/],
    [JSON.stringify({ type: 'ERROR', object: { kind: 'Status', code: 429 } }), 'overloaded', /429/],
    [JSON.stringify({ type: 'ERROR' }), 'failed', /500/],
    ['{"type":"ADDED","object":{"metadata":{', 'unexpected-answer', /not JSON/],
    ['null', 'unexpected-answer', /type/],
    ['[]', 'unexpected-answer', /type/],
    [JSON.stringify({ type: 'toString', object }), 'unexpected-answer', /type/],
    [JSON.stringify({ type: 'ADDED' }), 'unexpected-answer', /resourceVersion/],
    [JSON.stringify({ type: 'ADDED', object: { metadata: { resourceVersion: 7 } } }), 'unexpected-answer', /resourceV/],
  ] as const;
  for (const [line, code, message] of cases) {
    const error = caught(() => parseWatchEvent(line, 'watch of ServiceEntry'));
    t.equal(error.code, code, line);
    t.match(error.message, message);
    t.match(error.message, /^watch of ServiceEntry: /);
  }
  t.end();
});

function caught(act: () => unknown): ClusterError {
  try {
    act();
  } catch (error) {
    if (error instanceof ClusterError) return error;
  }
  throw new Error('no ClusterError was thrown');
}
