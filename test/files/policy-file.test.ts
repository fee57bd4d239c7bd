import { rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import t from 'tap';
import { parsePolicyText, PolicyFileError, readPolicyFile, watchPolicyFile } from '../../src/files/policy-file.js';
import { DEFAULT_POLICY, type Policy } from '../../src/policy/policy.js';
import { until } from '../until.js';

function faultsOf(text: string): readonly string[] {
  try {
    parsePolicyText('p.yaml', text);
    return [];
  } catch (error) {
    if (!(error instanceof PolicyFileError)) throw error;
    return error.message.split('\n');
  }
}

t.test('a file is read by YAML 1.2', (t) => {
  const policy = parsePolicyText('p.yaml', 'rules:\n  direct-egress: off\nnamespaces:\n- match: [on, "*"]\n');
  t.equal(policy.rules['direct-egress'], 'off', 'off is a word');
  t.same(policy.namespaces[0]?.match, ['on', '*']);
  t.same(parsePolicyText('p.json', '{"rules": {"exemption": "audit"}}').rules, { exemption: 'audit' });
  t.match(faultsOf('injection: {enabled: yes}'), [/^p\.yaml:1: injection\.enabled must be true or false, not `yes`$/]);
  t.end();
});

t.test('a file that says nothing is all defaults', (t) => {
  for (const text of ['', '\n', '# nothing\n\n  # yet', '---\n', '{}', 'rules:\n# direct-egress: warn\n', 'null']) {
    t.strictSame(parsePolicyText('p.yaml', text), DEFAULT_POLICY, JSON.stringify(text));
  }
  t.end();
});

t.test('every fault has its line', (t) => {
  const text = ['# policy', 'rules:', '  direct-egres: warn', 'failure:', '  staleAfter: soon', 'rule: {}', ''].join(
    '\n',
  );
  t.match(faultsOf(text), [
    /^p\.yaml:3: rules\.direct-egres is not a rule: direct-egress, /,
    /^p\.yaml:5: failure\.staleAfter must be a duration such as 60s or 1m30s, not `soon`$/,
    /^p\.yaml:6: rule is not a key here: mesh, /,
  ]);
  t.match(faultsOf('rules: {}\nrules: {}\n'), [/^p\.yaml:2: duplicated mapping key$/]);
  t.match(faultsOf('rules:\n  a: [\n'), [/^p\.yaml:\d: /]);
  t.match(faultsOf('{}\n---\n{}\n'), [/^p\.yaml:\d: /]);
  t.match(faultsOf('- a'), [/^p\.yaml:1: the policy must be a mapping, not a list$/]);
  t.end();
});

t.test('a file that cannot be read says so', async (t) => {
  const folder = t.testdir({ 'latin1.yaml': Buffer.from('# \xe9', 'latin1') });
  const missing = path.join(folder, 'none.yaml');
  await t.rejects(readPolicyFile(missing), {
    code: 'policy-file',
    message: `${missing}: there is no such file or folder`,
  });
  await t.rejects(readPolicyFile(path.join(folder, 'latin1.yaml')), /latin1\.yaml: the file is not UTF-8 text$/);
  await t.rejects(readPolicyFile(folder), /it is a folder$/);
});

t.test('a change is told, a bad one is refused, and a file that is gone too', async (t) => {
  const file = path.join(t.testdir({ 'p.yaml': 'rules: {exemption: audit}\n' }), 'p.yaml');
  const policies: Policy[] = [];
  const refusals: string[] = [];
  const watched = await watchPolicyFile({
    file,
    interval: 5,
    onChange: (policy) => policies.push(policy),
    onRefusal: (error) => refusals.push(error.message),
  });
  t.teardown(() => {
    watched.close();
  });
  t.equal(watched.policy.rules.exemption, 'audit');

  await writeFile(`${file}~`, 'rules: {exemption: enforce}\n');
  await rename(`${file}~`, file);
  await until('the change is told', () => policies.length === 1);
  t.equal(policies[0]?.rules.exemption, 'enforce');

  await writeFile(file, 'rules: {exemption: never}\n');
  await until('the bad change is refused', () => refusals.length === 1);
  t.match(refusals[0], /p\.yaml:1: rules\.exemption must be enforce, warn, audit or off, not `never`$/);

  await rm(file);
  await until('the loss is told', () => refusals.length === 2);
  t.match(refusals[1], /p\.yaml: there is no such file any more$/);

  await writeFile(file, 'rules: {exemption: off}\n');
  await until('the next good one is told', () => policies.length === 2);
  t.equal(policies[1]?.rules.exemption, 'off');
});

t.test('a file that is bad from the start is refused', async (t) => {
  const file = path.join(t.testdir({ 'p.yaml': 'rule: {}\n' }), 'p.yaml');
  const silent = { onChange: () => undefined, onRefusal: () => undefined };
  await t.rejects(watchPolicyFile({ file, ...silent }), { code: 'policy-file' });
});
