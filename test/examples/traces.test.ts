import t from 'tap';
import { selects, type Labels } from '../../src/mesh/metadata.js';
import { verdictOf } from '../../src/routing/outcome.js';
import { trace } from '../../src/routing/trace.js';
import { outcomesOf } from '../../src/routing/way.js';
import { readCalls, type ExampleCall } from './calls.js';
import { readFolder, worldOf } from './example-folder.js';

interface Pod {
  readonly namespace: string;
  readonly labels: Labels;
}

/** A namespace that the examples speak of, and one that they do not. Travel is left out: its mistake breaks other hosts. */
const NAMESPACES = ['shop', 'billing', 'elsewhere'];

/** The pods that a line of the table is about. `other` lines are about those that no line of the same call names. */
function podsOf(call: ExampleCall, calls: readonly ExampleCall[]): readonly Pod[] {
  const { clients } = call;
  const everywhere = (labels: Labels): readonly Pod[] => NAMESPACES.map((namespace) => ({ namespace, labels }));
  switch (clients.who) {
    case 'every':
      return [...everywhere({}), ...everywhere({ app: 'web' })];
    case 'namespace':
      return [
        { namespace: clients.namespace, labels: {} },
        { namespace: clients.namespace, labels: { app: 'web' } },
      ];
    case 'label':
      return everywhere({ [clients.key]: clients.value, app: 'web' });
    case 'other': {
      const named = new Set(calls.flatMap(({ clients }) => (clients.who === 'namespace' ? [clients.namespace] : [])));
      return everywhere({}).filter(({ namespace }) => !named.has(namespace));
    }
  }
}

for (const name of ['mesh', 'mesh-2019', 'leaks'] as const) {
  const files = readFolder(name);
  const world = worldOf(files);
  const topology = {
    world,
    isEgressGateway: ({ spec }: { readonly spec: { readonly selector: Labels | undefined } }) =>
      spec.selector !== undefined && selects({ istio: 'egressgateway' }, spec.selector),
  };
  t.test(`examples/${name}: what becomes of every call is what the file says`, (t) => {
    for (const { file, text } of files) {
      const calls = readCalls(text);
      for (const call of calls) {
        const { protocol, host, port, verdict } = call;
        for (const { namespace, labels } of podsOf(call, calls)) {
          const ways = trace(topology, { kind: 'sidecar', namespace, labels }, { protocol, host, port });
          const who = `${namespace} ${JSON.stringify(labels)}`;
          t.equal(verdictOf(outcomesOf(ways)), verdict, `${file}: ${who} ${protocol} ${host}:${port}`);
        }
      }
    }
    t.end();
  });
}
