import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t, { type Test } from 'tap';
import { createAuthority, issueServingCertificate } from '../../src/certificates/authority.js';
import { fileSource } from '../../src/certificates/files.js';
import type { CertificatePair } from '../../src/certificates/source.js';
import { createLogger } from '../../src/telemetry/logger.js';
import { Lines } from '../telemetry/lines.js';
import { until } from '../until.js';

const DAY = 24 * 60 * 60 * 1000;
const valid = { notBefore: Date.now() - DAY, notAfter: Date.now() + DAY };
const authority = await createAuthority('a CA', valid);
const first = await issueServingCertificate(authority, ['localhost'], valid);
const second = await issueServingCertificate(authority, ['localhost'], valid);

interface Setting {
  /** Milliseconds; so long that only the watch can have noticed, unless given. */
  readonly pollInterval?: number;
  readonly now?: () => number;
  readonly onFailure?: () => void;
}

function setting(t: Test, { pollInterval = DAY, now = Date.now, onFailure = () => undefined }: Setting = {}) {
  const folder = t.testdir({ 'tls.crt': first.certificate, 'tls.key': first.key });
  const certificateFile = path.join(folder, 'tls.crt');
  const keyFile = path.join(folder, 'tls.key');
  const lines = new Lines();
  const logger = createLogger({ destination: lines });
  const source = fileSource({ certificateFile, keyFile, logger, pollInterval, now, onFailure });
  t.teardown(() => {
    source.stop();
  });
  const changes: CertificatePair[] = [];
  source.onChange((pair) => changes.push(pair));
  return { folder, certificateFile, keyFile, source, changes, lines };
}

t.test('reads the pair at start', async (t) => {
  const { source, changes } = setting(t);
  t.throws(() => source.current(), { code: 'not-started' });
  t.strictSame(source.problems(), ['the certificate is not read yet']);
  await source.start();
  t.strictSame(source.current(), first);
  t.strictSame(source.problems(), []);
  t.strictSame(changes, [], 'the first pair is no change');
});

t.test('refuses to start without a usable pair, and says which file', async (t) => {
  const { source, certificateFile, keyFile } = setting(t);
  writeFileSync(keyFile, second.key);
  await t.rejects(source.start(), {
    code: 'unusable-pair',
    problems: [`${keyFile} is not the key of the certificate in ${certificateFile}`],
  });
  rmSync(keyFile);
  await t.rejects(source.start(), { code: 'unreadable-file', problems: [`${keyFile} cannot be read (ENOENT)`] });
});

t.test('takes a new pair once it is whole, and keeps the old one until then', async (t) => {
  const { source, changes, certificateFile, keyFile, lines } = setting(t);
  await source.start();
  writeFileSync(certificateFile, second.certificate);
  await until('the half pair is noticed', () => source.problems().length > 0);
  t.strictSame(source.problems(), [`${keyFile} is not the key of the certificate in ${certificateFile}`]);
  t.strictSame(source.current(), first);
  writeFileSync(keyFile, second.key);
  await until('the pair has changed', () => changes.length > 0);
  t.strictSame(source.current(), second);
  t.strictSame(changes, [second]);
  await until('the trouble is over', () => source.problems().length === 0);
  t.notMatch(lines.text(), /PRIVATE KEY/);
});

t.test('follows a mounted Secret, which swaps a link', async (t) => {
  const { source, folder, certificateFile, keyFile } = setting(t);
  for (const [name, pair] of [
    ['..first', first],
    ['..second', second],
  ] as const) {
    mkdirSync(path.join(folder, name));
    writeFileSync(path.join(folder, name, 'tls.crt'), pair.certificate);
    writeFileSync(path.join(folder, name, 'tls.key'), pair.key);
  }
  symlinkSync('..first', path.join(folder, '..data'));
  for (const file of [certificateFile, keyFile]) {
    rmSync(file);
    symlinkSync(path.join('..data', path.basename(file)), file);
  }
  await source.start();
  t.strictSame(source.current(), first);
  symlinkSync('..second', path.join(folder, '..data_tmp'));
  renameSync(path.join(folder, '..data_tmp'), path.join(folder, '..data'));
  await until('the pair has changed', () => source.current().key === second.key);
});

t.test('finds a change that the watch missed', async (t) => {
  const { source, folder, certificateFile, keyFile } = setting(t, { pollInterval: 5 });
  // The watch is on the folder, so what happens behind a link is not seen by it.
  const elsewhere = path.join(folder, 'elsewhere');
  mkdirSync(elsewhere);
  for (const file of [certificateFile, keyFile]) {
    renameSync(file, path.join(elsewhere, path.basename(file)));
    symlinkSync(path.join('elsewhere', path.basename(file)), file);
  }
  await source.start();
  writeFileSync(path.join(elsewhere, 'tls.crt'), second.certificate);
  writeFileSync(path.join(elsewhere, 'tls.key'), second.key);
  await until('the pair has changed', () => source.current().key === second.key);
});

t.test('says the same trouble once', async (t) => {
  let failures = 0;
  const onFailure = (): void => {
    failures += 1;
  };
  const { source, keyFile, lines } = setting(t, { pollInterval: 5, onFailure });
  await source.start();
  rmSync(keyFile);
  await until('the missing file is noticed', () => source.problems().length > 0);
  t.strictSame(source.problems(), [`${keyFile} cannot be read (ENOENT)`]);
  writeFileSync(keyFile, 'no key');
  await until('the other trouble is noticed', () => source.problems().join().includes('no PEM private key'));
  const said = lines.records().map((line) => line['msg']);
  t.strictSame(said, Array(2).fill('serving certificate not changed: the new pair is unusable'));
  t.equal(failures, 2, 'and told as often');
  t.strictSame(source.current(), first);
});

t.test('a pair that is refused when it is handed on is not taken', async (t) => {
  const { source, certificateFile, keyFile } = setting(t, { pollInterval: 5 });
  let refusals = 0;
  source.onChange(() => {
    refusals += 1;
    if (refusals === 1) throw new Error('the server refuses it');
  });
  await source.start();
  writeFileSync(certificateFile, second.certificate);
  writeFileSync(keyFile, second.key);
  await until('it is taken at the second offer', () => source.current().key === second.key);
  t.equal(refusals, 2);
});

t.test('a certificate that expires meanwhile is a problem', async (t) => {
  let now = Date.now();
  const { source, certificateFile } = setting(t, { now: () => now });
  await source.start();
  now += 2 * DAY;
  t.match(source.problems(), [/^the certificate in .* has expired on /]);
  t.ok(source.problems()[0]?.includes(certificateFile));
});

t.test('after stop nothing changes', async (t) => {
  const { source, changes, certificateFile, keyFile } = setting(t, { pollInterval: 5 });
  const witness = fileSource({ certificateFile, keyFile, logger: createLogger({ level: 'silent' }), pollInterval: 5 });
  t.teardown(() => {
    witness.stop();
  });
  await source.start();
  await witness.start();
  source.stop();
  for (const pair of [second, first, second]) {
    writeFileSync(certificateFile, pair.certificate);
    writeFileSync(keyFile, pair.key);
    await until('another source has seen it', () => witness.current().key === pair.key);
  }
  t.strictSame(source.current(), first);
  t.strictSame(changes, []);
});
