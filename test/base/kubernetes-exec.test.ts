/** A program in a container is given up when the caller wants that, however far its connection has come. */
import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import t from 'tap';
import { systemClock } from '../../harness/base/clock.ts';
import { KubernetesClient } from '../../harness/base/kubernetes-client.ts';

/** An API server that takes connections and never says a word. */
async function muteServer(): Promise<{ readonly server: net.Server; readonly client: KubernetesClient }> {
  const server = net.createServer(socket => socket.on('error', () => {}));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // it listens on a port
  const kubeconfig = {
    'current-context': 'mute',
    clusters: [
      { name: 'mute', cluster: { server: `https://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true } },
    ],
    users: [{ name: 'me', user: { token: 'none' } }],
    contexts: [{ name: 'mute', context: { cluster: 'mute', user: 'me' } }],
  };
  return { server, client: new KubernetesClient(JSON.stringify(kubeconfig)) };
}

t.test('a server that does not answer', async t => {
  const { server, client } = await muteServer();
  const sockets: net.Socket[] = [];
  server.on('connection', socket => sockets.push(socket));
  t.teardown(() => {
    client.close();
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  await t.test('is left when the caller has had enough', async t => {
    const caller = new AbortController();
    server.once('connection', () => caller.abort(new Error('enough')));
    await t.rejects(client.exec('default', 'pod', undefined, ['true'], { signal: caller.signal }), {
      message: 'enough',
    });
  });
  await t.test('is left when time is up', async t => {
    await t.rejects(
      client.exec('default', 'pod', undefined, ['sleep', '9'], { clock: systemClock, timeoutMs: 20 }),
      {
        message: 'no end after 0.02 s: sleep 9',
      },
    );
  });
  await t.test('is not asked by a caller who had enough before', async t => {
    const before = sockets.length;
    await t.rejects(
      client.exec('default', 'pod', undefined, ['true'], { signal: AbortSignal.abort(new Error('no')) }),
      {
        message: 'no',
      },
    );
    t.equal(sockets.length, before);
  });
});
