import fc from 'fast-check';
import t from 'tap';
import { reviewText } from '../../src/server/repeated-reviews.js';

const BEGINNINGS = [
  '{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"',
  '{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"',
];

t.test('a review as API servers write it is its uid and the rest', (t) => {
  for (const beginning of BEGINNINGS) {
    const found = reviewText(`${beginning}705ab4f5-6393-11e8-b7cc-42010a800002","name":"a"}}`);
    t.equal(found?.uid, '705ab4f5-6393-11e8-b7cc-42010a800002');
    t.equal(found?.question, `${beginning}"name":"a"}}`);
  }
  t.end();
});

t.test('what is written otherwise is read as a whole', (t) => {
  const others = [
    '',
    '{}',
    `${BEGINNINGS[0] ?? ''}1"}}`,
    `${BEGINNINGS[0] ?? ''}quo\\"ted","name":"a"}}`,
    `{"request":{"uid":"1","name":"a"},"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1"}`,
    `${BEGINNINGS[0] ?? ''}1","name":"${'a'.repeat(30_000)}"}}`,
  ];
  for (const text of others) t.equal(reviewText(text), undefined, text.slice(0, 90));
  t.end();
});

t.test('two texts with the same rest are the same but for the uid', (t) => {
  const uid = fc.stringMatching(/^[\w-]{1,64}$/);
  const rest = fc.json().map((json) => `","object":${json}}}`);
  fc.assert(
    fc.property(fc.constantFrom(...BEGINNINGS), uid, uid, rest, rest, (beginning, one, other, a, b) => {
      const [x, y] = [reviewText(beginning + one + a), reviewText(beginning + other + b)];
      return x?.uid === one && (x.question === y?.question) === (a === b);
    }),
  );
  t.end();
});
