import { spawnSync } from 'node:child_process';
import t from 'tap';
import { createLogger } from '../../src/telemetry/logger.js';
import { Lines } from './lines.js';

t.test('a line is JSON with the level as a word and an ISO time', (t) => {
  const lines = new Lines();
  createLogger({ destination: lines }).info({ requestId: 'u-1' }, 'review answered');
  const [line] = lines.records();
  t.match(line, { level: 'info', requestId: 'u-1', msg: 'review answered' });
  t.match(line?.['time'], /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  t.strictSame(Object.keys(line ?? {}), ['level', 'time', 'requestId', 'msg'], 'no pid, no host name');
  t.end();
});

t.test('the level holds back what is below it', (t) => {
  const lines = new Lines();
  const logger = createLogger({ level: 'warn', destination: lines });
  logger.info('not this');
  logger.warn('this');
  t.strictSame(
    lines.records().map((line) => line['msg']),
    ['this'],
  );
  t.end();
});

t.test('an error is logged as type, code, message, stack and cause, never with what it carries', (t) => {
  const lines = new Lines();
  const cause = Object.assign(new TypeError('no route'), { code: 'ECONNREFUSED' });
  const error = Object.assign(new Error('the apply failed', { cause }), {
    body: { spec: 'of a user' },
    headers: { authorization: 'Bearer s3cret' },
  });
  createLogger({ destination: lines }).error({ err: error }, 'apply failed');
  const [line] = lines.records();
  t.match(line?.['err'], {
    type: 'Error',
    message: 'the apply failed',
    stack: /^ +at /,
    cause: { type: 'TypeError', code: 'ECONNREFUSED', message: 'no route' },
  });
  t.notMatch(lines.text(), /s3cret|of a user/);
  t.end();
});

t.test('a long message and an endless chain of causes end', (t) => {
  const lines = new Lines();
  const loop: Error & { cause?: unknown } = new Error('x'.repeat(1_000_000));
  loop.cause = loop;
  createLogger({ destination: lines }).error({ err: loop }, 'apply failed');
  t.ok(lines.text().length < 50_000);
  t.end();
});

t.test('an error is reduced under any name, and alone', (t) => {
  const lines = new Lines();
  const error = Object.assign(new Error('no'), { body: 's3cret', request: { text: 's3cret' } });
  const logger = createLogger({ destination: lines });
  logger.error({ problem: { first: error } }, 'apply failed');
  logger.error(error);
  t.match(lines.records()[0]?.['problem'], { first: { type: 'Error', message: 'no' } });
  t.match(lines.records()[1]?.['err'], { type: 'Error', message: 'no' });
  t.notMatch(lines.text(), /s3cret/);
  t.end();
});

t.test('names that hold secrets or objects are censored, at the top and below', (t) => {
  const lines = new Lines();
  createLogger({ destination: lines }).info(
    {
      key: 's3cret',
      pair: { key: 's3cret', privateKey: 's3cret' },
      headers: { authorization: 's3cret' },
      list: [{ password: 's3cret' }],
      deep: { a: { b: { c: { d: { e: 's3cret' } } } } },
      request: { spec: { a: 's3cret' }, token: 's3cret', headers: { authorization: 's3cret' } },
    },
    'x',
  );
  t.notMatch(lines.text(), /s3cret/);
  t.end();
});

t.test('what is logged is left as it was', (t) => {
  const pair = { key: 's3cret' };
  createLogger({ destination: new Lines() }).info({ pair }, 'x');
  t.strictSame(pair, { key: 's3cret' });
  t.end();
});

t.test('without a destination the lines go to standard error', (t) => {
  const url = new URL('../../src/telemetry/logger.js', import.meta.url).href;
  const script = `import(${JSON.stringify(url)}).then(({ createLogger }) => createLogger().info('hello'))`;
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });
  t.equal(stdout, '');
  t.match(stderr, /"msg":"hello"/);
  t.end();
});
