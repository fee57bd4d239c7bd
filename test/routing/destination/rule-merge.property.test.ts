import { deepStrictEqual } from 'node:assert';
import fc from 'fast-check';
import t from 'tap';
import type { DestinationRule, Subset, TrafficPolicy } from '../../../src/mesh/kinds/destination-rule.js';
import { DEFAULT_MESH } from '../../../src/mesh/kinds/mesh-config.js';
import { MeshWorld } from '../../../src/mesh/world/mesh-world.js';
import { overlay, type Change } from '../../../src/mesh/world/overlay.js';
import type { World } from '../../../src/mesh/world/world.js';
import { stands, type Shelf } from '../../../src/routing/destination/destination-rules.js';
import { mergedRules, type MergedRule } from '../../../src/routing/destination/rule-merge.js';
import { consolidate, type Consolidated } from './consolidate.js';

const NAMESPACE = 'app';
const HOST = 'www.ext.com';
const SUBSETS = ['v1', 'v2', 'v3'];
const SHELVES: readonly Shelf[] = ['visible', 'private', 'exported'];

const policy: fc.Arbitrary<TrafficPolicy> = fc.constantFrom(1, 2, 3).map((port) => ({
  tls: undefined,
  loadBalancer: undefined,
  portLevelSettings: [{ port, tls: undefined, loadBalancer: undefined }],
}));

const subset: fc.Arbitrary<Subset> = fc.record({
  name: fc.constantFrom(...SUBSETS),
  labels: fc.constantFrom({}, { version: 'v1' }),
  trafficPolicy: fc.option(policy, { nil: undefined, freq: 3 }),
});

/** Most rules of a real host are alike: each case has its own mixture. */
const exportTos: fc.Arbitrary<readonly string[]> = fc.constantFrom(
  [],
  ['*'],
  ['.'],
  ['.', '.'],
  ['shop'],
  ['shop', 'edge'],
  ['edge', 'shop'],
  ['.', 'shop'],
  ['shop', '.', 'edge'],
  ['*', 'shop'],
  ['app'],
);
const selectors = fc.constantFrom(
  { app: 'web' },
  { app: 'api' },
  { app: 'web', tier: 'x' },
  { tier: 'x', app: 'web' },
  {},
);

interface Mixture {
  readonly exportTo: readonly (readonly string[])[];
  readonly selecting: boolean;
}

const mixture: fc.Arbitrary<Mixture> = fc.record({
  exportTo: fc.array(exportTos, { minLength: 1, maxLength: 4 }),
  selecting: fc.boolean(),
});

function ruleOf({ exportTo, selecting }: Mixture): fc.Arbitrary<DestinationRule> {
  return fc
    .record({
      name: fc.nat(39),
      createdAt: fc.nat(5),
      exportTo: fc.constantFrom(...exportTo),
      workloadSelector: selecting ? fc.option(selectors, { nil: undefined, freq: 2 }) : fc.constant(undefined),
      subsets: fc.array(subset, { maxLength: 2 }),
      trafficPolicy: fc.option(policy, { nil: undefined, freq: 2 }),
    })
    .map(({ name, createdAt, ...spec }) => ({
      kind: 'DestinationRule',
      apiVersion: 'networking.istio.io/v1',
      metadata: { namespace: NAMESPACE, name: `r${name}`, labels: {}, annotations: {}, createdAt, deleting: false },
      spec: { host: HOST, ...spec },
    }));
}

function changesOf(mixture: Mixture): fc.Arbitrary<readonly Change[]> {
  const put = ruleOf(mixture).map((put): Change => ({ put }));
  const remove = fc.nat(39).map((name): Change => ({
    remove: { kind: 'DestinationRule', namespace: NAMESPACE, name: `r${name}` },
  }));
  return fc.array(fc.oneof(put, remove), { minLength: 1, maxLength: 4 });
}

/** Rules, changes of their world once somebody has looked at it, and layers of changes over it. */
const groups = mixture.chain((mixture) =>
  fc.record({
    rules: fc.array(ruleOf(mixture), { maxLength: 60, size: 'max' }),
    changes: changesOf(mixture),
    layers: fc.array(changesOf(mixture), { maxLength: 3 }),
  }),
);

/** All that can be asked of what was merged. */
function told(rule: MergedRule | Consolidated) {
  return {
    from: rule.from.map(({ metadata }) => metadata.name),
    exportTo: rule.exportTo,
    workloadSelector: rule.workloadSelector,
    trafficPolicy: rule.trafficPolicy,
    subsets: [...SUBSETS, 'none'].map((name) => rule.subsets.get(name)),
  };
}

function asMerged(world: World, shelf: Shelf) {
  const group = world.destinationRules(NAMESPACE).group(HOST);
  return group === undefined ? [] : mergedRules(group, (rule) => stands(world, rule, shelf)).map(told);
}

function asWritten(world: World, shelf: Shelf) {
  const rules = world.destinationRules(NAMESPACE).of(HOST);
  return consolidate(rules.filter((rule) => stands(world, rule, shelf))).map(told);
}

function apply(world: MeshWorld, changes: readonly Change[]): void {
  for (const change of changes) {
    if ('put' in change) world.put(change.put);
    else world.remove(change.remove.kind, change.remove.namespace, change.remove.name);
  }
}

t.test(
  'a merge that looks rules up says what one of the whole list says, in a world, after its changes and in layers',
  (t) => {
    const meshes = [DEFAULT_MESH, { ...DEFAULT_MESH, defaultDestinationRuleExportTo: ['.'] }];
    let several = 0;
    fc.assert(
      fc.property(groups, fc.constantFrom(...meshes), ({ rules, changes, layers }, mesh) => {
        const base = new MeshWorld(mesh, rules);
        const agree = (world: World): void => {
          for (const shelf of SHELVES) {
            const expected = asWritten(world, shelf);
            several += Number(expected.length > 2);
            deepStrictEqual(asMerged(world, shelf), expected);
          }
        };
        agree(base);
        apply(base, changes);
        agree(base);
        let world: World = base;
        for (const layer of layers) agree((world = overlay(world, layer)));
        return true;
      }),
      { numRuns: 1500, seed: 7 },
    );
    t.ok(several > 100, `many keep several rules (${several})`);
    t.end();
  },
);
