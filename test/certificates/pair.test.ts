import { createPrivateKey } from 'node:crypto';
import t from 'tap';
import { createAuthority, issueServingCertificate } from '../../src/certificates/authority.js';
import { CertificateError } from '../../src/certificates/certificate-error.js';
import { parsePair } from '../../src/certificates/pair.js';

const NOW = Date.UTC(2030, 0, 1);
const HOUR = 60 * 60 * 1000;
const NAMES = { certificate: 'tls.crt', key: 'tls.key' };

const valid = { notBefore: NOW - HOUR, notAfter: NOW + HOUR };
const authority = await createAuthority('a CA', valid);
const pair = await issueServingCertificate(authority, ['localhost'], valid);
const other = await issueServingCertificate(authority, ['localhost'], valid);

function problems(certificate: string, key: string, now = NOW): readonly string[] {
  try {
    parsePair({ certificate, key }, NAMES, now);
    return [];
  } catch (error) {
    if (error instanceof CertificateError && error.code === 'unusable-pair') return error.problems;
    throw error;
  }
}

t.test('a pair that matches, alone and with its chain', (t) => {
  const usable = parsePair(pair, NAMES, NOW);
  t.equal(usable.pair, pair);
  t.equal(usable.notBefore, valid.notBefore);
  t.equal(usable.notAfter, valid.notAfter);
  t.strictSame(problems(`${pair.certificate}\n${authority.certificate}`, pair.key), []);
  t.strictSame(problems(`Bag attributes\n${pair.certificate}`, pair.key), [], 'text around the PEM is ignored');
  t.end();
});

t.test('what cannot be served is said, all of it', (t) => {
  t.strictSame(problems('', ''), [
    'tls.crt holds no PEM certificate ("-----BEGIN CERTIFICATE-----")',
    'tls.key holds no PEM private key that can be parsed',
  ]);
  t.strictSame(problems(pair.certificate, other.key), ['tls.key is not the key of the certificate in tls.crt']);
  t.strictSame(problems(pair.key, pair.certificate), problems('', ''), 'the files swapped');
  const broken = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----';
  t.strictSame(problems(`${pair.certificate}\n${broken}`, pair.key), ['certificate 2 of tls.crt cannot be parsed']);
  const encrypted = createPrivateKey(pair.key)
    .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'open' })
    .toString();
  t.strictSame(problems(pair.certificate, encrypted), [
    'tls.key is encrypted with a passphrase: give a key without one',
  ]);
  t.end();
});

t.test('time counts', (t) => {
  t.strictSame(problems(pair.certificate, pair.key, valid.notAfter), [
    'certificate 1 of tls.crt has expired on Jan  1 01:00:00 2030 GMT',
  ]);
  t.strictSame(problems(pair.certificate, pair.key, valid.notBefore - 1), [
    'certificate 1 of tls.crt is not valid before Dec 31 23:00:00 2029 GMT',
  ]);
  t.strictSame(problems(pair.certificate, other.key, valid.notAfter).length, 2, 'beside everything else');
  t.end();
});
