/**
 * Finds whatever comes back from outside the event loop while a simulated world runs: docs/architecture.md,
 * time, forbids that anyone awaits it.
 */
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
 * Resources that live in the event loop. Whatever is not here trips: a list of what is forbidden would miss
 * what the next Node brings. TLS and HTTP/2 over our own sockets are computed in the loop (TLSWRAP on a
 * JSSTREAM; a session's writes wait for an immediate of Node's own), and nobody awaits a write to the
 * terminal.
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
  'HTTP2SESSION',
  'HTTP2SETTINGS',
  'HTTP2STREAM',
  'SIGNALWRAP',
]);

/**
 * Starts to watch; ends with `using`, or `[Symbol.dispose]()`. A thing trips the wire when it calls back, not
 * when it is made: the synchronous calls of node:crypto and node:zlib make the same resources as the
 * asynchronous ones, and never call back.
 */
export function armTripwire(): Tripwire {
  const trips: Trip[] = [];
  /** Where each was made; the text of an error's stack is costly, and most never call back. */
  const pending = new Map<number, { readonly type: string; readonly made: Error }>();
  const hook = createHook({
    init(id, type, _trigger, resource) {
      // The latter is made of JavaScript alone.
      if (WITHIN_THE_LOOP.has(type) || resource instanceof AsyncResource) return;
      pending.set(id, { type, made: placeHere() });
    },
    before(id) {
      const made = pending.get(id);
      if (!made) return;
      const frames = framesOf(made.made);
      if (made.type === 'Timeout' && isOfNodesOwn(frames)) return;
      trips.push({ type: made.type, stack: frames.filter(frame => !frame.includes('node:')).join('\n') });
    },
    destroy(id) {
      pending.delete(id);
    },
  });
  hook.enable();
  return { trips, [Symbol.dispose]: () => hook.disable() };
}

function placeHere(): Error {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 40;
  const place = new Error();
  Error.stackTraceLimit = limit;
  return place;
}

/** Without the message, `placeHere`, and the hook that called it. */
const framesOf = (place: Error): string[] =>
  (place.stack ?? '')
    .split('\n')
    .slice(3)
    .map(line => line.trim());

/**
 * Timers that Node's HTTP and TLS set for themselves (the cached Date header, a server's check of its
 * connections, the limit of a handshake) are unreferenced, and nobody waits for them. One that our code asked
 * for has our frame right behind the timers'.
 */
function isOfNodesOwn(frames: readonly string[]): boolean {
  const caller = frames.find(frame => !/node:(internal\/)?(timers|async_hooks)/.test(frame));
  return (
    caller !== undefined && /node:(_http|_tls|net|https?:|internal\/(http|net|stream_base))/.test(caller)
  );
}
