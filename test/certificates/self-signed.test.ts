import { X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { CertificateError } from '../../src/certificates/certificate-error.js';
import { selfSignedSource } from '../../src/certificates/self-signed.js';

const DAY = 24 * 60 * 60 * 1000;

t.test('makes a pair at start, and nothing on disk', async (t) => {
  const folder = t.testdir({});
  t.teardown(process.chdir.bind(process, process.cwd()));
  process.chdir(folder);
  const source = selfSignedSource({ hosts: ['localhost', '127.0.0.1'] });
  t.throws(() => source.current(), new CertificateError('not-started', ['the certificate is not made yet']));
  t.throws(() => source.authority(), { code: 'not-started' });
  t.strictSame(source.problems(), ['the certificate is not made yet']);
  await source.start();
  t.strictSame(source.problems(), []);
  const leaf = new X509Certificate(source.current().certificate);
  t.equal(leaf.checkHost('localhost'), 'localhost');
  t.equal(leaf.checkIP('127.0.0.1'), '127.0.0.1');
  t.equal(leaf.verify(new X509Certificate(source.authority()).publicKey), true);
  source.stop();
  t.strictSame(readdirSync(folder), []);
});

t.test('writes the CA certificate where it is told, never a key', async (t) => {
  const folder = t.testdir({});
  const authorityFile = path.join(folder, 'certs', 'ca.crt');
  const source = selfSignedSource({ hosts: ['localhost'], authorityFile });
  await source.start();
  t.equal(readFileSync(authorityFile, 'utf8'), source.authority());
  t.strictSame(readdirSync(path.dirname(authorityFile)), ['ca.crt'], 'no draft is left');
  const again = selfSignedSource({ hosts: ['localhost'], authorityFile });
  await again.start();
  t.equal(readFileSync(authorityFile, 'utf8'), again.authority(), 'the next start replaces it');
});

t.test('says where it could not write', async (t) => {
  const folder = t.testdir({});
  writeFileSync(path.join(folder, 'certs'), 'a file where the folder should be');
  const authorityFile = path.join(folder, 'certs', 'ca.crt');
  await t.rejects(selfSignedSource({ hosts: ['localhost'], authorityFile }).start(), {
    code: 'unwritable-file',
    problems: [`cannot write the CA certificate to ${authorityFile}`],
  });
});

t.test('an expired certificate is a problem', async (t) => {
  let now = Date.now();
  const source = selfSignedSource({ hosts: ['localhost'], now: () => now });
  await source.start();
  now += 91 * DAY;
  t.match(source.problems(), [/^the self-signed certificate has expired on .*: restart the server$/]);
});
