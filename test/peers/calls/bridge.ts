/** The harness's end of a bridge into a network namespace of Linux; `forwarder.ts` is the other. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import { splice } from '../../../harness/base/splice.ts';
import type { VirtualSocket } from '../../../harness/simulator/network/interfaces.ts';
import { ROOT } from '../../support/cli.ts';
import { CONNECTED, readFirstLine } from './first-line.ts';
import type { Call, Meeting } from './forwarder.ts';

export interface BridgeOptions {
  /** As `ip netns` calls it. */
  readonly namespace: string;
  /** For its sockets; made by this. */
  readonly folder: string;
  /** On which the namespace accepts connections. */
  readonly ports: readonly number[];
  /** Dials, in the virtual network, what somebody in the namespace wants to reach. */
  readonly reach: (meeting: Meeting) => VirtualSocket;
  /** Hears what the namespace sends to a port. */
  readonly hear?: (port: number, bytes: Buffer) => void;
}

/** A namespace that is joined to the virtual network. */
export interface Bridge {
  /** How many connections each port has passed on: accepted there, and connected in the virtual network. */
  readonly passed: ReadonlyMap<number, number>;
  /** Dials in the namespace. @throws Error if nobody answers there */
  dial(call: Call): Promise<Duplex>;
  /**
   * Passes a connection of the virtual network on to a listener in the namespace; resets it if there is
   * none.
   */
  passOn(socket: VirtualSocket, call: Call): void;
  close(): void;
}

/** @throws Error if the forwarder does not come up */
export async function openBridge({ namespace, folder, ports, reach, hear }: BridgeOptions): Promise<Bridge> {
  mkdirSync(folder, { recursive: true });
  const passed = new Map<number, number>();
  const server = net.createServer({ allowHalfOpen: true }, onward => {
    onward.on('error', () => {}); // its close is enough
    readFirstLine(onward, line => {
      if (line === undefined) return;
      const meeting = JSON.parse(line) as Meeting; // the forwarder wrote it
      const socket = reach(meeting);
      joinWhenConnected(socket, onward, () => {
        passed.set(meeting.port, (passed.get(meeting.port) ?? 0) + 1);
        if (hear) onward.on('data', (bytes: Buffer) => hear(meeting.port, bytes));
      });
    });
  });
  server.listen(path.join(folder, 'accepted'));
  await once(server, 'listening');
  const forwarder = startForwarder(namespace, folder, ports);
  await firstWord(forwarder);
  chmodSync(path.join(folder, 'accepted'), 0o777);
  return {
    passed,
    dial: call => dial(path.join(folder, 'dial'), call),
    passOn: (socket, call) => passOn(dial(path.join(folder, 'dial'), call), socket),
    close: () => {
      server.close();
      forwarder.kill();
    },
  };
}

function startForwarder(namespace: string, folder: string, ports: readonly number[]): ChildProcess {
  const loader = path.join(ROOT, 'test/support/loader.mjs');
  const program = path.join(ROOT, 'test/peers/calls/forwarder.ts');
  const node = [process.execPath, `--import=${loader}`, program, folder, ports.join(',')];
  return spawn('ip', ['netns', 'exec', namespace, ...node], { stdio: ['pipe', 'pipe', 'inherit'] });
}

async function firstWord({ stdout, exitCode }: ChildProcess): Promise<void> {
  if (!stdout || exitCode !== null) throw new Error('the forwarder has not started');
  const [word] = await Promise.race([once(stdout, 'data'), once(stdout, 'close')]);
  if (word === undefined) throw new Error('the forwarder has ended at once');
}

/** Tells the forwarder when the virtual connection stands; if it does not, the forwarder resets its own. */
function joinWhenConnected(socket: VirtualSocket, onward: Duplex, onConnect: () => void): void {
  socket.on('error', () => onward.destroy());
  onward.once('close', () => socket.connecting && socket.destroy());
  socket.once('connect', () => {
    onConnect();
    onward.write(`${CONNECTED}\n`);
    splice(socket, onward);
  });
}

function dial(asked: string, call: Call): Promise<Duplex> {
  const onward = net.connect({ path: asked, allowHalfOpen: true });
  onward.on('error', () => {}); // its close is enough
  onward.write(`${JSON.stringify(call)}\n`);
  return new Promise((resolve, reject) =>
    readFirstLine(onward, line => {
      if (line === CONNECTED) resolve(onward);
      else reject(new Error(`nobody answers at ${call.address}:${call.port}`));
    }),
  );
}

function passOn(dialled: Promise<Duplex>, socket: VirtualSocket): void {
  socket.allowHalfOpen = true;
  socket.on('error', () => {}); // its close is enough
  dialled.then(
    onward => (socket.destroyed ? onward.destroy() : splice(socket, onward)),
    () => socket.resetAndDestroy(),
  );
}
