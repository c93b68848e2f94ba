/** Finds whatever comes back from outside the event loop while a simulated world runs: design.md, "time", forbids that anyone awaits it. */
import { AsyncResource, createHook } from 'node:async_hooks';

export interface Trip {
  /** Node's name of the resource: `FSREQCALLBACK`, `Timeout`, `TCPCONNECTWRAP`, … */
  readonly type: string;
  /** Where it was started, without Node's own frames. */
  readonly stack: string;
}

export interface Tripwire extends Disposable {
  /** What has come back so far. */
  readonly trips: readonly Trip[];
}

/**
 * Resources that live in the event loop. Whatever is not here trips: a list of what is forbidden would miss what the next Node brings.
 * TLS over our own sockets is computed in the loop (TLSWRAP on a JSSTREAM), and nobody awaits a write to the terminal.
 */
const WITHIN_THE_LOOP: ReadonlySet<string> = new Set([
  'PROMISE',
  'Microtask',
  'TickObject',
  'Immediate',
  'TLSWRAP',
  'JSSTREAM',
  'WRITEWRAP',
  'SHUTDOWNWRAP',
  'HTTPCLIENTREQUEST',
  'HTTPINCOMINGMESSAGE',
  'SIGNALWRAP',
]);

/**
 * Starts to watch; ends with `using`, or `[Symbol.dispose]()`. A thing trips the wire when it calls back, not when it is made: the synchronous
 * calls of node:crypto and node:zlib make the same resources as the asynchronous ones, and never call back.
 */
export function armTripwire(): Tripwire {
  const trips: Trip[] = [];
  const pending = new Map<number, Trip>();
  const hook = createHook({
    init(id, type, _trigger, resource) {
      if (WITHIN_THE_LOOP.has(type) || resource instanceof AsyncResource) return; // the latter is made of JavaScript alone
      const frames = framesHere();
      if (type === 'Timeout' && isOfNodesOwn(frames)) return;
      pending.set(id, { type, stack: frames.filter(frame => !frame.includes('node:')).join('\n') });
    },
    before(id) {
      const trip = pending.get(id);
      if (trip) trips.push(trip);
    },
    destroy(id) {
      pending.delete(id);
    },
  });
  hook.enable();
  return { trips, [Symbol.dispose]: () => hook.disable() };
}

function framesHere(): string[] {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 40;
  const stack = new Error().stack ?? '';
  Error.stackTraceLimit = limit;
  // The message, this function, and the hook that called it.
  return stack
    .split('\n')
    .slice(3)
    .map(line => line.trim());
}

/**
 * Timers that Node's HTTP and TLS set for themselves (the cached Date header, a server's check of its connections, the limit of a handshake)
 * are unreferenced, and nobody waits for them. One that our code asked for has our frame right behind the timers'.
 */
function isOfNodesOwn(frames: readonly string[]): boolean {
  const caller = frames.find(frame => !/node:(internal\/)?(timers|async_hooks)/.test(frame));
  return caller !== undefined && /node:(_http|_tls|net|https?:|internal\/(http|net|stream_base))/.test(caller);
}
