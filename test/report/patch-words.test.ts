import t from 'tap';
import { patchInWords } from '../../src/report/patch-words.js';

t.test('a patch in words', (t) => {
  const subset = '/spec/http/0/route/1/destination/subset';
  t.equal(
    patchInWords({ op: 'add', path: subset, value: 'cnn' }),
    'would name the subset cnn in spec.http[0].route[1]',
  );
  t.equal(
    patchInWords({ op: 'add', path: '/spec/http/0/mirror/subset', value: 'cnn' }),
    'would name the subset cnn in spec.http[0].mirror',
  );
  t.equal(
    patchInWords({ op: 'replace', path: '/spec/exportTo', value: ['edge'] }),
    'would set spec.exportTo to ["edge"]',
  );
  t.equal(
    patchInWords({ op: 'add', path: '/metadata/annotations/sallyport.dev~1export-to', value: '*' }),
    'would set metadata.annotations["sallyport.dev/export-to"] to "*"',
  );
  t.equal(patchInWords({ op: 'remove', path: '/spec/exportTo' }), 'would remove spec.exportTo');
  t.equal(patchInWords({ op: 'test', path: '/spec', value: {} }), undefined);
  t.end();
});
