/** One attempt of a request: what goes to a host, and what the host's counters say of it. */
import type { ClientConnection } from '../../../../base/http1/client-connection.ts';
import type { ClientExchange, ExchangeHandlers } from '../../../../base/http1/client-exchange.ts';
import { ParseError } from '../../../../base/http1/errors.ts';
import { headerOf, type MessageHead } from '../../../../base/http1/message-head.ts';
import { headText, saysChunked } from '../../../../base/http1/outgoing-message.ts';
import type { Host } from '../upstream/host.ts';
import type { UpstreamCluster } from '../upstream/upstream-cluster.ts';
import type { ConnectFailure } from '../upstream/upstream-connection.ts';
import type { UpstreamPool } from '../upstream/upstream-pool.ts';
import type { BodyTarget, RequestBody } from './request-body.ts';
import type { ResetReason } from './retry.ts';

/** A request as it leaves the proxy. */
interface UpstreamMessage {
  readonly method: string;
  readonly path: string;
  /** Names and values in turn. */
  readonly headers: readonly string[];
  readonly body: Pick<RequestBody, 'sendTo'> | undefined;
}

/** Why there was no response. */
export interface Reset {
  readonly reason: ResetReason;
  /** The transport's own reason, for connections that failed; empty if there is none. */
  readonly detail: string;
}

/** Whom an attempt calls, even after another was begun in its place. */
interface AttemptOwner {
  onResponse(head: MessageHead, attempt: UpstreamAttempt): void;
  onReset(reset: Reset, attempt: UpstreamAttempt): void;
}

/** Where an attempt goes. */
interface AttemptTarget {
  readonly cluster: UpstreamCluster;
  readonly host: Host;
}

/** Takes a response whose head has come. */
export interface AnswerReader {
  onBody(bytes: Buffer): void;
  onEnd(): void;
  /** The upstream broke off. */
  onFail(): void;
}

/** Methods whose requests have no body unless a header announces one (nodejs/node lib/_http_client.js). */
const BODILESS_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE']);
/** So much of a body waits for a connection. */
const WAITING_BYTES = 64 * 1024;

/** A request on its way to a host. What is written before there is a connection waits. */
export class UpstreamAttempt implements BodyTarget, ExchangeHandlers {
  onRoom: (() => void) | undefined;
  /** Takes the response; to be set when its head comes. Without it the body is dropped. */
  reader: AnswerReader | undefined;
  readonly #cluster: UpstreamCluster;
  readonly #host: Host;
  readonly #message: UpstreamMessage;
  readonly #owner: AttemptOwner;
  #exchange: ClientExchange | undefined;
  #waiting: Buffer[] | undefined;
  #waitingBytes = 0;
  #hasEnded = false;
  /** Where it waits for a connection. */
  #pool: UpstreamPool | undefined;
  #hasResponse = false;
  #isOver = false;

  constructor({ cluster, host }: AttemptTarget, message: UpstreamMessage, owner: AttemptOwner) {
    this.#cluster = cluster;
    this.#host = host;
    this.#message = message;
    this.#owner = owner;
  }

  /** Sends the request over one of the worker's connections to the host. */
  start(pool: UpstreamPool): void {
    const { body } = this.#message;
    if (body) body.sendTo(this);
    else this.#hasEnded = true;
    this.#pool = pool;
    pool.acquire(this);
  }

  /** Called by the pool, when there is a connection or there will be none. */
  onAcquired(failure: ConnectFailure | undefined, connection?: ClientConnection): void {
    if (this.#isOver)
      connection?.stream.destroy(); // as it was dialled for this attempt, nobody else waits for it
    else if (connection) this.#send(connection);
    else this.#reset(failure ?? { reason: 'connect-failure', detail: '' });
  }

  // ---- the request's body

  get host(): Host {
    return this.#host;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  write(bytes: Buffer): boolean {
    if (this.#exchange) return this.#exchange.write(bytes);
    this.#waiting ??= [];
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    return this.#waitingBytes < WAITING_BYTES;
  }

  end(): void {
    this.#hasEnded = true;
    this.#exchange?.end();
  }

  // ---- the response

  pause(): void {
    this.#exchange?.pause();
  }

  resume(): void {
    this.#exchange?.resume();
  }

  /** Gives the attempt up, and its connection with it. */
  destroy(): void {
    if (this.#isOver) return;
    if (this.#exchange) this.#exchange.destroy();
    else this.onClose();
  }

  onHead(head: MessageHead): void {
    this.#hasResponse = true;
    this.#owner.onResponse(head, this);
  }

  onBody(bytes: Buffer): void {
    this.reader?.onBody(bytes);
  }

  onEnd(): void {
    this.reader?.onEnd();
  }

  onFail(error: Error): void {
    if (this.#hasResponse) this.reader?.onFail();
    else
      this.#reset({
        reason: error instanceof ParseError ? 'protocol-error' : 'connection-termination',
        detail: '',
      });
  }

  onDrain(): void {
    this.onRoom?.();
  }

  onClose(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (this.#exchange) {
      this.#host.rqActive--;
      this.#cluster.resources.giveBack('requests');
    } else {
      this.#pool?.giveUp(this);
    }
    this.onRoom?.();
  }

  #send(connection: ClientConnection): void {
    this.#host.rqTotal++;
    this.#host.rqActive++;
    this.#cluster.resources.take('requests');
    this.#cluster.counters.add('upstream_rq_total');
    const { method, path, headers } = this.#message;
    const exchange = connection.begin(
      {
        method,
        head: headText(`${method} ${path} HTTP/1.1`, withLength(method, headers)),
        framing: saysChunked(headers) ? 'chunked' : 'plain',
        keepsAlive: true,
      },
      this,
    );
    this.#exchange = exchange;
    let hasRoom = true;
    if (this.#waiting) for (const bytes of this.#waiting) hasRoom = exchange.write(bytes);
    this.#waiting = undefined;
    if (this.#hasEnded) exchange.end();
    else if (hasRoom) this.onRoom?.();
  }

  #reset(reset: Reset): void {
    this.#owner.onReset(reset, this);
    this.onClose();
  }
}

/** A POST without a body says so. */
function withLength(method: string, headers: readonly string[]): readonly string[] {
  const isAnnounced =
    BODILESS_METHODS.has(method) ||
    headerOf(headers, 'content-length') !== undefined ||
    headerOf(headers, 'transfer-encoding') !== undefined;
  return isAnnounced ? headers : [...headers, 'Content-Length', '0'];
}

/** Names of counters by the first digit of a status: a text that is made anew is looked up slowly. */
const RESPONSES: readonly string[] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map(digit => `upstream_rq_${digit}xx`);

/** Counts a response that a request waits for, by the class of its status. */
export function countResponse(cluster: UpstreamCluster, host: Host, status: number): void {
  const { counters } = cluster;
  if (status >= 500) host.rqError++;
  else host.rqSuccess++;
  cluster.record(host, status);
  counters.add(RESPONSES[Math.floor(status / 100)] ?? `upstream_rq_${Math.floor(status / 100)}xx`);
  counters.add('upstream_rq_completed');
}
