/** The HTTP/1.1 connections of one worker to one host, kept open from request to request. */
import type { Duplex } from 'node:stream';
import type { Clock, Timer } from '../../../../base/clock.ts';
import { ClientConnection } from '../../../../base/http1/client-connection.ts';
import type { Counters } from '../environment/counters.ts';
import type { ClusterResources } from './cluster-resources.ts';
import type { ConnectFailure } from './upstream-connection.ts';

type Connect = (done: (failure: ConnectFailure | undefined, stream?: Duplex) => void) => () => void;

/** What a pool may have, and how long its connections live. */
export interface PoolLimits {
  readonly clock: Clock;
  readonly counters: Counters;
  readonly resources: ClusterResources;
  readonly maxRequestsPerConnection?: number | undefined;
  readonly idleTimeoutMs?: number | undefined;
}

/** A request that wants a connection. */
interface Waiting {
  /** Called once: begins an exchange, or ends the connection. */
  onAcquired(failure: ConnectFailure | undefined, connection?: ClientConnection): void;
}

const OVERFLOW: ConnectFailure = { reason: 'overflow', detail: '' };

/**
 * Hands out the connection that was used last, or dials through the cluster; where there may be no further
 * connection, a request waits until one is free (source/common/conn_pool/conn_pool_base.cc @v1.33). Unlike
 * Envoy, which closes an upstream connection that was idle for an hour, it keeps them as long as the host is
 * in the cluster, unless the cluster says how long.
 */
export class UpstreamPool {
  readonly #connect: Connect;
  readonly #limits: PoolLimits;
  readonly #free: ClientConnection[] = [];
  /** How many requests each has had. */
  readonly #all = new Map<ClientConnection, number>();
  readonly #idle = new Map<ClientConnection, Timer>();
  readonly #pending: Waiting[] = [];
  #dialling = 0;
  #isClosed = false;

  constructor(connect: Connect, limits: PoolLimits) {
    this.#connect = connect;
    this.#limits = limits;
  }

  /** Finds a connection for a request: at once if one is free. */
  acquire(request: Waiting): void {
    const { resources, counters } = this.#limits;
    for (let kept = this.#free.pop(); kept; kept = this.#free.pop()) {
      if (!kept.isFree) continue;
      this.#hand(kept, request);
      return;
    }
    if (!resources.has('pendingRequests')) {
      counters.add('upstream_rq_pending_overflow');
      request.onAcquired(OVERFLOW);
      return;
    }
    resources.take('pendingRequests');
    // A host without any connection gets one in any case, or what waits for it would wait for ever.
    if (resources.has('connections') || this.#all.size + this.#dialling === 0) this.#dial(request);
    else {
      counters.add('upstream_cx_overflow');
      this.#pending.push(request);
    }
  }

  /** Forgets a request that waits for a connection to be free. */
  giveUp(request: Waiting): void {
    const index = this.#pending.indexOf(request);
    if (index < 0) return;
    this.#pending.splice(index, 1);
    this.#limits.resources.giveBack('pendingRequests');
  }

  /** Lets requests that are under way end, and closes each connection when it is idle. */
  drain(): void {
    this.#isClosed = true;
    for (const { stream } of this.#free.splice(0)) stream.destroy();
  }

  /** Ends all connections, those in use too. */
  close(): void {
    this.#isClosed = true;
    for (const { stream } of this.#all.keys()) stream.destroy();
    for (const request of this.#pending.splice(0)) {
      this.#limits.resources.giveBack('pendingRequests');
      request.onAcquired({ reason: 'connect-failure', detail: '' });
    }
  }

  #dial(request: Waiting): void {
    this.#dialling++;
    this.#connect((failure, stream) => {
      this.#dialling--;
      this.#limits.resources.giveBack('pendingRequests');
      if (stream) this.#hand(this.#open(stream), request);
      else {
        request.onAcquired(failure);
        this.#next();
      }
    });
  }

  #hand(connection: ClientConnection, request: Waiting): void {
    const { resources, counters } = this.#limits;
    this.#endIdle(connection);
    if (!resources.has('requests')) {
      this.#free.push(connection);
      counters.add('upstream_rq_pending_overflow');
      request.onAcquired(OVERFLOW);
      return;
    }
    this.#all.set(connection, (this.#all.get(connection) ?? 0) + 1);
    request.onAcquired(undefined, connection);
  }

  #endIdle(connection: ClientConnection): void {
    if (this.#idle.size === 0) return;
    this.#limits.clock.clearTimeout(this.#idle.get(connection));
    this.#idle.delete(connection);
  }

  #open(stream: Duplex): ClientConnection {
    const connection = new ClientConnection(stream, {
      onFree: freed => this.#keep(freed),
      onGone: gone => this.#forget(gone),
    });
    this.#all.set(connection, 0);
    return connection;
  }

  #keep(connection: ClientConnection): void {
    const { maxRequestsPerConnection: most, idleTimeoutMs, clock, counters } = this.#limits;
    if (most !== undefined && (this.#all.get(connection) ?? 0) >= most) {
      counters.add('upstream_cx_max_requests');
      connection.stream.destroy();
      return;
    }
    const waiting = this.#pending.shift();
    if (waiting) {
      this.#limits.resources.giveBack('pendingRequests');
      this.#hand(connection, waiting);
      return;
    }
    if (this.#isClosed) {
      connection.stream.destroy();
      return;
    }
    this.#free.push(connection);
    if (idleTimeoutMs === undefined || idleTimeoutMs === 0) return;
    const onIdle = () => {
      counters.add('upstream_cx_idle_timeout');
      connection.stream.destroy();
    };
    this.#idle.set(connection, clock.setTimeout(onIdle, idleTimeoutMs));
  }

  #forget(connection: ClientConnection): void {
    this.#endIdle(connection);
    this.#all.delete(connection);
    const index = this.#free.indexOf(connection);
    if (index >= 0) this.#free.splice(index, 1);
    this.#next();
  }

  /** Dials for the first that waits, now that there may be room. */
  #next(): void {
    const { resources } = this.#limits;
    const hasRoom = resources.has('connections') || this.#all.size + this.#dialling === 0;
    const waiting = hasRoom ? this.#pending.shift() : undefined;
    if (waiting) this.#dial(waiting);
  }
}
