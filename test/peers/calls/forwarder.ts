/**
 * A process inside a network namespace of Linux: it joins connections there to the virtual network, over Unix
 * sockets. Arguments: the folder of the sockets, and the ports on which it listens, on every address that the
 * namespace has.
 *
 * `accepted`: the harness listens; each connection that came in here begins with a line of JSON, a `Meeting`.
 * `dial`: this process listens; each connection begins with a `Call` and is then dialled from here. In both
 * the far end says `connected`; if it closes without it, the connection on this side is reset.
 */
import net from 'node:net';
import path from 'node:path';
import { splice } from '../../../harness/base/splice.ts';
import { CONNECTED, readFirstLine } from './first-line.ts';

/** A connection that came in: where it wanted to go, and from where. */
export interface Meeting {
  readonly address: string;
  readonly port: number;
  readonly from: string;
}

/** A connection to make; `from` is the address that the other side sees, its own by default. */
export interface Call {
  readonly address: string;
  readonly port: number;
  readonly from?: string;
}

function meet(folder: string, socket: net.Socket): void {
  const { localAddress: address = '', localPort: port = 0, remoteAddress: from = '' } = socket;
  const onward = net.connect({ path: path.join(folder, 'accepted'), allowHalfOpen: true });
  const abandon = () => socket.resetAndDestroy();
  socket.on('error', () => onward.destroy());
  onward.on('error', abandon);
  onward.write(`${JSON.stringify({ address, port, from } satisfies Meeting)}\n`);
  readFirstLine(onward, line => {
    if (line === CONNECTED) splice(socket, onward);
    else abandon();
  });
}

function dial(asker: net.Socket, { address, port, from }: Call): void {
  const socket = net.connect({
    host: address,
    port,
    allowHalfOpen: true,
    ...(from !== undefined && { localAddress: from }),
  });
  socket.once('error', () => asker.destroy());
  asker.once('close', () => socket.connecting && socket.destroy());
  socket.once('connect', () => {
    asker.write(`${CONNECTED}\n`);
    splice(asker, socket);
  });
}

const [folder = '', ports = ''] = process.argv.slice(2);
const dialled = net.createServer({ allowHalfOpen: true }, asker => {
  asker.on('error', () => {}); // its close is enough
  readFirstLine(asker, line => {
    // The harness wrote it.
    if (line !== undefined) dial(asker, JSON.parse(line) as Call);
  });
});
const listening = [
  new Promise<void>(resolve => dialled.listen(path.join(folder, 'dial'), resolve)),
  ...ports.split(',').map(
    port =>
      new Promise<void>((resolve, reject) => {
        const server = net.createServer({ allowHalfOpen: true }, socket => meet(folder, socket));
        server.once('error', reject);
        server.listen(Number(port), '0.0.0.0', resolve);
      }),
  ),
];
await Promise.all(listening);
process.stdout.write('ready\n');
process.stdin.once('end', () => process.exit(0)).resume(); // the harness has gone
