/** An API server that takes connections and says nothing. */
import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';

/** Starts one on a free port of this machine. @returns it, and a kubeconfig for it */
export async function muteServer(): Promise<{ readonly server: net.Server; readonly kubeconfig: string }> {
  const server = net.createServer(socket => socket.on('error', () => {}));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // it listens on a port
  return { server, kubeconfig: kubeconfigFor(port) };
}

const kubeconfigFor = (port: number): string =>
  JSON.stringify({
    'current-context': 'mute',
    clusters: [
      { name: 'mute', cluster: { server: `https://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true } },
    ],
    users: [{ name: 'me', user: { token: 'none' } }],
    contexts: [{ name: 'mute', context: { cluster: 'mute', user: 'me' } }],
  });
