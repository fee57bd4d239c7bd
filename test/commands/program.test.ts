import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import t from 'tap';
import { run } from '../../src/commands/program.js';
import type { Terminal } from '../../src/commands/terminal.js';

interface Ended {
  readonly code: number;
  readonly printed: string;
  readonly complained: string;
}

async function ended(...args: readonly string[]): Promise<Ended> {
  let printed = '';
  let complained = '';
  const terminal: Terminal = {
    input: Readable.from([]),
    print: (text) => (printed += text),
    complain: (text) => (complained += text),
  };
  return { code: await run(args, terminal), printed, complained };
}

t.test('the version is that of the package', async (t) => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  t.same(await ended('--version'), { code: 0, printed: `${version}\n`, complained: '' });
});

t.test('help is printed for the program and every command', async (t) => {
  const help = await ended('--help');
  t.match(help, { code: 0, printed: /^Usage: sallyport \[options\] \[command\]/, complained: '' });
  const serve = await ended('serve', '--help');
  t.match(serve, { code: 0, printed: /^Usage: sallyport serve \[options\]/, complained: '' });
  const flags = [
    'manifests',
    'kubeconfig',
    'context',
    'policy',
    'host',
    'port',
    'metrics-port',
    'tls-cert',
    'tls-key',
    'client-ca',
  ];
  for (const flag of flags) t.match(serve.printed, `--${flag} <`, flag);
  t.same(await ended('help', 'serve'), serve);
});

t.test('without a command the help is a complaint', async (t) => {
  t.match(await ended(), { code: 2, printed: '', complained: /^Usage: sallyport/ });
});

t.test('what is not understood is bad usage, and what is allowed is said', async (t) => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['serv', /^sallyport: unknown command 'serv'\n.*Did you mean serve\?.*\nCommands: serve/],
    ['--verbose', /^sallyport: unknown option '--verbose'\nOptions: --version, --help$/m],
    [
      'serve --manifest a',
      /^sallyport serve: unknown option '--manifest'\n.*--manifests.*\nOptions: --manifests, .*--client-ca, --help$/m,
    ],
    ['serve a', /^sallyport serve: too many arguments.*\nUsage: sallyport serve \[options\]$/m],
    ['serve --port', /^sallyport serve: option '--port <port>' argument missing$/m],
    [
      'serve --port https',
      /^sallyport serve: option '--port <port>' argument 'https' is invalid\. It must be a whole number from 0 to 65535\.$/m,
    ],
    ['serve --metrics-port 65536', /'65536' is invalid\. It must be a whole number from 0 to 65535/],
    ['serve --port -1', /must be a whole number from 0 to 65535/],
    ['serve --manifests a --context b', /'--manifests <path>' cannot be used with option '--context <name>'/],
    ['serve --manifests a --tls-cert b', /^sallyport: --tls-cert and --tls-key go together: give both or neither$/m],
    ['serve --manifests a --tls-key b', /^sallyport: --tls-cert and --tls-key go together/],
    ['serve', /^sallyport: the API server must trust the certificate: give --tls-cert and --tls-key/],
  ];
  for (const [line, complaint] of cases) {
    const { code, printed, complained } = await ended(...line.split(' '));
    t.equal(code, 2, line);
    t.equal(printed, '', line);
    t.match(complained, complaint, line);
  }
});

t.test('input that cannot be read is told with its place', async (t) => {
  const folder = t.testdir({
    'broken.yaml': 'kind: Service\n---\nkind: [\n',
    'refused.yaml': [
      'apiVersion: networking.istio.io/v1',
      'kind: ServiceEntry',
      'metadata: {name: cnn, namespace: shop}',
      'spec:',
      '  hosts: [cnn.com]',
      '  ports:',
      '  - number: many',
      '    name: tls',
    ].join('\n'),
    'policy.yaml': 'rules:\n  direct-egres: enforce\nfailure: {staleAfter: soon}\n',
    'ca.pem': 'no certificate',
  });
  const file = (name: string) => path.join(folder, name);
  const cases: readonly (readonly [readonly string[], readonly RegExp[]])[] = [
    [['--manifests', file('none')], [/none: there is no such file or folder$/]],
    [
      ['--manifests', file('broken.yaml')],
      [/broken\.yaml:1: this is no Kubernetes object/, /broken\.yaml:[34]: /],
    ],
    [
      ['--manifests', file('refused.yaml')],
      [/refused\.yaml:7: ServiceEntry shop\/cnn: spec\.ports\[0\]\.number must be/],
    ],
    [['--manifests', 'examples/mesh', '--policy', file('none')], [/none: there is no such file or folder$/]],
    [
      ['--manifests', 'examples/mesh', '--policy', file('policy.yaml')],
      [
        /policy\.yaml:2: rules\.direct-egres is not a rule: direct-egress, /,
        /policy\.yaml:3: failure\.staleAfter must be a duration/,
      ],
    ],
    [['--manifests', 'examples/mesh', '--client-ca', file('none')], [/none: there is no such file or folder$/]],
    [['--manifests', 'examples/mesh', '--client-ca', file('ca.pem')], [/ca\.pem: holds no PEM certificate$/]],
    [['--manifests', 'examples/mesh', '--tls-cert', file('none'), '--tls-key', file('none')], [/none cannot be read/]],
    [['--tls-cert', file('ca.pem'), '--tls-key', file('ca.pem'), '--kubeconfig', file('none')], [/cannot read .*none/]],
  ];
  for (const [flags, complaints] of cases) {
    const { code, printed, complained } = await ended('serve', '--port', '0', '--metrics-port', '0', ...flags);
    t.equal(code, 2, flags.join(' '));
    t.equal(printed, '');
    const lines = complained.trimEnd().split('\n');
    t.ok(
      lines.every((line) => line.startsWith('sallyport: ')),
      complained,
    );
    for (const complaint of complaints)
      t.ok(
        lines.some((line) => complaint.test(line)),
        `${String(complaint)}: ${complained}`,
      );
  }
});
