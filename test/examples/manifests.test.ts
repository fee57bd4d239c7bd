import t from 'tap';
import { OLDEST } from '../../src/mesh/metadata.js';
import { readObject, refOf } from '../../src/mesh/read-object.js';
import { readCalls } from './calls.js';
import { readFolder } from './example-folder.js';

/** The rules of the contract that an example may name. */
const RULE = /^(?:direct-egress \([a-z-]+(?:, [a-z-]+)*\)|[a-z]+(?:-[a-z]+)+)$/;

const FOLDERS = new Map((['mesh', 'mesh-2019', 'leaks'] as const).map((name) => [name, readFolder(name)]));

for (const [name, files] of FOLDERS) {
  t.test(`examples/${name} can be read, and declares nothing twice`, (t) => {
    const seen = new Set<string>();
    for (const { file, documents } of files) {
      for (const document of documents) {
        t.doesNotThrow(() => readObject(document, OLDEST), file);
        const ref = refOf(document);
        if (ref === undefined) {
          t.fail(`${file} holds a document without apiVersion and kind`);
          continue;
        }
        const id = `${ref.kind} ${ref.namespace}/${ref.name}`;
        t.notOk(seen.has(id), `${id} of ${file} is declared once`);
        seen.add(id);
      }
    }
    t.ok(seen.size > 10);
    t.end();
  });

  t.test(`examples/${name} says of each tutorial what becomes of its calls`, (t) => {
    for (const { file, text } of files.filter(({ file }) => /\/[1-5]/.test(file))) {
      t.ok(readCalls(text).length > 0, file);
    }
    const tutorials = new Set(files.map(({ file }) => /\/([1-5])/.exec(file)?.[1]).filter(Boolean));
    t.same([...tutorials], ['1', '2', '3', '4', '5']);
    t.end();
  });
}

for (const name of ['mesh', 'mesh-2019'] as const) {
  t.test(`examples/${name} claims that every call is delivered by the gateway, or blocked`, (t) => {
    for (const { file, text } of FOLDERS.get(name) ?? []) {
      for (const { verdict } of readCalls(text)) t.ok(['delivered', 'blocked'].includes(verdict), file);
    }
    t.end();
  });
}

t.test('examples/mesh is written in all three served versions', (t) => {
  const versions = new Set(
    (FOLDERS.get('mesh') ?? []).flatMap(({ documents }) => documents.map((d) => refOf(d)?.apiVersion)),
  );
  for (const version of ['v1', 'v1beta1', 'v1alpha3']) t.ok(versions.has(`networking.istio.io/${version}`), version);
  t.end();
});

t.test('examples/mesh-2019 uses the spellings of 2019', (t) => {
  const text = (FOLDERS.get('mesh-2019') ?? []).map((file) => file.text).join('\n');
  t.match(text, 'sni_hosts:');
  t.match(text, 'serverCertificate: /etc/certs/cert-chain.pem');
  t.notMatch(text.replaceAll(/^#.*$/gm, ''), /sniHosts|ISTIO_MUTUAL\s+[a-z]*Certificate/);
  t.end();
});

t.test('every planted mistake names its rule and a call that goes wrong', (t) => {
  const planted = (FOLDERS.get('leaks') ?? []).filter(({ file }) => !/\/(?:00|61)-/.test(file));
  t.ok(planted.length >= 25);
  for (const { file, text } of planted) {
    const [, rules = ''] = /^# Rule: (.+)$/m.exec(text) ?? [];
    for (const rule of rules.split(/, (?=[a-z-]+(?:$| \(|, ))(?![^(]*\))/)) t.match(rule, RULE, `${file}: ${rule}`);
    t.ok(
      readCalls(text).some(({ verdict }) => verdict === (rules.includes('direct-egress') ? 'leaks' : 'broken')),
      file,
    );
  }
  t.end();
});
