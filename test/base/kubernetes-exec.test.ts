/** A program in a container is given up when the caller wants that, however far its connection has come. */
import type net from 'node:net';
import t from 'tap';
import { READ_MS } from '../../harness/base/answer-deadline.ts';
import { systemClock } from '../../harness/base/clock.ts';
import { KubernetesClient } from '../../harness/base/kubernetes-client.ts';
import { muteServer } from '../support/mute-server.ts';
import { JumpingClock } from '../support/small-plan.ts';

t.test('a server that does not answer', async t => {
  const { server, kubeconfig } = await muteServer();
  const client = new KubernetesClient(kubeconfig);
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
  await t.test('is left when it has not begun in time, however long the program may take', async t => {
    const limit = { clock: new JumpingClock(), readMs: READ_MS };
    const limited = new KubernetesClient(kubeconfig, { limit });
    await t.rejects(limited.exec('default', 'pod', undefined, ['sleep', '9']), {
      code: 'ERR_KUBERNETES_API',
      message: /has not answered exec sleep 9 within 45 s\. It has answered nothing yet\.$/,
    });
    limited.close();
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
