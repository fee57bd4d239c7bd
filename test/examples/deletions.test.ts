import path from 'node:path';
import { dump, loadAll } from 'js-yaml';
import t from 'tap';
import type { ReviewJson } from '../../src/report/review-json.js';
import { ended } from '../commands/ended.js';
import { readFolder, type FolderName } from './example-folder.js';

/** In which order istio.io's clean-up of the tutorials deletes them. */
const TUTORIAL = ['Gateway', 'ServiceEntry', 'VirtualService', 'DestinationRule'];

/**
 * Helm's order, for an uninstall and for what an upgrade drops: kinds that Helm does not know come last, by their names
 * (`lessByKind`, pkg/release/v1/util/kind_sorter.go).
 */
const HELM = ['DestinationRule', 'Gateway', 'ServiceEntry', 'VirtualService'];

interface Manifest {
  readonly kind: string;
  readonly document: unknown;
}

function manifestsOf(text: string): readonly Manifest[] {
  return loadAll(text)
    .filter((document) => typeof document === 'object' && document !== null)
    .map((document) => ({ kind: 'kind' in document ? String(document.kind) : '', document }));
}

function inOrder(manifests: readonly Manifest[], kinds: readonly string[]): readonly Manifest[] {
  return kinds.flatMap((kind) => manifests.filter((one) => one.kind === kind));
}

/** What is answered to the deletions one after another, of a world in which everything is. */
async function deleted(
  manifests: readonly Manifest[],
  world: readonly string[],
  ...flags: readonly string[]
): Promise<readonly ReviewJson[]> {
  const input = manifests.map(({ document }) => dump(document)).join('---\n');
  const args = ['review', '-', '--operation', 'delete', '-o', 'json', ...flags, '--world', ...world];
  return JSON.parse((await ended(args, { input })).printed) as readonly ReviewJson[];
}

function refused(answers: readonly ReviewJson[]): readonly string[] {
  return answers.filter(({ allowed }) => !allowed).map(({ message }) => message);
}

const ORDERS = { 'the tutorials’ order': TUTORIAL, 'Helm’s order': HELM };

for (const folder of ['mesh', 'mesh-2019'] as const satisfies readonly FolderName[]) {
  const tutorials = readFolder(folder).filter(({ text }) => text.includes('kind: ServiceEntry'));
  for (const [name, order] of Object.entries(ORDERS)) {
    t.test(`examples/${folder} can be deleted in ${name}`, async (t) => {
      t.ok(tutorials.length >= 5);
      const policies = t.testdir({
        'any.yaml': 'mesh: {outboundTrafficPolicy: ALLOW_ANY}\n',
        'registry.yaml': 'mesh: {outboundTrafficPolicy: REGISTRY_ONLY}\n',
      });
      for (const policy of ['any.yaml', 'registry.yaml']) {
        const flags = ['--policy', path.join(policies, policy)];
        for (const { file, text } of tutorials) {
          const manifests = inOrder(manifestsOf(text), order);
          t.ok(manifests.length >= 3, file);
          // Alone, and beside all others.
          for (const world of [[`examples/${folder}/00-mesh.yaml`, `examples/${file}`], [`examples/${folder}`]]) {
            const answers = await deleted(manifests, world, ...flags);
            t.equal(answers.length, manifests.length);
            t.strictSame(refused(answers), [], `${file} under ${policy}`);
          }
        }
        const all = inOrder(manifestsOf(tutorials.map(({ text }) => text).join('\n---\n')), order);
        t.strictSame(refused(await deleted(all, [`examples/${folder}`], ...flags)), [], `all at once under ${policy}`);
      }
    });
  }

  t.test(`the routes of an entry that stays are not deleted from examples/${folder}`, async (t) => {
    for (const { file, text } of tutorials) {
      const routes = manifestsOf(text).filter(({ kind }) => kind === 'VirtualService');
      const messages = refused(await deleted(routes, [`examples/${folder}`]));
      if (file.includes('internal')) continue;
      t.ok(messages.length > 0, file);
      for (const message of messages) {
        t.match(message, /^Sallyport refuses to delete VirtualService /, file);
        t.match(message, /\n\[direct-egress\] .* Mend: delete ServiceEntry \S+ first(\n|$)/, file);
      }
    }
  });
}
