import fc from 'fast-check';
import t from 'tap';
import { parseGoDuration } from '../../src/server/go-duration.js';

const MILLISECONDS = { ns: 1e-6, us: 1e-3, '\u00b5s': 1e-3, '\u03bcs': 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

t.test('what Go writes and reads', (t) => {
  const cases: readonly (readonly [text: string, milliseconds: number])[] = [
    ['10s', 10_000],
    ['5s', 5000],
    ['1m30s', 90_000],
    ['1h0m0s', 3_600_000],
    ['1.5h', 5_400_000],
    ['.5s', 500],
    ['1.s', 1000],
    ['300ms', 300],
    ['1s500ms', 1500],
    ['500ms1s', 1500],
    ['0', 0],
    ['0s', 0],
    ['1000000ns', 1],
    ['1000us', 1],
    ['1000\u00b5s', 1],
    ['1000\u03bcs', 1],
  ];
  for (const [text, milliseconds] of cases) t.equal(parseGoDuration(text), milliseconds, text);
  t.end();
});

t.test('what it refuses', (t) => {
  const wrong = [
    '',
    '10',
    's',
    '.s',
    '10 s',
    '1d',
    '10S',
    '-5s',
    '+5s',
    '1s ',
    ' 1s',
    '1..5s',
    '1,5s',
    '1e3s',
    '10ss',
    'ten',
    '1s1',
  ];
  for (const text of [...wrong, '0x10s', '١s', '9'.repeat(100) + 's']) t.equal(parseGoDuration(text), undefined, text);
  t.end();
});

t.test('any sum of terms is their sum, and any text is read without an exception', (t) => {
  const unit = fc.constantFrom('ns', 'us', '\u00b5s', '\u03bcs', 'ms', 's', 'm', 'h');
  const term = fc.record({ whole: fc.nat(99_999), tenths: fc.option(fc.nat(9)), unit });
  const terms = fc.property(fc.array(term, { minLength: 1, maxLength: 4 }), (parts) => {
    const text = parts.map((p) => `${p.whole}${p.tenths === null ? '' : `.${p.tenths}`}${p.unit}`).join('');
    const sum = parts.reduce((ms, p) => ms + (p.whole + (p.tenths ?? 0) / 10) * MILLISECONDS[p.unit], 0);
    const read = parseGoDuration(text);
    return read !== undefined && Math.abs(read - sum) <= sum * 1e-9;
  });
  const anything = fc.property(fc.string({ unit: fc.constantFrom(...Array.from('0159.smhnuµμ -+e')) }), (text) => {
    const read = parseGoDuration(text);
    return read === undefined || (Number.isFinite(read) && read >= 0);
  });
  t.doesNotThrow(() => {
    fc.assert(terms, { numRuns: 1000 });
    fc.assert(anything, { numRuns: 2000 });
  });
  t.end();
});
