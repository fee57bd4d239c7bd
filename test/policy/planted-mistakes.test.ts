import t from 'tap';
import { YOUNGEST } from '../../src/mesh/metadata.js';
import { readObject } from '../../src/mesh/read-object.js';
import { MeshWorld } from '../../src/mesh/world/mesh-world.js';
import { decide } from '../../src/policy/decide.js';
import { egressGatewayTest } from '../../src/policy/egress-gateways.js';
import { DEFAULT_POLICY } from '../../src/policy/policy.js';
import { RULES } from '../../src/policy/rules/all.js';
import { readFolder, worldOf, type ExampleFile } from '../examples/example-folder.js';

/** The mistakes that `examples/leaks` plants: each file says by which rules, and for which reasons, it is found. */

const isEgressGateway = egressGatewayTest(DEFAULT_POLICY);
const judged = new Set<string>(RULES.map(({ id }) => id));
const [ground, ...files] = readFolder('leaks');

/** `direct-egress (weight)` as `direct-egress/weight`; rules that are not there yet are left out. */
function claimsOf(text: string): readonly string[] {
  const [, line = ''] = /^# Rule: (.+)$/m.exec(text) ?? [];
  return [...line.matchAll(/([a-z-]+)(?: \(([a-z-]+(?:, [a-z-]+)*)\))?/g)]
    .flatMap(([, rule = '', reasons]) =>
      reasons === undefined ? [rule] : reasons.split(', ').map((reason) => `${rule}/${reason}`),
    )
    .filter((claim) => judged.has(claim.split('/')[0] ?? ''));
}

/** What is found while the documents of a file are applied to the ground in their order, refused or not. */
function foundIn({ documents }: ExampleFile): ReadonlySet<string> {
  if (ground === undefined) throw new Error('the examples have a ground');
  const world = new MeshWorld(worldOf([ground]).mesh, worldOf([ground]).all('Service'));
  const found = new Set<string>();
  for (const document of documents) {
    const object = readObject(document, YOUNGEST);
    if (object === undefined) continue;
    const { findings } = decide({ world, isEgressGateway, policy: DEFAULT_POLICY, now: 0 }, { old: undefined, object });
    for (const { rule, reason } of findings) found.add(rule).add(`${rule}/${reason}`);
    world.put(object);
  }
  return found;
}

for (const example of files) {
  const claims = claimsOf(example.text);
  if (claims.length === 0) continue;
  t.test(`${example.file} is found by ${claims.join(', ')}`, (t) => {
    const found = foundIn(example);
    for (const claim of claims) t.ok(found.has(claim), `${claim} is among ${[...found].join(', ')}`);
    t.end();
  });
}
