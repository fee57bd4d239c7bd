import { execFileSync } from 'node:child_process';
import t from 'tap';

/** Prints the address of every module that a fresh process loads. */
const TELLING = `
  import { register } from 'node:module';
  register('data:text/javascript,' + encodeURIComponent(\`
    import { writeSync } from 'node:fs';
    export async function load(url, context, next) {
      writeSync(1, url + '\\\\n');
      return next(url, context);
    }
  \`));
`;

function modulesLoadedBy(script: string): readonly string[] {
  const telling = `data:text/javascript,${encodeURIComponent(TELLING)}`;
  return execFileSync(process.execPath, ['--import', telling, '--input-type=module', '--eval', script], {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  }).split('\n');
}

const clientAmong = (modules: readonly string[]) => modules.some((url) => url.includes('@kubernetes/client-node'));
const of = (module: string) => JSON.stringify(new URL(`../../src/${module}.js`, import.meta.url).href);

t.test('the client is loaded by a connection, and by nothing before', (t) => {
  for (const module of ['connection', 'watch-world', 'read-world', 'apply', 'kubeconfig']) {
    const modules = modulesLoadedBy(`await import(${of(`cluster/${module}`)})`);
    t.ok(
      modules.some((url) => url.endsWith(`/cluster/${module}.js`)),
      `${module} is loaded`,
    );
    t.notOk(clientAmong(modules), 'without the client');
  }
  const missing = `await (await import(${of('cluster/connection')})).connect({ kubeconfig: '/missing' }).catch(() => 0)`;
  t.ok(clientAmong(modulesLoadedBy(missing)), 'with it when a cluster is asked for');
  t.end();
});

t.test('the program starts without the room of the cluster', (t) => {
  const modules = modulesLoadedBy(`await import(${of('commands/program')})`);
  t.ok(modules.some((url) => url.endsWith('/commands/serve.js')));
  t.notOk(modules.some((url) => url.includes('/src/cluster/')));
  t.end();
});
