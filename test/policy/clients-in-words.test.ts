import t from 'tap';
import { clientsInWords } from '../../src/policy/clients-in-words.js';
import { OTHER, type ClientClass } from '../../src/routing/classes.js';

/** `shop`, `shop app=web`, `* v=1,w=2`: a namespace, `*` for every other, and labels. */
function client(text: string): ClientClass {
  const [namespace = '', pairs = ''] = text.split(' ');
  const labels: Record<string, string> = {};
  for (const [, key = '', value = ''] of pairs.matchAll(/([^=,]+)=([^,]+)/g)) labels[key] = value;
  return { namespace: namespace === '*' ? OTHER : namespace, labels, description: text };
}

for (const [concerned, peers, words] of [
  [['*'], ['*'], 'every namespace'],
  [['shop', 'istio-system', '*'], ['shop', 'istio-system', '*'], 'every namespace'],
  [['shop', 'shop', '*', '*'], ['shop', '*'], 'every namespace'],
  [['shop'], ['shop', '*'], 'namespace shop'],
  [['billing', 'shop'], ['billing', 'shop', '*'], 'namespaces billing and shop'],
  [['a', 'b', 'c'], ['a', 'b', 'c', '*'], 'namespaces a, b and c'],
  [['a', 'b', 'c', 'd', 'e'], ['a', 'b', 'c', 'd', 'e', '*'], 'namespaces a, b, c and 2 more'],
  [['shop', '*'], ['istio-system', 'shop', '*'], 'every namespace but istio-system'],
  [['*'], ['a', 'b', '*'], 'every namespace but a and b'],
  [['shop app=web'], ['shop', 'shop app=web', '*'], 'pods with app=web in namespace shop'],
  [['shop'], ['shop', 'shop app=web', '*'], 'pods without app=web in namespace shop'],
  [['shop', 'shop app=web'], ['shop', 'shop app=web', '*'], 'namespace shop'],
  [['shop', '*'], ['shop', 'shop v=1', '*', '* v=1'], 'pods without v=1 in every namespace'],
  [['shop v=1', '* v=1'], ['shop', 'shop v=1', '*', '* v=1'], 'pods with v=1 in every namespace'],
  [['*'], ['*', '* v=1'], 'pods without v=1 in every namespace'],
  [['* v=1'], ['shop', '*', '* v=1'], 'pods with v=1 in every other namespace'],
  [
    ['shop', '*', '* v=1'],
    ['shop', 'shop v=1', '*', '* v=1'],
    'every namespace but shop and pods without v=1 in namespace shop',
  ],
  [['a', 'b v=1'], ['a', 'b', 'b v=1', '*'], 'namespace a and pods with v=1 in namespace b'],
  [['a x=1', 'a x=1,y=2'], ['a', 'a x=1', 'a y=2', 'a x=1,y=2', '*'], 'pods with x=1 in namespace a'],
  [['a', 'a y=2'], ['a', 'a x=1', 'a y=2', 'a x=1,y=2', '*'], 'pods without x=1 in namespace a'],
  [['a x=1', 'a y=2'], ['a', 'a x=1', 'a y=2', '*'], 'pods with x=1 or y=2 in namespace a'],
  [['a x=1', 'a y=2', 'a z=3'], ['a', 'a x=1', 'a y=2', 'a z=3', '*'], 'some pods in namespace a'],
] as const) {
  t.test(`${concerned.join(', ')} of ${peers.join(', ')}: ${words}`, (t) => {
    t.equal(clientsInWords(concerned.map(client), peers.map(client)), words);
    t.end();
  });
}

t.test('labels are the same in whatever order they are written', (t) => {
  const [one, other] = [client('a x=1,y=2'), client('a y=2,x=1')];
  t.equal(clientsInWords([one], [other, client('*')]), 'namespace a');
  t.end();
});
