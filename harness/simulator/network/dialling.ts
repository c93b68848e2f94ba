/** Connection attempts and datagrams: from the first packet to an outcome. */
import type { FaultSet, Flow } from './faults.ts';
import type { Host } from './host.ts';
import type { SocketAddress } from './interfaces.ts';
import type { ConnectionOutcome, Recorder } from './recorder.ts';
import { endOf, type Protocol, type Route, type Routing, type Tracked } from './routing.ts';
import { socketError } from './socket-errors.ts';
import { TcpSocket, type WorldClock } from './tcp-socket.ts';

/**
 * Linux sends a SYN again 1, 3, 7, 15, 31 and 63 s after the first (tcp_syn_retries = 6) and gives up after
 * 127 s.
 */
const SYN_RETRANSMISSIONS = 6;
const FIRST_SYN_TIMEOUT_MS = 1000;
/** Three ARP requests, a second apart (mcast_solicit, retrans_time_ms), then EHOSTUNREACH. */
const ARP_FAILURE_MS = 3000;

export interface Surroundings {
  readonly clock: WorldClock;
  readonly routing: Routing;
  readonly faults: FaultSet;
  readonly recorder: Recorder;
}

/** Connects `socket` from `from`. The outcome is an event of the socket, never on the caller's stack. */
export function dial(
  around: Surroundings,
  from: Host,
  socket: TcpSocket,
  to: SocketAddress,
  uid: number,
): void {
  const { clock, routing, faults, recorder } = around;
  const tracked: Tracked = {};
  const localPort = from.ephemeralPort();
  let last: Route | undefined;

  const settle = (outcome: ConnectionOutcome, route: Route | undefined) => {
    recorder.add({
      atMs: clock.now(),
      protocol: 'TCP',
      from: from.name,
      fromAddress: from.address,
      to,
      via: route?.via ?? [],
      arrivedAt: outcome === 'connected' ? route?.end.name : undefined,
      outcome,
    });
  };
  /** True if the dialler gave up meanwhile. */
  const isAbandoned = () => {
    if (!socket.destroyed) return false;
    settle('abandoned', last);
    return true;
  };
  const fail = (code: 'ECONNREFUSED' | 'ETIMEDOUT' | 'EHOSTUNREACH', outcome: ConnectionOutcome) => {
    settle(outcome, last);
    socket.fail(socketError('connect', code, to.address, to.port));
  };

  const answered = (route: Route, flow: Flow) => {
    if (isAbandoned()) return;
    const onConnection =
      route.kind === 'arrives' ? route.host.listenerOf(route.at.port, route.at.address) : undefined;
    if (route.kind !== 'arrives' || route.host.isGone || onConnection === undefined) {
      fail('ECONNREFUSED', 'refused');
      return;
    }
    const { host, at, originalDestination, source } = route;
    const local = { address: source === '127.0.0.1' ? source : from.address, port: localPort };
    const accepted = host.openSocket();
    const path = { verdict: faults.watch(flow) };
    TcpSocket.join(socket, { local, remote: to, originalDestination: to, path }, accepted, {
      local: at,
      remote: { address: source, port: localPort },
      originalDestination,
      path,
    });
    settle('connected', route);
    onConnection(accepted);
    socket.announce();
  };

  const attempt = (count: number) => {
    clock.bump?.();
    if (isAbandoned()) return;
    const route = from.isGone ? gone(from) : routing.route(from, to, 'TCP', uid, tracked);
    last = route;
    const flow = flowOf('TCP', from, to, route);
    const { dropped, refused, delayMs } = faults.verdict(flow);
    if (dropped || (!refused && route.kind === 'silence')) {
      const wait = FIRST_SYN_TIMEOUT_MS * 2 ** count;
      if (count < SYN_RETRANSMISSIONS) whileOpen(wait, () => attempt(count + 1));
      else whileOpen(wait, () => fail('ETIMEDOUT', 'timed-out'));
    } else if (refused) {
      whileOpen(2 * delayMs, () => fail('ECONNREFUSED', 'refused'));
    } else if (route.kind === 'unreachable') {
      whileOpen(ARP_FAILURE_MS, () => fail('EHOSTUNREACH', 'unreachable'));
    } else {
      whileOpen(2 * delayMs, () => answered(route, flow));
    }
  };

  /** Goes on after a while, or at once; a dialler that gives up ends the wait. */
  const whileOpen = (delayMs: number, next: () => void) => {
    if (delayMs === 0) {
      next();
      return;
    }
    const onClose = () => {
      clock.clearTimeout(timer);
      settle('abandoned', last);
    };
    const timer = clock.setTimeout(() => {
      socket.off('close', onClose);
      next();
    }, delayMs);
    socket.once('close', onClose);
  };

  setImmediate(attempt, 0);
}

/** Sends a datagram and waits for the answer to it. */
export function exchange(
  { clock, routing, faults, recorder }: Surroundings,
  from: Host,
  to: SocketAddress,
  query: Buffer,
  timeoutMs: number,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const localPort = from.ephemeralPort();
    const timer = clock.setTimeout(() => {
      settle('timed-out');
      reject(socketError('recv', 'ETIMEDOUT', to.address, to.port));
    }, timeoutMs);
    let route: Route | undefined;
    const settle = (outcome: ConnectionOutcome) => {
      recorder.add({
        atMs: clock.now(),
        protocol: 'UDP',
        from: from.name,
        fromAddress: from.address,
        to,
        via: route?.via ?? [],
        arrivedAt: outcome === 'connected' ? route?.end.name : undefined,
        outcome,
      });
    };
    /** After the way there or back, unless it takes longer than the sender waits. */
    const after = (delayMs: number, next: () => void) => {
      if (delayMs > 0) clock.setTimeout(next, delayMs);
      else setImmediate(next);
    };
    const arrive = (delayMs: number) => {
      clock.bump?.();
      if (route?.kind !== 'arrives') return;
      const { host, at, source } = route;
      const listener = host.isGone ? undefined : host.datagramListenerOf(at.port, at.address);
      const answer = listener?.(query, { address: source, port: localPort });
      if (listener && answer === undefined) return; // the sender's timer tells
      after(delayMs, () => {
        clock.bump?.();
        clock.clearTimeout(timer);
        settle(answer ? 'connected' : 'refused');
        if (answer) resolve(answer);
        else reject(socketError('recv', 'ECONNREFUSED', to.address, to.port));
      });
    };
    setImmediate(() => {
      clock.bump?.();
      route = from.isGone ? gone(from) : routing.route(from, to, 'UDP', 0, {});
      const { dropped, refused, delayMs } = faults.verdict(flowOf('UDP', from, to, route));
      if (dropped) return;
      if (refused || route.kind === 'refused') {
        clock.clearTimeout(timer);
        settle('refused');
        reject(socketError('recv', 'ECONNREFUSED', to.address, to.port));
      } else if (route.kind === 'arrives') {
        if (delayMs > 0) clock.setTimeout(() => arrive(delayMs), delayMs);
        else arrive(0);
      }
    });
  });
}

function flowOf(protocol: Protocol, from: Host, dialled: SocketAddress, route: Route): Flow {
  const port = route.kind === 'arrives' ? route.originalDestination.port : dialled.port;
  return { protocol, from: endOf(from), dialled, to: route.end, port };
}

/** A host that is off the network sends nothing. */
const gone = (from: Host): Route => ({ kind: 'silence', via: [], end: endOf(from) });
