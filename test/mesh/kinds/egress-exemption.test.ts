import t from 'tap';
import { RULE_IDS } from '../../../src/policy/modes.js';
import { EXEMPTION_CRD } from '../chart-crds.js';
import { manifest, read, told } from '../manifests.js';

const SPEC = { hosts: ['CNN.com'], rules: ['direct-egress'], reason: 'why', expires: '2026-01-01T00:00:00Z' };

t.test('reads what it lifts', (t) => {
  t.same(read('EgressExemption', SPEC).spec, {
    hosts: ['cnn.com'],
    ports: [],
    rules: ['direct-egress'],
    reason: 'why',
    expires: Date.parse('2026-01-01T00:00:00Z'),
  });
  t.same(read('EgressExemption', { ...SPEC, ports: [443, 80] }).spec.ports, [443, 80]);
  t.equal(
    read('EgressExemption', { ...SPEC, expires: '2026-01-01T02:00:00+02:00' }).spec.expires,
    Date.parse('2026-01-01T00:00:00Z'),
  );
  t.end();
});

t.test('refuses what the CRD refuses', (t) => {
  for (const [spec, faults] of [
    [{}, ['spec.reason is required', 'spec.hosts is required', 'spec.rules is required', 'spec.expires is required']],
    [{ ...SPEC, hosts: [] }, ['spec.hosts must have at least one item']],
    [{ ...SPEC, hosts: ['*cnn.com'] }, ['spec.hosts[0] must be a host name, *. and a host name, or *, not "*cnn.com"']],
    [{ ...SPEC, hosts: [`${'a'.repeat(253)}b`] }, [/^spec\.hosts\[0\] must be a host name/]],
    [{ ...SPEC, ports: [0, '80'] }, [/^spec\.ports\[0\] must be a whole number/, /^spec\.ports\[1\] must be a whole/]],
    [{ ...SPEC, reason: ' ' }, ['spec.reason must say why']],
    [{ ...SPEC, expires: 'soon' }, ['spec.expires must be a time such as 2026-01-31T12:00:00Z, not "soon"']],
    [undefined, [/^spec is required/]],
  ] as const) {
    t.match(told(manifest('EgressExemption', spec)), faults, JSON.stringify(spec));
  }
  t.end();
});

t.test('the CRD knows every rule but the one about exemptions themselves', (t) => {
  const [version] = EXEMPTION_CRD.spec.versions;
  const rules = version?.schema.openAPIV3Schema.properties?.['spec']?.properties?.['rules']?.items?.enum;
  t.strictSame(rules, RULE_IDS.filter((id) => id !== 'exemption').toSorted());
  t.end();
});
