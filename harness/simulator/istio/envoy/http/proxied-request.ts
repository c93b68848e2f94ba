/** One HTTP request on its way through the proxy: route, host, retries, and the response back. */
import http from 'node:http';
import type { Timer } from '../../../../base/clock.ts';
import type { VirtualHost } from '../../xds/resources.ts';
import type { DownstreamConnection } from '../environment/environment.ts';
import type { Host } from '../upstream/host.ts';
import type { UpstreamCluster } from '../upstream/upstream-cluster.ts';
import { UpstreamConnectError } from '../upstream/upstream-pool.ts';
import { downstreamHeaders, headerOf, responseHeaders, upstreamHeaders } from './http-headers.ts';
import {
  type LocalReply,
  NO_CLUSTER,
  NO_HEALTHY_UPSTREAM,
  NO_ROUTE,
  REQUEST_TIMEOUT,
  upstreamResetReply,
} from './local-reply.ts';
import type { ManagerContext } from './manager-context.ts';
import { RequestBody } from './request-body.ts';
import { type ResetReason, RetryState } from './retry.ts';
import { findRoute } from './route-match.ts';

type Route = VirtualHost['routes'][number];

const NO_HOSTS: ReadonlySet<Host> = new Set();

/** The life of one request; `start` runs it, and the response tells of its end. */
export class ProxiedRequest {
  readonly #context: ManagerContext;
  readonly #connection: DownstreamConnection;
  readonly #request: http.IncomingMessage;
  readonly #response: http.ServerResponse;
  readonly #startedMs: number;
  #cluster: UpstreamCluster | undefined;
  #retries: RetryState | undefined;
  #triedHosts: Set<Host> | undefined;
  #attempts = 0;
  #headers: string[] = [];
  #body: RequestBody | undefined;
  #upstream: http.ClientRequest | undefined;
  #backOff: Timer | undefined;
  #deadline: Timer | undefined;
  #isOver = false;

  constructor(
    context: ManagerContext,
    connection: DownstreamConnection,
    request: http.IncomingMessage,
    response: http.ServerResponse,
  ) {
    this.#context = context;
    this.#connection = connection;
    this.#request = request;
    this.#response = response;
    this.#startedMs = context.environment.clock.now();
  }

  start(): void {
    const { headers, url = '/' } = this.#request;
    const routes = this.#context.routes();
    const route = routes && findRoute(routes, headers.host ?? '', url);
    if (!route) {
      this.#reply(NO_ROUTE);
      return;
    }
    this.#cluster = this.#context.clusterOf(route.cluster);
    if (!this.#cluster) {
      this.#reply(NO_CLUSTER);
      return;
    }
    this.#response.once('close', this.#onDownstreamClose);
    this.#headers = upstreamHeaders(this.#context, this.#connection, this.#request.rawHeaders);
    if (hasBody(headers)) this.#body = new RequestBody(this.#request);
    this.#prepare(route);
    this.#attempt(this.#cluster);
  }

  #prepare({ retryPolicy, timeoutMs }: Route): void {
    const { clock, random } = this.#context.environment;
    if (retryPolicy && retryPolicy.numRetries > 0) this.#retries = new RetryState(retryPolicy, random);
    if (timeoutMs > 0) this.#deadline = clock.setTimeout(this.#onDeadline, timeoutMs);
  }

  #attempt(cluster: UpstreamCluster): void {
    const { worker, destination } = this.#connection;
    const retry =
      this.#attempts > 0 && this.#retries
        ? { triedHosts: this.#triedHosts ?? NO_HOSTS, maxAttempts: this.#retries.hostSelectionMaxAttempts }
        : undefined;
    this.#attempts++;
    const host = cluster.pickHost(worker, destination, retry);
    if (!host) {
      this.#reply(NO_HEALTHY_UPSTREAM);
      return;
    }
    if (this.#retries) {
      this.#triedHosts ??= new Set();
      this.#triedHosts.add(host);
    }
    const upstream = http.request({
      agent: cluster.poolOf(worker, host),
      method: this.#request.method,
      path: this.#request.url,
      headers: [...this.#headers, 'x-envoy-attempt-count', String(this.#attempts)],
      setHost: false,
    });
    this.#upstream = upstream;
    let isAssigned = false;
    const release = () => {
      if (isAssigned) host.rqActive--;
      isAssigned = false;
    };
    upstream.once('socket', () => {
      isAssigned = true;
      host.rqTotal++;
      host.rqActive++;
      cluster.counters.add('upstream_rq_total');
    });
    upstream.once('response', answer => {
      if (this.#upstream === upstream) this.#onResponse(cluster, host, answer);
      else answer.destroy();
    });
    upstream.on('error', error => {
      // Once there was a response, its own stream tells of the end.
      if (this.#upstream === upstream && !this.#isOver) this.#onReset(cluster, host, error);
    });
    upstream.once('close', release);
    if (this.#body) this.#body.sendTo(upstream);
    else upstream.end();
  }

  #onResponse(cluster: UpstreamCluster, host: Host, answer: http.IncomingMessage): void {
    const status = answer.statusCode ?? 0;
    if (status >= 500) host.rqError++;
    else host.rqSuccess++;
    cluster.counters.add(`upstream_rq_${Math.floor(status / 100)}xx`);
    cluster.counters.add('upstream_rq_completed');
    const grpcStatus = this.#retries && headerOf(answer.rawHeaders, 'grpc-status');
    if (this.#retries?.wantsAfterResponse(status, grpcStatus) && this.#retry(cluster)) {
      answer.on('error', ignore);
      answer.resume(); // the connection is kept
      return;
    }
    if (this.#attempts > 1) cluster.counters.add('upstream_rq_retry_success');
    this.#body?.forget();
    this.#relay(answer, status);
  }

  #relay(answer: http.IncomingMessage, status: number): void {
    const response = this.#response;
    this.#isOver = true; // what happens from here on is between the two streams
    const tookMs = this.#context.environment.clock.now() - this.#startedMs;
    response.sendDate = false;
    response.writeHead(
      status,
      answer.statusMessage ?? '',
      responseHeaders(this.#context, answer.rawHeaders, tookMs),
    );
    const length = headerOf(answer.rawHeaders, 'content-length');
    const whole = length === undefined ? Number.NaN : Number(length);
    answer.on('data', (chunk: Buffer) => {
      if (chunk.length === whole) {
        // All there is to come: as a string it leaves in one piece with the head, and the stream's end needs
        // no write of its own.
        response.end(chunk.toString('latin1'), 'latin1');
      } else if (!response.write(chunk)) {
        answer.pause();
        response.once('drain', () => answer.resume());
      }
    });
    answer.once('end', () => {
      this.#clearDeadline();
      if (!response.writableEnded) response.end();
    });
    answer.on('error', () => {
      this.#clearDeadline();
      response.destroy(); // the status line is gone already: all that is left is to break off
    });
  }

  #onReset(cluster: UpstreamCluster, host: Host, error: Error): void {
    const failure = error instanceof UpstreamConnectError ? error.failure : undefined;
    const reason: ResetReason = failure?.reason ?? resetReasonOf(error);
    host.rqError++;
    if (this.#retries?.wantsAfterReset(reason)) {
      if (this.#retry(cluster)) return;
      cluster.counters.add('upstream_rq_retry_limit_exceeded');
      this.#replyToReset(reason, failure?.detail ?? '', true);
    } else {
      this.#replyToReset(reason, failure?.detail ?? '', false);
    }
  }

  /** @returns false if no attempt is left, or the body cannot be sent again */
  #retry(cluster: UpstreamCluster): boolean {
    if (this.#body && !this.#body.canBeSentAgain) return false;
    const waitMs = this.#retries?.next();
    if (waitMs === undefined) return false;
    this.#upstream = undefined;
    cluster.counters.add('upstream_rq_retry');
    this.#backOff = this.#context.environment.clock.setTimeout(() => {
      this.#backOff = undefined;
      if (!this.#isOver) this.#attempt(cluster);
    }, waitMs);
    return true;
  }

  #replyToReset(reason: ResetReason, detail: string, retriesExhausted: boolean): void {
    const { wording } = this.#context.environment;
    this.#reply(
      upstreamResetReply(wording, reason, detail, { isRetry: this.#attempts > 1, retriesExhausted }),
    );
  }

  #reply(reply: LocalReply): void {
    this.#isOver = true;
    this.#clearDeadline();
    this.#body?.forget();
    const { status, body } = reply;
    this.#response.sendDate = false;
    this.#response.writeHead(status, downstreamHeaders(this.#context, body));
    this.#response.end(body);
  }

  readonly #onDeadline = (): void => {
    this.#deadline = undefined;
    const upstream = this.#upstream;
    this.#upstream = undefined;
    this.#context.environment.clock.clearTimeout(this.#backOff);
    upstream?.destroy();
    this.#cluster?.counters.add('upstream_rq_timeout');
    for (const host of this.#triedHosts ?? []) host.rqTimeout++;
    if (this.#response.headersSent) this.#response.destroy();
    else this.#reply(REQUEST_TIMEOUT);
  };

  readonly #onDownstreamClose = (): void => {
    this.#clearDeadline();
    this.#context.environment.clock.clearTimeout(this.#backOff);
    if (this.#response.writableFinished) return;
    this.#isOver = true;
    this.#upstream?.destroy();
  };

  #clearDeadline(): void {
    if (!this.#deadline) return;
    this.#context.environment.clock.clearTimeout(this.#deadline);
    this.#deadline = undefined;
  }
}

const ignore = (): void => {};

function hasBody(headers: http.IncomingHttpHeaders): boolean {
  const length = headers['content-length'];
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

function resetReasonOf(error: NodeJS.ErrnoException): ResetReason {
  return error.code?.startsWith('HPE_') ? 'protocol-error' : 'connection-termination';
}
