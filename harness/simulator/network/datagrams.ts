/** Datagrams: from a query to its answer, or to the end of patience. */
import type { Timer } from '../../base/clock.ts';
import { isFiltered } from './filtering.ts';
import { flowOf, gone, record, type Surroundings } from './flow-record.ts';
import type { Host } from './host.ts';
import type { SocketAddress } from './interfaces.ts';
import type { ConnectionOutcome } from './recorder.ts';
import type { Route, Tracked } from './route.ts';
import { socketError } from './socket-errors.ts';

/** Sends a datagram and waits for the answer to it. */
export function exchange(
  around: Surroundings,
  from: Host,
  to: SocketAddress,
  query: Buffer,
  { timeoutMs, uid }: { readonly timeoutMs: number; readonly uid: number },
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    new DatagramExchange(around, from, to, { resolve, reject, uid }).start(query, timeoutMs);
  });
}

/** Who waits for the answer to a datagram. */
interface Waiting {
  readonly uid: number;
  readonly resolve: (answer: Buffer) => void;
  readonly reject: (error: Error) => void;
}

/** One query and the answer to it, if any comes in time. */
class DatagramExchange {
  readonly #around: Surroundings;
  readonly #from: Host;
  readonly #to: SocketAddress;
  readonly #waiting: Waiting;
  readonly #localPort: number;
  #timer: Timer | undefined;
  #isSettled = false;
  #route: Route | undefined;

  constructor(around: Surroundings, from: Host, to: SocketAddress, waiting: Waiting) {
    this.#around = around;
    this.#from = from;
    this.#to = to;
    this.#waiting = waiting;
    this.#localPort = from.ephemeralPort();
  }

  start(query: Buffer, timeoutMs: number): void {
    const { clock } = this.#around;
    this.#timer = clock.setTimeout(() => this.#fail('ETIMEDOUT', 'timed-out'), timeoutMs);
    setImmediate(() => {
      clock.bump?.();
      this.#send(query);
    });
  }

  #send(query: Buffer): void {
    const { clock, routing, faults } = this.#around;
    const from = this.#from;
    const tracked: Tracked = {};
    const route = from.isGone ? gone(from) : routing.route(from, this.#to, 'UDP', this.#waiting.uid, tracked);
    this.#route = route;
    if (isFiltered(routing, { from, protocol: 'UDP', route, tracked })) return;
    const { dropped, refused, delayMs } = faults.verdict(flowOf('UDP', from, this.#to, route));
    if (dropped) return;
    if (refused || route.kind === 'refused') {
      clock.clearTimeout(this.#timer);
      this.#fail('ECONNREFUSED', 'refused');
    } else if (route.kind === 'arrives') {
      if (delayMs > 0) clock.setTimeout(() => this.#arrive(route, query, delayMs), delayMs);
      else this.#arrive(route, query, 0);
    }
  }

  #arrive({ host, at, source }: Extract<Route, { kind: 'arrives' }>, query: Buffer, delayMs: number): void {
    const { clock } = this.#around;
    clock.bump?.();
    const listener = host.isGone ? undefined : host.datagramListenerOf(at.port, at.address);
    const reply = (answer: Buffer | undefined) => {
      if (listener && answer === undefined) return; // the sender's timer tells
      const comeBack = () => this.#answered(answer);
      if (delayMs > 0) clock.setTimeout(comeBack, delayMs);
      else setImmediate(comeBack);
    };
    const answer = listener?.(query, { address: source, port: this.#localPort });
    if (answer instanceof Promise) void answer.catch(() => undefined).then(reply);
    else reply(answer);
  }

  #answered(answer: Buffer | undefined): void {
    if (this.#isSettled) return; // it came too late
    const { clock } = this.#around;
    clock.bump?.();
    clock.clearTimeout(this.#timer);
    if (!answer) {
      this.#fail('ECONNREFUSED', 'refused');
      return;
    }
    this.#settle('connected');
    this.#waiting.resolve(answer);
  }

  #fail(code: 'ECONNREFUSED' | 'ETIMEDOUT', outcome: ConnectionOutcome): void {
    this.#settle(outcome);
    this.#waiting.reject(socketError('recv', code, this.#to.address, this.#to.port));
  }

  #settle(outcome: ConnectionOutcome): void {
    this.#isSettled = true;
    record(this.#around, { protocol: 'UDP', from: this.#from, to: this.#to, route: this.#route, outcome });
  }
}
