import t from 'tap';
import { allowed, denied, patched, type FailureMode } from '../../src/admission/response.js';
import type { Finding } from '../../src/policy/finding.js';
import type { Answered } from '../../src/server/admission-routes.js';
import type { Deadline } from '../../src/server/deadline.js';
import { createLogger } from '../../src/telemetry/logger.js';
import { Lines } from '../telemetry/lines.js';
import { ALLOWING, post, review, serve } from './harness.js';

/** What a client must never find in a log: the object of the doubles' reviews. */
const CONFIDENTIAL = /confidential/;

t.test('each path asks its handler, once, with the request', async (t) => {
  const asked: string[] = [];
  const { server } = await serve(t, {
    handlers: {
      validate: (request) => {
        asked.push(`validate ${request.uid} ${request.kind.kind} ${request.namespace}/${request.name}`);
        return denied(request.uid, 'It leaks.', { warnings: ['and this'], auditAnnotations: { verdict: 'denied' } });
      },
      mutate: (request) => {
        asked.push(`mutate ${request.uid}`);
        return Promise.resolve(patched(request.uid, [{ op: 'add', path: '/spec/x', value: 'ü' }]));
      },
    },
  });
  const validated = await post(server.address, '/validate', review());
  t.strictSame(validated.body, {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: {
      uid: 'u-1',
      allowed: false,
      status: { code: 403, reason: 'Forbidden', message: 'It leaks.' },
      warnings: ['and this'],
      auditAnnotations: { verdict: 'denied' },
    },
  });
  const mutated = await post(server.address, '/mutate?timeout=10s', review({ uid: 'u-2' }));
  const patch = Buffer.from('[{"op":"add","path":"/spec/x","value":"ü"}]', 'utf8').toString('base64');
  t.strictSame(mutated.body, {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: { uid: 'u-2', allowed: true, patchType: 'JSONPatch', patch },
  });
  t.match(mutated.headers['content-type'], /^application\/json/);
  t.strictSame(asked, ['validate u-1 ServiceEntry shop/cnn', 'mutate u-2']);
});

t.test('the uid is the request’s, whatever the handler says', async (t) => {
  const { server } = await serve(t, { handlers: { ...ALLOWING, validate: () => allowed('another') } });
  t.match((await post(server.address, '/validate', review())).body, { response: { uid: 'u-1' } });
});

const SECRET = new Error('password hunter2 in the connection string');

/** Handlers that fail in every way there is. */
const FAILING = {
  'throws at once': () => {
    throw SECRET;
  },
  rejects: () => Promise.reject(SECRET),
  'throws what is no error': () => {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- a library might
    throw 'hunter2';
  },
  'answers what cannot be written as JSON': () => patched('u-1', [{ op: 'add', path: '/a', value: 1n }]),
} as const;

for (const [how, fail] of Object.entries(FAILING)) {
  t.test(`a handler that ${how} is answered for, logged and counted`, async (t) => {
    let mode: FailureMode = 'deny';
    const answers: Answered[] = [];
    const { server, lines } = await serve(t, {
      handlers: { validate: fail, mutate: async () => Promise.resolve(fail()) },
      onError: () => mode,
      onAnswered: (answered) => answers.push(answered),
    });
    for (const path of ['/validate', '/mutate']) {
      mode = 'deny';
      const closed = await post(server.address, path, review());
      t.equal(closed.status, 200);
      t.match(closed.body, {
        response: {
          uid: 'u-1',
          allowed: false,
          status: {
            code: 403,
            reason: 'Forbidden',
            message: /^Sallyport denies what it could not judge: the judgement failed/,
          },
        },
      });
      mode = 'allow';
      const open = await post(server.address, path, review());
      t.match(open.body, {
        response: {
          uid: 'u-1',
          allowed: true,
          warnings: [/^Sallyport let this through unjudged: the judgement failed/],
        },
      });
      t.notMatch(closed.text + open.text, /hunter2/, 'the error’s own text is for the log');
    }
    t.strictSame(
      answers.map(({ webhook, decision, erred }) => ({ webhook, decision, erred })),
      [
        { webhook: 'validate', decision: 'denied', erred: true },
        { webhook: 'validate', decision: 'allowed', erred: true },
        { webhook: 'mutate', decision: 'denied', erred: true },
        { webhook: 'mutate', decision: 'allowed', erred: true },
      ],
    );
    const failures = lines.records().filter((line) => line['msg'] === 'review not judged');
    t.strictSame(
      failures.map((line) => [line['level'], line['requestId'], line['mode']]),
      ['deny', 'allow', 'deny', 'allow'].map((said) => ['error', 'u-1', said]),
    );
    t.ok(failures.every((line) => line['err'] !== undefined));
    t.notMatch(lines.text(), CONFIDENTIAL);
  });
}

t.test('a handler that does not come to an end is answered for within the timeout', async (t) => {
  const deadlines: Deadline[] = [];
  const { server } = await serve(t, {
    handlers: {
      validate: () => new Promise<never>(() => undefined),
      mutate: (_request, deadline) => {
        deadlines.push(deadline);
        return new Promise<never>(() => undefined);
      },
    },
  });
  for (const path of ['/validate', '/mutate']) {
    const answer = await post(server.address, `${path}?timeout=40ms`, review());
    t.match(answer.body, {
      response: { uid: 'u-1', allowed: false, status: { message: /was not done within 0\.0 s/ } },
    });
  }
  t.equal(deadlines[0]?.signal.aborted, true, 'whoever works for it is told');
});

t.test('the deadline is made from the query', async (t) => {
  const left: number[] = [];
  const { server } = await serve(t, {
    handlers: {
      ...ALLOWING,
      mutate: (request, deadline) => {
        left.push(deadline.remaining());
        return Promise.resolve(allowed(request.uid));
      },
    },
  });
  const queries = [
    '?timeout=30s',
    '?timeout=5s',
    '',
    '?timeout=rubbish',
    '?timeout=5s&timeout=6s',
    '?timeout[a]=5s',
    '?timeout',
  ];
  for (const query of queries) await post(server.address, `/mutate${query}`, review());
  const budgets = [29_000, 4000, 9000, 9000, 9000, 9000, 9000];
  // The way to the handler takes a little of it.
  t.strictSame(
    left.map((ms, i) => ms <= (budgets[i] ?? 0) && ms > (budgets[i] ?? 0) - 1000),
    budgets.map(() => true),
  );
});

t.test('nobody needs a line for what is fine, unless he asks for it', async (t) => {
  const lines = new Lines();
  const { server } = await serve(t, { logger: createLogger({ level: 'info', destination: lines }) });
  await post(server.address, '/validate', review());
  t.notMatch(lines.text(), 'review answered');
});

t.test('one line an answer, with who, what and where, without the object', async (t) => {
  const { server, lines } = await serve(t);
  const object = { metadata: { name: 'cnn' }, spec: { hosts: ['confidential.example'] } };
  await post(server.address, '/validate', review({ object, oldObject: object, operation: 'UPDATE', dryRun: true }));
  const answered = lines.records().filter((line) => line['msg'] === 'review answered');
  t.equal(answered.length, 1);
  const { time, durationMs, ...rest } = answered[0] ?? {};
  t.type(time, 'string');
  t.type(durationMs, 'number');
  t.strictSame(rest, {
    level: 'debug',
    webhook: 'validate',
    requestId: 'u-1',
    operation: 'UPDATE',
    kind: 'ServiceEntry.v1.networking.istio.io',
    namespace: 'shop',
    name: 'cnn',
    user: 'jane',
    dryRun: true,
    decision: 'allowed',
    msg: 'review answered',
  });
  t.notMatch(lines.text(), CONFIDENTIAL);
});

t.test('the line of a denial says which rules deny, and nothing of what they found', async (t) => {
  const object = { apiVersion: 'networking.istio.io/v1', kind: 'ServiceEntry', namespace: 'shop', name: 'cnn' };
  const finding = (rule: Finding['rule'], field: string): Finding => {
    const texts = { reason: 'no-route', message: 'confidential.example leaks', mend: 'confidential', docs: '' };
    return { rule, severity: 'error', object, field, ...texts };
  };
  const findings = [
    finding('direct-egress', 'spec.hosts[0]'),
    finding('direct-egress', 'spec.hosts[1]'),
    finding('outbound-any', 'spec'),
  ];
  const judgement = { decision: { allowed: false, findings, old: 0, exempted: [], until: Infinity } };
  const answers: Answered[] = [];
  const { server, lines } = await serve(t, {
    handlers: { ...ALLOWING, validate: ({ uid }) => denied(uid, 'confidential.example leaks', { judgement }) },
    onAnswered: (answered) => answers.push(answered),
  });
  const { text } = await post(server.address, '/validate', review());
  t.notMatch(text, 'judgement', 'the API server is not sent it');
  const answered = lines.records().filter((line) => line['msg'] === 'review answered');
  t.match(answered, [
    {
      decision: 'denied',
      user: 'jane',
      operation: 'CREATE',
      namespace: 'shop',
      name: 'cnn',
      rules: ['direct-egress', 'outbound-any'],
    },
  ]);
  t.equal(answered.length, 1);
  t.strictSame(answers[0]?.judgement, judgement);
  t.notMatch(lines.text(), CONFIDENTIAL);
});

t.test('names that no API server sends do not fill the log', async (t) => {
  const { server, lines } = await serve(t);
  const long = 'x'.repeat(1_000_000);
  await post(server.address, '/validate', review({ uid: long, name: long, namespace: long, subResource: long }));
  t.ok(lines.text().length < 5000);
});

t.test('a counter that fails changes no answer', async (t) => {
  const { server, lines } = await serve(t, {
    onAnswered: () => {
      throw new Error('the counter broke');
    },
  });
  t.match((await post(server.address, '/validate', review())).body, { response: { uid: 'u-1', allowed: true } });
  t.ok(lines.records().some((line) => line['msg'] === 'answer not counted'));
});

t.test('reviews at once do not wait for each other', async (t) => {
  const waiting: (() => void)[] = [];
  const { server } = await serve(t, {
    handlers: {
      ...ALLOWING,
      // Answers only when all are there.
      validate: (request) =>
        new Promise((resolve) => {
          waiting.push(() => {
            resolve(allowed(request.uid));
          });
          if (waiting.length === 20) for (const answer of waiting) answer();
        }),
    },
  });
  const uids = Array.from({ length: 20 }, (_, i) => `u-${i}`);
  const answers = await Promise.all(uids.map((uid) => post(server.address, '/validate', review({ uid }))));
  for (const [i, answer] of answers.entries()) t.match(answer.body, { response: { uid: uids[i], allowed: true } });
});

t.test(
  'two reviews that differ in their uid alone ask the same question, and each is answered with its own',
  async (t) => {
    const asked: [string, string | undefined, unknown][] = [];
    const { server } = await serve(t, {
      handlers: {
        ...ALLOWING,
        validate: ({ uid, question, object }) => {
          asked.push([uid, question, object]);
          return allowed(uid);
        },
      },
    });
    const uids: unknown[] = [];
    for (const [uid, host] of [
      ['one', 'a'],
      ['two', 'a'],
      ['three', 'b'],
    ]) {
      const { body } = await post(server.address, '/validate', review({ uid, object: { spec: { hosts: [host] } } }));
      uids.push((body as { readonly response: { readonly uid: string } }).response.uid);
    }
    t.strictSame(uids, ['one', 'two', 'three']);
    t.strictSame(
      asked.map(([uid]) => uid),
      ['one', 'two', 'three'],
    );
    t.type(asked[0]?.[1], 'string');
    t.equal(asked[0]?.[1], asked[1]?.[1]);
    t.equal(asked[0]?.[2], asked[1]?.[2], 'the second is not read again');
    t.not(asked[1]?.[1], asked[2]?.[1]);
    t.strictSame(asked[2]?.[2], { spec: { hosts: ['b'] } });
  },
);
