import { execFileSync } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import t, { type Test } from 'tap';
import { lineOf } from '../../src/files/manifest-file.js';
import { PathError } from '../../src/files/manifest-paths.js';
import { readManifests } from '../../src/files/manifests.js';

const NOTHING = Readable.from([]);

/** Writes files into a folder of the test's own and gives the folder. */
async function folderWith(t: Test, files: Record<string, string | Uint8Array>): Promise<string> {
  const folder = t.testdir();
  for (const [name, content] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), content);
  }
  return folder;
}

async function read(folder: string, ...names: readonly string[]) {
  const result = await readManifests(
    names.map((name) => path.join(folder, name)),
    NOTHING,
  );
  const short = (file: string) => path.relative(folder, file);
  return {
    objects: result.documents.map(({ origin, document }) => [short(origin.file), origin.line, nameOf(document)]),
    faults: result.faults.map(({ file, line, problem }) => `${short(file)}:${line}: ${problem}`),
    skipped: result.skipped.map(({ file, line, reason }) => `${short(file)}:${line}: ${reason}`),
    documents: result.documents,
  };
}

function nameOf(document: unknown): unknown {
  const { kind, metadata } = Object(document) as { kind?: unknown; metadata?: { name?: unknown } };
  return `${String(kind)}/${String(metadata?.name)}`;
}

function object(kind: string, name: string): string {
  return `apiVersion: v1\nkind: ${kind}\nmetadata: {name: ${name}}\n`;
}

t.test('every document of a file has its line', async (t) => {
  const folder = await folderWith(t, {
    'a.yaml': `# two\n${object('Service', 'a')}---\n# b\n\n${object('Service', 'b')}---\n`,
  });
  const { objects, faults, skipped } = await read(folder, 'a.yaml');
  t.same(objects, [
    ['a.yaml', 2, 'Service/a'],
    ['a.yaml', 8, 'Service/b'],
  ]);
  t.same([faults, skipped], [[], []]);
});

t.test('a broken document is a fault with its line, the others are read', async (t) => {
  const folder = await folderWith(t, {
    'a.yaml': `${object('Service', 'a')}---\nkind: Service\n  name: x\n---\n${object('Service', 'c')}--- d\n${object('Service', 'd')}`,
    'b.json': `{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "e"}}\n{"kind":\n oops]}`,
  });
  const { objects, faults } = await read(folder, 'a.yaml', 'b.json');
  t.same(
    objects.map(([, , name]) => name),
    ['Service/a', 'Service/c', 'Service/d', 'Service/e'],
  );
  t.match(faults, [/^a\.yaml:6: /, /^a\.yaml:11: after `---` stands `d`/, /^b\.json:3: /]);
});

t.test('lists are taken apart, each item with its line', async (t) => {
  const folder = await folderWith(t, {
    'list.yaml': [
      'apiVersion: v1',
      'kind: List',
      'items:',
      '- apiVersion: v1',
      '  kind: Service',
      '  metadata: {name: a}',
      '- apiVersion: v1',
      '  kind: List',
      '  items:',
      '  - apiVersion: v1',
      '    kind: Service',
      '    metadata:',
      '      name: b',
      '- just text',
    ].join('\n'),
    'typed.json': JSON.stringify(
      { apiVersion: 'networking.istio.io/v1', kind: 'GatewayList', items: [{ metadata: { name: 'g' } }] },
      null,
      2,
    ),
  });
  const { objects, faults, documents } = await read(folder, '');
  t.same(objects, [
    ['list.yaml', 4, 'Service/a'],
    ['list.yaml', 10, 'Service/b'],
    ['typed.json', 5, 'Gateway/g'],
  ]);
  t.match(documents[2]?.document, { apiVersion: 'networking.istio.io/v1', kind: 'Gateway' });
  t.match(faults, [/^list\.yaml:14: this is no Kubernetes object/]);
  t.equal(lineOf(documents[1]!.origin, 'metadata.name'), 13);
  t.equal(lineOf(documents[1]!.origin, ''), 10);
  t.equal(lineOf(documents[2]!.origin, 'metadata.name'), 7);
});

t.test('an empty list holds nothing, and a kind that only ends so is an object', async (t) => {
  const folder = await folderWith(t, {
    'a.yaml': 'apiVersion: v1\nkind: List\nitems: []\n---\napiVersion: x.y/v1\nkind: AllowList\nmetadata: {name: a}\n',
  });
  t.same((await read(folder, 'a.yaml')).objects, [['a.yaml', 5, 'AllowList/a']]);
});

t.test('a folder is read with all below it, in the order of names', async (t) => {
  const folder = await folderWith(t, {
    'b.yml': object('Service', 'b'),
    'a.YAML': object('Service', 'a'),
    'c/d/e.json': JSON.stringify({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'e' } }),
    'README.md': 'kind: [',
    '.hidden/f.yaml': 'kind: [',
    '.g.yaml': 'kind: [',
  });
  const { objects, faults } = await read(folder, '');
  t.same(
    objects.map(([file]) => file),
    ['a.YAML', 'b.yml', 'c/d/e.json'],
  );
  t.same(faults, []);
  t.same((await read(folder, 'b.yml', '', 'b.yml')).objects.length, 3, 'each file once');
});

t.test('a mounted ConfigMap is read once, through its links', async (t) => {
  const folder = await folderWith(t, { '..2024_01/a.yaml': object('Service', 'a') });
  await symlink('..2024_01', path.join(folder, '..data'));
  await symlink(path.join('..data', 'a.yaml'), path.join(folder, 'a.yaml'));
  await symlink('nowhere.yaml', path.join(folder, 'b.yaml'));
  t.same((await read(folder, '')).objects, [['a.yaml', 1, 'Service/a']]);
});

t.test('what is not a manifest is left out of a folder, with the reason', async (t) => {
  const folder = await folderWith(t, {
    'values.yaml': 'egress: true\n',
    'text.yaml': 'just text\n',
    'empty.yaml': '# nothing\n',
    'kustomization.yaml': 'resources: [a.yaml]\n',
    'component.yaml': 'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n',
    'template.yaml': `${object('Service', 'a')}---\n{{- if .Values.egress }}\nkind: Service\n{{- end }}\n`,
    'chart/Chart.yaml': 'apiVersion: v2\nname: chart\n',
    'chart/templates/a.yaml': `${object('Service', 'a')}spec: {externalName: "{{ .Values.host }}"}\n`,
    'chart/templates/b.yaml': object('Service', 'b'),
    'rules.yaml': `${object('ConfigMap', 'alerts')}data: {summary: "{{ $labels.pod }} is down"}\n`,
  });
  const { objects, faults, skipped } = await read(folder, '');
  t.same(
    objects.map(([file]) => file),
    ['chart/templates/b.yaml', 'rules.yaml'],
  );
  t.same(faults, []);
  t.match(skipped, [
    /^chart\/Chart\.yaml:1: this is no Kubernetes object/,
    /^chart\/templates\/a\.yaml:1: a template of Helm: give the output of `helm template`/,
    /^component\.yaml:1: a file of Kustomize/,
    /^kustomization\.yaml:1: a file of Kustomize: give the output of `kubectl kustomize`/,
    /^template\.yaml:1: a template of Helm/,
    /^text\.yaml:1: this is no Kubernetes object/,
    /^values\.yaml:1: this is no Kubernetes object/,
  ]);
});

t.test('a file that is named must be a manifest', async (t) => {
  const folder = await folderWith(t, { 'values.yaml': '\negress: true\n', 'a.txt': object('Service', 'a') });
  const { objects, faults } = await read(folder, 'values.yaml', 'a.txt');
  t.match(faults, [/^values\.yaml:2: this is no Kubernetes object: it has no apiVersion and kind/]);
  t.same(objects, [['a.txt', 1, 'Service/a']]);
});

t.test('standard input is read like a file', async (t) => {
  const input = Readable.from([
    Buffer.from('# x\n'),
    object('Service', 'a').slice(0, 7),
    object('Service', 'a').slice(7),
  ]);
  const { documents } = await readManifests(['-', '-'], input);
  t.match(documents, [{ origin: { file: '-', line: 2 }, document: { kind: 'Service' } }]);
  t.equal(documents.length, 1);
});

t.test('bytes that are no text are a fault that says why', async (t) => {
  const folder = await folderWith(t, {
    'utf16.yaml': Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(object('Service', 'a'), 'utf16le')]),
    'latin1.yaml': Buffer.from('kind: caf\xe9', 'latin1'),
    'bom.yaml': `\ufeff${object('Service', 'a')}`,
    'windows.yaml': `${object('Service', 'a')}---\n${object('Service', 'b')}`.replaceAll('\n', '\r\n'),
  });
  const { objects, faults } = await read(folder, '');
  t.match(faults, [
    /^latin1\.yaml:1: the file is not UTF-8 text/,
    /^utf16\.yaml:1: the file is UTF-16: save it as UTF-8/,
  ]);
  t.same(objects, [
    ['bom.yaml', 1, 'Service/a'],
    ['windows.yaml', 1, 'Service/a'],
    ['windows.yaml', 5, 'Service/b'],
  ]);
});

t.test('a path that cannot be read is an error that names it', async (t) => {
  const folder = await folderWith(t, {});
  const missing = path.join(folder, 'missing');
  await t.rejects(readManifests([missing], NOTHING), { name: 'PathError', code: 'PATH', path: missing });
  await t.rejects(readManifests([missing], NOTHING), new PathError(missing, 'there is no such file or folder'));
});

t.test('a pipe is read like a file', { skip: process.platform === 'win32' }, async (t) => {
  const folder = await folderWith(t, {});
  const pipe = path.join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const [{ objects }] = await Promise.all([read(folder, 'pipe'), writeFile(pipe, object('Service', 'a'))]);
  t.same(objects, [['pipe', 1, 'Service/a']]);
});
