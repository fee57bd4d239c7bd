import t from 'tap';
import { explainJson } from '../../src/report/explain-json.js';
import { explainText } from '../../src/report/explain-text.js';
import { LOSS_WORDS } from '../../src/report/loss-words.js';
import { MEND_WORDS } from '../../src/report/mend-words.js';
import { PLAIN } from '../../src/report/paint.js';
import { STEP_WORDS } from '../../src/report/step-words.js';
import { END_WORDS } from '../../src/report/verdict-words.js';
import { explain } from '../../src/routing/explanation/explain.js';
import { readCases } from '../conformance/case-file.js';
import { topologyOf } from '../conformance/case.js';
import { manifest } from '../mesh/manifests.js';
import { NO_SHARED_FOLDER, sharedFile } from '../mesh/shared-folder.js';
import {
  AT_GATEWAY,
  BOTH,
  EGRESS,
  entry,
  explained,
  gateway,
  http,
  HTTP_GATEWAY,
  OUT,
  route,
  server,
  to,
  type Question,
} from '../routing/explanation/small-world.js';

const NOWHERE = { locate: () => undefined, paint: PLAIN };

function told(question: Question, why = false): string {
  return explainText(explained(question), { ...NOWHERE, why });
}

t.test('what no file holds is told by its field', (t) => {
  t.match(
    told({ objects: [entry()] }),
    '  service   ServiceEntry shop/cnn declares port 80 as HTTP\n            spec.ports[0]\n',
  );
  t.end();
});

t.test('the last words say what it comes to', (t) => {
  const ends: readonly (readonly [keyof typeof END_WORDS, Question])[] = [
    ['delivered', { objects: [entry(), HTTP_GATEWAY, BOTH] }],
    ['leaks', { objects: [entry()] }],
    ['passthrough', { objects: [], mesh: { outboundTrafficPolicy: 'ALLOW_ANY' } }],
    ['blocked', { objects: [] }],
    ['broken', { objects: [entry(), BOTH] }],
    [
      'stays-inside',
      {
        objects: [
          manifest(
            'Service',
            { selector: { app: 'db' }, clusterIP: '10.0.0.2', ports: [{ name: 'http', port: 80 }] },
            { name: 'db' },
          ),
        ],
        call: { host: 'db' },
      },
    ],
    ['leaves-gateway', { objects: [entry(), HTTP_GATEWAY, BOTH], client: AT_GATEWAY }],
    ['fails-at-gateway', { objects: [], client: AT_GATEWAY }],
  ];
  for (const [end, question] of ends) {
    const { word, sentence } = END_WORDS[end];
    t.match(told(question), `\n${word}: ${sentence}\n`, end);
  }
  t.same(new Set(ends.map(([end]) => end)), new Set(Object.keys(END_WORDS)));
  t.end();
});

t.test('of several ways each has its own part, with the rule that takes it', (t) => {
  const objects = [
    entry(),
    HTTP_GATEWAY,
    BOTH,
    route(
      { exportTo: ['.'], ...http({ match: [{ uri: { prefix: '/a' } }], route: [EGRESS] }, { route: [OUT] }) },
      { name: 'two' },
    ),
  ];
  const text = told({ objects });
  t.match(text, 'Sidecar of the pod: way 1 of 2\n  rule      takes some requests, by their uri\n');
  t.match(text, 'Sidecar of the pod: way 2 of 2\n  rule      takes every request\n');
  t.end();
});

t.test('thousands of rules are not told one by one', (t) => {
  const rules = Array.from({ length: 1000 }, (_, index) => ({
    match: [{ uri: { prefix: `/${index}` } }],
    route: [to(`h${index}.com`)],
  }));
  const text = told({ objects: [entry(), route(http(...rules))] });
  t.match(text, 'way 20 of 1001\n');
  t.notMatch(text, 'way 21 of 1001\n');
  t.match(text, '\n... and 981 more ways\n');
  t.end();
});

t.test('with `why` every step is told, and at most twelve losers of each', (t) => {
  const objects = [entry(), BOTH, ...Array.from({ length: 20 }, (_, index) => entry({}, { namespace: `n${index}` }))];
  const text = told({ objects }, true);
  t.match(text, '  Sidecar   none: pods see all that is exported to shop\n');
  t.match(text, '            - ServiceEntry n0/cnn: ServiceEntry shop/cnn is in the own namespace and hides it\n');
  t.match(text, '            - and 8 more\n');
  t.match(text, '            - http[1].match[0]: for other gateways\n              spec.http[1].match[0].gateways\n');
  t.notMatch(told({ objects }), ' - ');
  t.end();
});

t.test('the candidate that should have won is told even where nobody asks for all', (t) => {
  const text = told({ objects: [entry(), route({ gateways: ['egress'], ...http({ route: [EGRESS] }) })] });
  t.match(text, '            - VirtualService shop/cnn: its gateways do not list mesh\n              spec.gateways\n');
  t.end();
});

t.test('every text is a sentence: no gap, no capital but of names, no full stop but of what to mend', (t) => {
  const steps = Object.values(STEP_WORDS).flatMap((words) => Object.values(words).map(({ text }) => text));
  for (const text of [...steps, ...Object.values(LOSS_WORDS)]) t.notMatch(text, /\.$|^ | {2}/, text);
  for (const text of Object.values(MEND_WORDS)) t.match(text, /^[A-Z].*\.$/, text);
  t.end();
});

t.test('no sentence about any case has a gap', { skip: NO_SHARED_FOLDER }, (t) => {
  let index = 0;
  for (const one of readCases(sharedFile('conformance', 'traces.jsonl.gz'))) {
    // Each tenth case says all there is to say.
    if (index++ % 10 !== 0) continue;
    const topology = topologyOf(one);
    for (const { client, host, port, protocol, address } of one.probes) {
      const call = { host, port, protocol, ...(address === undefined ? {} : { address }) };
      const explanation = explain(topology, client, call);
      const text = explainText(explanation, { ...NOWHERE, why: true });
      const gap = /.*(?:\{\w+\}|undefined|NaN|: {2}|, ,|\bas ,).*/.exec(text);
      if (gap !== null) t.fail(`${one.name}: ${gap[0]}`);
      const { reasons } = explainJson(explanation, () => undefined);
      const strange = reasons.filter(({ outcome }) => outcome?.includes('[-1]') === true);
      if (strange.length > 0) t.same(strange, [], one.name);
    }
  }
  t.end();
});

t.test('a call to a gateway that redirects', (t) => {
  const redirecting = gateway([{ ...server(80, 'HTTP'), tls: { httpsRedirect: true } }]);
  t.match(told({ objects: [redirecting], client: AT_GATEWAY }), '  rule      answers 301, a redirect to HTTPS\n');
  t.end();
});
