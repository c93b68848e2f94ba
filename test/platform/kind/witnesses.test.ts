/** The server of the proof of isolation, with a real kubectl where this machine has one. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import { systemClock } from '../../../harness/base/clock.ts';
import { waitUntil } from '../../../harness/base/wait.ts';
import { fileServerArgv } from '../../../harness/platform/kind/witnesses.ts';

const isThere = spawnSync('kubectl', ['version', '--client']).status === 0;
const skip = isThere ? false : 'needs kubectl on PATH';

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // it listens on TCP
  await new Promise<unknown>(resolve => server.close(resolve));
  return port;
}

t.test('a real kubectl gives out the folder of files, and refuses everything else', { skip }, async t => {
  const folder = t.testdir({ www: { token: 'abc\n' } });
  mkdirSync(join(folder, 'elsewhere'));
  writeFileSync(join(folder, 'elsewhere', 'kubeconfig'), 'secret');
  const port = await freePort();
  const [program = '', ...args] = fileServerArgv('127.0.0.1', port, join(folder, 'www'));
  const server = spawn(program, args, { stdio: 'ignore' });
  t.teardown(() => server.kill());
  const get = async (path: string) => {
    // The pod's address is asked for from elsewhere.
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { host: '10.10.0.2' } });
    return { status: response.status, body: await response.text() };
  };
  const how = { timeoutMs: 20_000, intervalMs: 100, clock: systemClock };
  t.same(
    await waitUntil(
      'kubectl to serve',
      () => get('/mesh-harness/token'),
      () => true,
      how,
    ),
    {
      status: 200,
      body: 'abc\n',
    },
  );
  for (const path of ['/', '/api', '/version', '/api/v1/namespaces/kube-system/secrets'])
    t.equal((await get(path)).status, 403, path);
  t.equal((await get('/mesh-harness/%2e%2e/elsewhere/kubeconfig')).status, 403, 'nothing outside of it');
});
