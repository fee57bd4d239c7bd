import fc from 'fast-check';
import t from 'tap';
import { allowed, denied, erred, patched, toReview } from '../../src/admission/response.js';

const base64 = (text: string) => Buffer.from(text, 'utf8').toString('base64');

t.test('allowed', (t) => {
  t.strictSame(toReview(allowed('u-1'), base64), {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: { uid: 'u-1', allowed: true },
  });
  t.end();
});

t.test('denied is the contract’s 403, with the remarks beside it', (t) => {
  const response = denied('u-1', 'It leaks.\n[direct-egress] spec.hosts[0]: no route.', {
    warnings: ['also this'],
    auditAnnotations: { verdict: 'denied' },
  });
  t.strictSame(toReview(response, base64).response, {
    uid: 'u-1',
    allowed: false,
    status: { code: 403, reason: 'Forbidden', message: 'It leaks.\n[direct-egress] spec.hosts[0]: no route.' },
    warnings: ['also this'],
    auditAnnotations: { verdict: 'denied' },
  });
  t.end();
});

t.test('patched carries the operations as base64 of UTF-8 JSON', (t) => {
  const patch = [{ op: 'add', path: '/spec/subset', value: 'ägress→' }] as const;
  const { response } = toReview(patched('u-1', patch), base64);
  t.equal(response.allowed, true);
  t.equal(response.patchType, 'JSONPatch');
  t.strictSame(JSON.parse(Buffer.from(response.patch ?? '', 'base64').toString('utf8')), patch);
  t.end();
});

t.test('a patch without operations is left out', (t) => {
  t.strictSame(toReview(patched('u-1', []), base64).response, { uid: 'u-1', allowed: true });
  t.end();
});

t.test('erred says so in either mode', (t) => {
  const deny = toReview(erred('u-1', 'a rule failed', 'deny'), base64).response;
  t.equal(deny.allowed, false);
  t.equal(deny.status?.code, 403);
  t.match(deny.status?.message, /^Sallyport denies what it could not judge: a rule failed\.\n.*u-1\.$/u);
  const allow = toReview(erred('u-1', 'a rule failed', 'allow'), base64).response;
  t.equal(allow.allowed, true);
  t.strictSame(allow.warnings, ['Sallyport let this through unjudged: a rule failed']);
  t.end();
});

t.test('warnings stay within what the API server passes on', (t) => {
  const long = toReview(allowed('u', { warnings: ['x'.repeat(257), 'y'.repeat(256)] }), base64).response.warnings;
  t.strictSame(long, [`${'x'.repeat(255)}…`, 'y'.repeat(256)]);

  const lines = toReview(allowed('u', { warnings: ['two\r\n  lines\tand\u0007more\u2028', ' \n'] }), base64);
  t.strictSame(lines.response.warnings, ['two   lines and more'], 'no control characters, none that is empty');

  const many = Array.from({ length: 40 }, (_, i) => String(i).padEnd(200, '.'));
  const kept = toReview(allowed('u', { warnings: many }), base64).response.warnings ?? [];
  t.strictSame(kept.slice(0, -1), many.slice(0, kept.length - 1), 'the first ones, in their order');
  t.equal(kept.at(-1), `and ${many.length - (kept.length - 1)} more warnings`);

  const property = fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 600 })), (warnings) => {
    const bounded = toReview(allowed('u', { warnings }), base64).response.warnings ?? [];
    return (
      bounded.every((line) => line.length > 0 && line.length <= 256 && !/\p{Cc}/u.test(line)) &&
      bounded.reduce((sum, line) => sum + line.length, 0) <= 4096
    );
  });
  t.doesNotThrow(() => {
    fc.assert(property);
  });
  t.end();
});

t.test('no cut splits a character', (t) => {
  for (const filler of [253, 254, 255, 256]) {
    const [line = ''] =
      toReview(allowed('u', { warnings: ['x'.repeat(filler) + '🚪🚪'] }), base64).response.warnings ?? [];
    t.notMatch(line, /[\ud800-\udbff](?![\udc00-\udfff])/);
    t.ok(line.length <= 256);
    t.ok(line.endsWith('…'));
  }
  t.end();
});

t.test('message and audit annotations are bounded', (t) => {
  const { response } = toReview(
    denied('u', 'm'.repeat(100_000), { auditAnnotations: { rules: 'r'.repeat(100_000), verdict: 'denied' } }),
    base64,
  );
  t.equal(response.status?.message.length, 32 * 1024);
  t.equal(response.auditAnnotations?.['rules']?.length, 10 * 1024);
  t.equal(response.auditAnnotations?.['verdict'], 'denied');
  t.end();
});
