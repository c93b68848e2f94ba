/** Connection attempts: from the first SYN to an outcome. */
import type { Flow } from './faults.ts';
import { isFiltered } from './filtering.ts';
import { flowOf, gone, record, type Surroundings } from './flow-record.ts';
import type { Host } from './host.ts';
import type { ConnectOptions, SocketAddress } from './interfaces.ts';
import type { ConnectionOutcome } from './recorder.ts';
import type { Route, Tracked } from './route.ts';
import { socketError } from './socket-errors.ts';
import { TcpSocket } from './tcp-socket.ts';

/**
 * Linux sends a SYN again 1, 3, 7, 15, 31 and 63 s after the first (tcp_syn_retries = 6) and gives up after
 * 127 s.
 */
const SYN_RETRANSMISSIONS = 6;
const FIRST_SYN_TIMEOUT_MS = 1000;
/** Three ARP requests, a second apart (mcast_solicit, retrans_time_ms), then EHOSTUNREACH. */
const ARP_FAILURE_MS = 3000;

/** Connects `socket` from `from`. The outcome is an event of the socket, never on the caller's stack. */
export function dial(
  around: Surroundings,
  from: Host,
  socket: TcpSocket,
  to: SocketAddress,
  options: ConnectOptions,
): void {
  const attempt = new ConnectionAttempt(around, from, socket, to, options);
  setImmediate(() => attempt.sendSyn(0));
}

/** One call of `connect`: from its first SYN to a connection or an error. */
class ConnectionAttempt {
  readonly #around: Surroundings;
  readonly #from: Host;
  readonly #socket: TcpSocket;
  readonly #to: SocketAddress;
  readonly #uid: number;
  readonly #bound: string | undefined;
  readonly #tracked: Tracked = {};
  readonly #localPort: number;
  /** The way of the last SYN. */
  #route: Route | undefined;

  constructor(
    around: Surroundings,
    from: Host,
    socket: TcpSocket,
    to: SocketAddress,
    { uid = 0, localAddress }: ConnectOptions,
  ) {
    this.#around = around;
    this.#from = from;
    this.#socket = socket;
    this.#to = to;
    this.#uid = uid;
    this.#bound = localAddress;
    this.#localPort = from.ephemeralPort();
  }

  /**
   * Sends a SYN, and repeats it until an answer comes.
   * @param count - of the SYNs before it
   */
  sendSyn(count: number): void {
    const { clock, routing, faults } = this.#around;
    clock.bump?.();
    if (this.#isAbandoned()) return;
    const from = this.#from;
    const route = from.isGone ? gone(from) : routing.route(from, this.#to, 'TCP', this.#uid, this.#tracked);
    this.#route = route;
    const flow = flowOf('TCP', from, this.#to, route);
    const { dropped, refused, delayMs } = faults.verdict(flow);
    // Nobody on another host answers to an address of loopback (a martian source).
    const isMartian = this.#bound !== undefined && route.kind === 'arrives' && route.host !== from;
    const packet = { from, protocol: 'TCP' as const, route, tracked: this.#tracked };
    if (isFiltered(routing, packet) || dropped || (!refused && (route.kind === 'silence' || isMartian))) {
      const wait = FIRST_SYN_TIMEOUT_MS * 2 ** count;
      if (count < SYN_RETRANSMISSIONS) this.#whileOpen(wait, () => this.sendSyn(count + 1));
      else this.#whileOpen(wait, () => this.#fail('ETIMEDOUT', 'timed-out'));
    } else if (refused) {
      this.#whileOpen(2 * delayMs, () => this.#fail('ECONNREFUSED', 'refused'));
    } else if (route.kind === 'unreachable') {
      this.#whileOpen(ARP_FAILURE_MS, () => this.#fail('EHOSTUNREACH', 'unreachable'));
    } else if (delayMs === 0) {
      this.#answered(route, flow);
    } else {
      this.#whileOpen(2 * delayMs, () => this.#answered(route, flow));
    }
  }

  /** Handles the answer of the host at the route's end. */
  #answered(route: Route, flow: Flow): void {
    if (this.#isAbandoned()) return;
    const onConnection =
      route.kind === 'arrives' ? route.host.listenerOf(route.at.port, route.at.address) : undefined;
    if (route.kind !== 'arrives' || route.host.isGone || onConnection === undefined) {
      this.#fail('ECONNREFUSED', 'refused');
      return;
    }
    const { host, at, originalDestination } = route;
    const source = this.#bound ?? route.source;
    const to = this.#to;
    const isLoopback = this.#bound !== undefined || source === '127.0.0.1';
    const local = { address: isLoopback ? source : this.#from.address, port: this.#localPort };
    const accepted = host.openSocket();
    const path = { verdict: this.#around.faults.watch(flow) };
    TcpSocket.join(this.#socket, { local, remote: to, originalDestination: to, path }, accepted, {
      local: at,
      remote: { address: source, port: this.#localPort },
      originalDestination,
      path,
    });
    this.#settle('connected');
    onConnection(accepted);
    this.#socket.announce();
  }

  /** Goes on after a while, or at once; a dialler that gives up ends the wait. */
  #whileOpen(delayMs: number, next: () => void): void {
    if (delayMs === 0) {
      next();
      return;
    }
    const { clock } = this.#around;
    const onClose = () => {
      clock.clearTimeout(timer);
      this.#settle('abandoned');
    };
    const timer = clock.setTimeout(() => {
      this.#socket.off('close', onClose);
      next();
    }, delayMs);
    this.#socket.once('close', onClose);
  }

  /** Tells whether the dialler gave up meanwhile, and records that. */
  #isAbandoned(): boolean {
    if (!this.#socket.destroyed) return false;
    this.#settle('abandoned');
    return true;
  }

  #fail(code: 'ECONNREFUSED' | 'ETIMEDOUT' | 'EHOSTUNREACH', outcome: ConnectionOutcome): void {
    this.#settle(outcome);
    this.#socket.fail(socketError('connect', code, this.#to.address, this.#to.port));
  }

  #settle(outcome: ConnectionOutcome): void {
    record(this.#around, { protocol: 'TCP', from: this.#from, to: this.#to, route: this.#route, outcome });
  }
}
