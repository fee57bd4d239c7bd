import t from 'tap';
import { allowed } from '../../src/admission/response.js';
import type { AdmissionRequest } from '../../src/admission/review.js';
import { ALLOWING, ask, keepAliveAgent, post, review, serve, type Answer } from './harness.js';

const MIB = 1024 * 1024;

/** Bad input ends in an answer, and the server lives on: every test asks once more. */
async function stillServes(t: Tap, to: { host: string; port: number }): Promise<void> {
  const answer = await post(to, '/validate', review({ uid: 'after' }));
  t.match(answer.body, { response: { uid: 'after', allowed: true } }, 'the server lives');
}

type Tap = Pick<typeof t, 'match' | 'equal' | 'type'>;

function refused(t: Tap, answer: Answer, status: number, code: string): void {
  t.equal(answer.status, status);
  t.match(answer.headers['content-type'], /^application\/json/);
  t.match(answer.body, { code, message: /./ });
}

t.test('what is no review', async (t) => {
  const { server } = await serve(t);
  const cases: readonly (readonly [what: string, body: string | Buffer, code: string])[] = [
    ['an empty body', '', 'empty-body'],
    ['broken JSON', '{"apiVersion":', 'broken-json'],
    ['text after the JSON', `${review()}x`, 'broken-json'],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x00, 0x80]), 'broken-json'],
    ['a number', '7', 'not-an-object'],
    ['null', 'null', 'not-an-object'],
    ['a list', `[${review()}]`, 'not-an-object'],
    ['an empty object', '{}', 'wrong-version'],
    ['an older version', review().replace('admission.k8s.io/v1', 'admission.k8s.io/v1beta1'), 'wrong-version'],
    ['another kind', review().replace('AdmissionReview', 'ConversionReview'), 'wrong-kind'],
    ['a review without a request', '{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview"}', 'no-request'],
    ['a review without uid', review({ uid: undefined }), 'no-uid'],
    ['a uid that is no text', review({ uid: 1 }), 'no-uid'],
  ];
  for (const path of ['/validate', '/mutate']) {
    for (const [what, body, code] of cases) {
      await t.test(`${what} at ${path}`, async (t) => {
        refused(t, await post(server.address, path, body), 400, code);
      });
    }
  }
  await stillServes(t, server.address);
});

t.test('a body that is not there at all', async (t) => {
  const { server } = await serve(t);
  refused(t, await ask(server.address, { method: 'POST', path: '/validate' }), 400, 'not-an-object');
  await stillServes(t, server.address);
});

t.test('8 MiB, said beforehand or found out', async (t) => {
  const { server } = await serve(t);
  const agent = keepAliveAgent(t);
  const big = Buffer.alloc(8 * MIB, ' ');
  const said = await post(server.address, '/validate', big, { agent });
  refused(t, said, 413, 'too-large');
  const chunked = { 'content-type': 'application/json', 'transfer-encoding': 'chunked' };
  const options = { method: 'POST', path: '/mutate', body: big, agent };
  const foundOut = await ask(server.address, { ...options, headers: chunked });
  refused(t, foundOut, 413, 'too-large');
  const after = await post(server.address, '/validate', review(), { agent });
  t.equal(after.status, 200, 'the rest of the body is not taken for a request');
  const ports = new Set([said, foundOut, after].map((answer) => answer.connection.port));
  t.equal(ports.size, 1, 'the connection is not torn from a client that is still sending');
});

t.test('just within the limit', async (t) => {
  const { server } = await serve(t);
  const padded = review().padEnd(7 * MIB, ' ');
  t.match((await post(server.address, '/validate', padded)).body, { response: { uid: 'u-1', allowed: true } });
  refused(t, await post(server.address, '/validate', `${padded} `), 413, 'too-large');
});

t.test('another media type', async (t) => {
  const { server } = await serve(t);
  const types = [
    'text/plain',
    'application/yaml',
    'application/x-www-form-urlencoded',
    'application/jsonx',
    'json',
    '',
  ];
  for (const type of types) {
    const answer = await post(server.address, '/validate', review(), { headers: { 'content-type': type } });
    refused(t, answer, 415, 'media-type');
  }
  const big = Buffer.alloc(8 * MIB, ' ');
  refused(
    t,
    await post(server.address, '/validate', big, { headers: { 'content-type': 'text/plain' } }),
    415,
    'media-type',
  );
  await stillServes(t, server.address);
});

t.test('JSON under its other spellings', async (t) => {
  const { server } = await serve(t);
  for (const type of ['application/json; charset=utf-8', 'application/json;charset=UTF-8', 'Application/JSON']) {
    const answer = await post(server.address, '/validate', review(), { headers: { 'content-type': type } });
    t.equal(answer.status, 200, type);
  }
});

t.test('a review whose other fields cannot be read is denied with its uid', async (t) => {
  const { server } = await serve(t);
  for (const path of ['/validate', '/mutate']) {
    const answer = await post(server.address, path, review({ dryRun: 'true' }));
    t.equal(answer.status, 200);
    t.match(answer.body, {
      kind: 'AdmissionReview',
      response: {
        uid: 'u-1',
        allowed: false,
        status: { code: 403, message: 'The review cannot be read: request.dryRun must be true or false.' },
      },
    });
  }
});

/** A server whose handler keeps what it was asked. */
async function recording(t: Parameters<typeof serve>[0]) {
  const seen: AdmissionRequest[] = [];
  const handlers = {
    ...ALLOWING,
    validate: (request: AdmissionRequest) => {
      seen.push(request);
      return allowed(request.uid);
    },
  };
  const { server } = await serve(t, { handlers });
  return { server, seen };
}

t.test('what the objects are is the handler’s affair', async (t) => {
  const { server, seen } = await recording(t);
  const kind = { group: 'unheard.example', version: 'v9', kind: 'Thing' };
  await post(server.address, '/validate', review({ kind }));
  await post(server.address, '/validate', review({ object: null }));
  await post(server.address, '/validate', review({ object: { spec: { ports: [{ number: '443' }, 7, null] } } }));
  t.match(seen[0], { kind });
  t.equal(seen[1]?.object, null);
  t.strictSame(seen[2]?.object, { spec: { ports: [{ number: '443' }, 7, null] } }, 'nothing is coerced');
  t.equal(seen.length, 3);
});

t.test('100,000 levels', async (t) => {
  const { server, seen } = await recording(t);
  const depth = 100_000;
  const deep = '['.repeat(depth) + ']'.repeat(depth);
  const answer = await post(server.address, '/validate', review({ object: 'HERE' }).replace('"HERE"', deep));
  t.match(answer.body, { response: { uid: 'u-1', allowed: true } });
  let levels = 0;
  for (let at = seen[0]?.object; Array.isArray(at); at = at[0]) levels += 1;
  t.equal(levels, depth);
  await stillServes(t, server.address);
});

t.test('a handler that overflows the stack on them is answered for', async (t) => {
  const handlers = {
    ...ALLOWING,
    validate: (request: AdmissionRequest) => allowed(JSON.stringify(request.object)),
  };
  const { server } = await serve(t, { handlers });
  const depth = 100_000;
  const deep = '{"a":'.repeat(depth) + '1' + '}'.repeat(depth);
  const answer = await post(server.address, '/validate', review({ object: 'HERE' }).replace('"HERE"', deep));
  t.match(answer.body, { response: { uid: 'u-1', allowed: false } });
});

t.test('keys that poison prototypes are dropped, and the request says so', async (t) => {
  const { server, seen } = await recording(t);
  const poisons = [
    '{"__proto__":{"admin":true},"spec":{"a":1}}',
    '{"\\u005f_proto__":{"admin":true},"spec":{"a":1}}',
    '{"constructor":{"prototype":{"admin":true}},"spec":{"a":1}}',
    '{"spec":{"a":1,"__proto__":{"admin":true}}}',
  ];
  for (const poison of poisons) {
    const answer = await post(server.address, '/validate', review({ object: 'HERE' }).replace('"HERE"', poison));
    t.match(answer.body, { response: { uid: 'u-1', allowed: true } }, poison);
    const request = seen.pop();
    t.strictSame(request?.object, { spec: { a: 1 } });
    t.equal(request?.keysDropped, true);
  }
  t.notOk('admin' in {});
  const outer = review().replace('{', '{"__proto__":{"uid":"other"},');
  t.match((await post(server.address, '/validate', outer)).body, { response: { uid: 'u-1' } });
  seen.pop();
  await post(server.address, '/validate', review());
  t.notOk('keysDropped' in (seen.pop() ?? {}), 'the next request is not blamed for it');
});

t.test('other paths and methods', async (t) => {
  const { server } = await serve(t);
  refused(t, await ask(server.address, { path: '/' }), 404, 'not-found');
  refused(t, await ask(server.address, { path: '/validate' }), 404, 'not-found');
  refused(t, await post(server.address, '/validate/', review()), 404, 'not-found');
  refused(t, await ask(server.address, { method: 'DELETE', path: '/mutate' }), 404, 'not-found');
  t.equal((await ask(server.address, { path: '/%c0%ae' })).status, 400, 'a path that cannot be decoded');
  await stillServes(t, server.address);
});
