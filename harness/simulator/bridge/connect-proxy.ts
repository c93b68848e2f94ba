/** An HTTP proxy on loopback that leads a program of this machine into the virtual network. */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { dialText } from '../../base/go-errors.ts';
import { reset, splice } from '../../base/splice.ts';
import type { NetworkNamespace, VirtualSocket } from '../network/interfaces.ts';
import { LOOPBACK } from './free-ports.ts';

/** A running proxy. */
interface ConnectProxy {
  /** For HTTPS_PROXY. It holds a password: other users of this machine are kept out. */
  readonly url: string;
  close(): void;
}

const USER = 'pod';
const PASSWORD_BYTES = 24;

/**
 * Listens on a free port of loopback for CONNECT (RFC 9110, 9.3.6), and dials what is asked for as the pod
 * does. A Go program takes the reason phrase of a refusal for its error, so it reads there what a failed dial
 * would have told it.
 */
export async function startConnectProxy(network: NetworkNamespace): Promise<ConnectProxy> {
  const password = randomBytes(PASSWORD_BYTES).toString('hex');
  const expected = Buffer.from(`Basic ${Buffer.from(`${USER}:${password}`).toString('base64')}`);
  const streams = new Set<Duplex>();
  const server = http.createServer((_request, response) => {
    // Requests in clear are not carried: nothing that istiod needs is fetched so.
    response.writeHead(501).end('The simulated network is reached by CONNECT only.\n');
  });
  server.on('connect', (request: http.IncomingMessage, client: Duplex, head: Buffer) => {
    streams.add(client);
    client.once('close', () => streams.delete(client));
    client.on('error', () => {});
    if (!isAllowed(request.headers['proxy-authorization'], expected)) {
      refuse(client, 407, 'Proxy Authentication Required');
      return;
    }
    const target = request.url ?? '';
    dial(network, target).then(
      upstream => {
        if (client.destroyed) {
          upstream.destroy();
          return;
        }
        client.write('HTTP/1.1 200 Connection established\r\n\r\n');
        if (head.length > 0) upstream.write(head); // what came with the request
        splice(client, upstream, reset);
      },
      (error: unknown) => refuse(client, 502, dialText(target, error)),
    );
  });
  server.listen(0, LOOPBACK);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // it is TCP
  return {
    url: `http://${USER}:${password}@${LOOPBACK}:${port}`,
    close: () => {
      server.close();
      for (const stream of streams) stream.destroy();
    },
  };
}

function isAllowed(given: string | undefined, expected: Buffer): boolean {
  const bytes = Buffer.from(given ?? '');
  return bytes.length === expected.length && timingSafeEqual(bytes, expected);
}

/** @throws an Error with the network's code */
async function dial(network: NetworkNamespace, target: string): Promise<VirtualSocket> {
  const at = target.lastIndexOf(':');
  const [address] = await network.resolve(target.slice(0, at));
  if (address === undefined) throw new Error(`no address of ${target}`);
  const socket = network.connect(address, Number(target.slice(at + 1)));
  // Rejects on `error`.
  await once(socket, 'connect');
  return socket;
}

function refuse(client: Duplex, status: number, reason: string): void {
  client.end(`HTTP/1.1 ${status} ${reason.replace(/[\r\n]+/g, ' ')}\r\nContent-Length: 0\r\n\r\n`);
}
