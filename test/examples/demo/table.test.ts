import t from 'tap';
import { type Row, tableLines } from '../../../examples/demo/table.js';

const row: Row = {
  object: 'VirtualService shop/cnn-through-egress',
  operation: 'update',
  decision: 'denied',
  line: 'This change lets calls to edition.cnn.com:80 leave the mesh without passing the egress gateway.',
  patch: '',
};
const patched: Row = { ...row, decision: 'allowed', line: '', patch: 'add /spec/tls/0/route/0/destination/subset "x"' };

t.test('without a terminal nothing is cut or coloured', (t) => {
  const lines = tableLines([row, patched], { width: undefined, colour: false });
  t.equal(lines.length, 3);
  t.match(lines[0], /^OBJECT +OPERATION +DECISION +SAYS +PATCH$/);
  t.ok(lines[1]?.endsWith(row.line), 'and there are no blanks at the end');
  t.ok(lines[2]?.endsWith(patched.patch));
  t.notMatch(lines.join(''), '\u001B');
  t.end();
});

for (const width of [90, 100, 120, 160]) {
  t.test(`a terminal of ${width} columns is never overrun`, (t) => {
    for (const line of tableLines([row, patched], { width, colour: false })) t.ok(line.length <= width, line);
    t.end();
  });
}

t.test('the sentence gives way before the object does', (t) => {
  const [, line] = tableLines([row], { width: 100, colour: false });
  t.ok(line?.startsWith(row.object));
  t.match(line, '…');
  t.end();
});

t.test('on a terminal the decision has a colour', (t) => {
  const [headings, denied, allowed] = tableLines([row, patched], { width: undefined, colour: true });
  t.notMatch(headings, '\u001B');
  t.match(denied, '\u001B[31mdenied');
  t.match(allowed, '\u001B[32mallowed');
  t.end();
});
