import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import t from 'tap';
import { parseListening, startServer } from '../../../examples/demo/server.js';

t.test('reads the line that says where the server listens', (t) => {
  const line = '{"level":30,"msg":"listening","address":"https://127.0.0.1:8443","caFile":"/x/ca.pem","pid":1}';
  t.same(parseListening(line), { address: 'https://127.0.0.1:8443', caFile: '/x/ca.pem' });
  t.end();
});

for (const line of ['', 'curl --cacert ca.pem', 'null', '"listening"', '{"msg":"ready"}', '{"msg":"listening"}']) {
  t.test(`takes ${JSON.stringify(line)} for another line`, (t) => {
    t.equal(parseListening(line), undefined);
    t.end();
  });
}

t.test('a server that ends instead of listening is told with what it said', async (t) => {
  const main = path.join(t.testdir(), 'main.mjs');
  await writeFile(main, 'console.error("no such folder"); process.exitCode = 2;');
  await t.rejects(startServer(main, 'examples/mesh'), { message: /ended with exit code 2[^]*no such folder/ });
});
