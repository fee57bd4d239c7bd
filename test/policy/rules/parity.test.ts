import { readdirSync, readFileSync } from 'node:fs';
import { loadAll } from 'js-yaml';
import t from 'tap';
import { OLDEST, YOUNGEST } from '../../../src/mesh/metadata.js';
import { isHeld } from '../../../src/mesh/judged-object.js';
import { readObject } from '../../../src/mesh/read-object.js';
import { readPassing } from '../../../src/mesh/read-passing.js';
import { overlay } from '../../../src/mesh/world/overlay.js';
import type { World } from '../../../src/mesh/world/world.js';
import { decide } from '../../../src/policy/decide.js';
import { reasonOf } from '../../../src/policy/describe.js';
import { egressGatewayTest } from '../../../src/policy/egress-gateways.js';
import type { Finding } from '../../../src/policy/finding.js';
import { RULE_MODES } from '../../../src/policy/modes.js';
import { DEFAULT_POLICY } from '../../../src/policy/policy.js';
import { RULES } from '../../../src/policy/rules/all.js';
import { readFolder, worldOf } from '../../examples/example-folder.js';

/** A rule is its file, its test, its page and its place in two lists: what one of them has, all have. */

const ROOT = new URL('../../../../', import.meta.url);
const ids = RULES.map(({ id }) => id).sort();

function namesIn(folder: string, ending: string, others: readonly string[]): readonly string[] {
  return readdirSync(new URL(folder, ROOT))
    .filter((file) => file.endsWith(ending))
    .map((file) => file.slice(0, -ending.length))
    .filter((name) => !others.includes(name))
    .sort();
}

function textOf(path: string): string {
  return readFileSync(new URL(path, ROOT), 'utf8');
}

t.test('every rule has a file, a test, a page and its row in the list of pages, and there are no others', (t) => {
  t.strictSame(namesIn('src/policy/rules/', '.ts', ['all']), ids);
  t.strictSame(namesIn('test/policy/rules/', '.test.ts', ['parity']), ids);
  t.strictSame(namesIn('docs/rules/', '.md', ['README']), ids);
  const rows = [...textOf('docs/rules/README.md').matchAll(/^\| \[([a-z-]+)\]\(([a-z-]+)\.md\)/gm)];
  t.strictSame(rows.map(([, name]) => name).sort(), ids);
  t.strictSame(rows.map(([, , page]) => page).sort(), ids);
  t.end();
});

for (const { id, messages } of RULES) {
  const page = textOf(`docs/rules/${id}.md`);
  const reasons = [...new Set(Object.keys(messages).map(reasonOf))].sort();

  t.test(`${id}: its page and its test know its reasons, and the page no others`, (t) => {
    t.match(page, new RegExp(`^# ${id}\n`));
    const [, table = ''] = page.split('\n## Reasons\n');
    t.strictSame([...table.matchAll(/^\| `([a-z-]+)`/gm)].map(([, reason]) => reason).sort(), reasons);
    const tests = textOf(`test/policy/rules/${id}.test.ts`);
    for (const reason of reasons) t.ok(tests.includes(`'${reason}'`), `the test has a case of ${reason}`);
    t.match(page, new RegExp(`^Default mode: .*\`${RULE_MODES[id]}\``, 'm'));
    t.end();
  });

  t.test(`${id}: what it says is a sentence without a full stop, and fits beside others`, (t) => {
    for (const { message, mend } of Object.values(messages)) {
      for (const text of [message, mend]) {
        t.notMatch(text, /[.\s]$/);
        t.ok(text.length < 200, text);
      }
    }
    t.end();
  });

  t.test(`${id}: what is wrong on its page is found by it alone, what is right is not found`, (t) => {
    const wrong = examplesIn(page, 'Wrong').flatMap((text) => findingsOf(text));
    t.strictSame([...new Set(wrong.map(({ rule }) => rule))], [id], told(wrong));
    const right = examplesIn(page, 'Right').flatMap((text) => findingsOf(text));
    t.strictSame(right, [], told(right));
    t.end();
  });
}

function examplesIn(page: string, heading: string): readonly string[] {
  const [, after = ''] = page.split(`\n## ${heading}\n`);
  const [section = ''] = after.split('\n## ');
  const found = [...section.matchAll(/```yaml\n([^]*?)```/g)].map(([, text = '']) => text);
  if (found.length === 0) throw new Error(`the page has no example under ${heading}`);
  return found;
}

/** What is found of the documents of an example, each applied to the example mesh and to those before it. */
function findingsOf(text: string): readonly Finding[] {
  let world: World = worldOf(readFolder('mesh'));
  return loadAll(text).flatMap((document) => {
    const read = readObject(document, OLDEST) ?? readPassing(document, OLDEST);
    if (read === undefined) throw new Error('an example holds a kind that is not judged');
    const { namespace, name } = read.metadata;
    const old = isHeld(read) ? world.object(read.kind, namespace, name) : undefined;
    const object = old === undefined ? { ...read, metadata: { ...read.metadata, createdAt: YOUNGEST } } : read;
    const circumstances = { world, isEgressGateway: egressGatewayTest(DEFAULT_POLICY), policy: DEFAULT_POLICY, now: 0 };
    const { findings } = decide(circumstances, { old, object });
    if (isHeld(object)) world = overlay(world, [{ put: object }]);
    return findings;
  });
}

function told(findings: readonly Finding[]): string {
  return findings.map(({ rule, reason, field, message }) => `${rule}/${reason} ${field}: ${message}`).join('\n');
}
