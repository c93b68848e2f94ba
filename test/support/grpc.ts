/** A server of test methods, and clients of it over every kind of connection. */
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import { type Clock, systemClock } from '../../harness/base/clock.ts';
import { GrpcClient } from '../../harness/base/grpc/client.ts';
import { GrpcListener } from '../../harness/base/grpc/listener.ts';
import { GrpcServer, type Method } from '../../harness/base/grpc/server.ts';
import type { ServerCall } from '../../harness/base/grpc/server-call.ts';
import type { ServerStream } from '../../harness/base/grpc/server-stream.ts';
import { GrpcError } from '../../harness/base/grpc/status.ts';
import { duplexPair } from './duplex-pair.ts';
import { credentials, smallWorld } from './small-world.ts';

/** What the methods have seen. */
export interface Seen {
  calls: ServerCall[];
  streams: ServerStream[];
  /** How each stream ended, in order; `OK`, or the error's message. */
  closes: string[];
  defects: unknown[];
}

export const outcomeOf = (error: GrpcError | undefined): string => error?.message ?? 'OK';

/** A server with methods of the service `test.Echo`. */
export function testServer(clock: Clock = systemClock) {
  const seen: Seen = { calls: [], streams: [], closes: [], defects: [] };
  const watch = (call: ServerStream) => {
    seen.streams.push(call);
    call.onClose = error => seen.closes.push(outcomeOf(error));
  };
  const unary = (handle: (request: Buffer, call: ServerCall) => Buffer | Promise<Buffer>): Method => ({
    kind: 'unary',
    handle: (request, call) => {
      seen.calls.push(call);
      return handle(request, call);
    },
  });
  const methods = new Map<string, Method>([
    ['/test.Echo/Echo', unary(request => request)],
    ['/test.Echo/Later', unary(async request => await Promise.resolve(request))],
    ['/test.Echo/Never', unary(() => new Promise(() => {}))],
    [
      '/test.Echo/Refuse',
      unary(() => {
        throw new GrpcError('PermissionDenied', 'no: 100 % ünüsual\n');
      }),
    ],
    ['/test.Echo/Break', unary(async () => await Promise.reject(new Error('broken')))],
    [
      '/test.Echo/Both',
      {
        kind: 'stream',
        handle: call => {
          watch(call);
          call.onEnd = () => call.end();
          call.onMessage = message => call.send(message);
        },
      },
    ],
    [
      '/test.Echo/Hold',
      {
        kind: 'stream',
        handle: call => {
          watch(call);
          call.onMessage = () => {};
        },
      },
    ],
    [
      '/test.Echo/Throw',
      {
        kind: 'stream',
        handle: call => {
          watch(call);
          call.onMessage = message => {
            call.send(message);
            throw new GrpcError('Aborted', 'enough');
          };
        },
      },
    ],
    [
      '/test.Echo/ThrowAtOnce',
      {
        kind: 'stream',
        handle: call => {
          watch(call);
          throw new Error('at once');
        },
      },
    ],
  ]);
  const server = new GrpcServer({
    methods,
    clock,
    onDefect: (_path, error) => seen.defects.push(error),
  });
  return { seen, methods, server, listener: new GrpcListener(server) };
}

/** A client and a server on a pipe in memory. */
export function pipe(clock?: Clock) {
  const made = testServer(clock);
  const [near, far] = duplexPair();
  near.once('close', () => far.destroy());
  far.once('close', () => near.destroy());
  made.listener.accept(far);
  const client = new GrpcClient(near, { authority: 'test' });
  return { ...made, near, far, client };
}

/** A client and a server in pods of a virtual network, with TLS or in clear. */
export async function world(security: 'tls' | 'clear') {
  const base = smallWorld();
  const pod = base.clusters.east.addPod('client', 'east-node');
  const host = base.clusters.west.addPod('server', 'west-node');
  const made = testServer(base.clock);
  const { ca, key, cert } = await credentials('server.test');
  const secure = tls.createServer({ key, cert, ALPNProtocols: ['h2'] }, socket =>
    made.listener.accept(socket, pod.address),
  );
  host.listen(15012, socket => {
    socket.on('error', () => {});
    if (security === 'tls') secure.emit('connection', socket);
    else made.listener.accept(socket);
  });
  const raw = pod.connect(host.address, 15012);
  const socket: Duplex =
    security === 'clear'
      ? raw
      : tls.connect({ socket: raw, ca: ca.rootPem, servername: 'server.test', ALPNProtocols: ['h2'] });
  await new Promise((resolve, reject) => {
    socket.once(security === 'tls' ? 'secureConnect' : 'connect', resolve);
    socket.once('error', reject);
  });
  const scheme = security === 'tls' ? 'https' : 'http';
  const client = new GrpcClient(socket, { authority: 'server.test:15012', scheme });
  return { ...made, base, raw, client, [Symbol.dispose]: () => base[Symbol.dispose]() };
}

/** Resolves with what a promise is rejected with. */
export const failureOf = async (work: Promise<unknown>): Promise<GrpcError> => {
  try {
    await work;
  } catch (error) {
    if (error instanceof GrpcError) return error;
    throw error;
  }
  throw new Error('it did not fail');
};

/** Waits for something that comes about by itself. */
export async function until(condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 20_000; turn++) {
    if (condition()) return;
    await new Promise(resolve => setImmediate(resolve));
  }
  throw new Error('it did not come about');
}
