/** One HTTP request that has a route: attempts, retries, and its end by a response, a reset or a deadline. */
import type http from 'node:http';
import type { Timer } from '../../../../base/clock.ts';
import type { VirtualHost } from '../../xds/resources.ts';
import type { DownstreamConnection } from '../environment/environment.ts';
import type { Host } from '../upstream/host.ts';
import type { UpstreamCluster } from '../upstream/upstream-cluster.ts';
import type { DownstreamResponse } from './downstream-response.ts';
import { HostSelection } from './host-selection.ts';
import { attemptHeaders, headerOf, upstreamHeaders } from './http-headers.ts';
import { type LocalReply, NO_HEALTHY_UPSTREAM, REQUEST_TIMEOUT, upstreamResetReply } from './local-reply.ts';
import type { ManagerContext } from './manager-context.ts';
import { hasBody, RequestBody } from './request-body.ts';
import { RetryState } from './retry.ts';
import { countResponse, resetOf, sendUpstream } from './upstream-request.ts';

/** The life of one request; `start` runs it, and the response reports its end. */
export class ProxiedRequest {
  readonly #context: ManagerContext;
  readonly #connection: DownstreamConnection;
  readonly #request: http.IncomingMessage;
  readonly #downstream: DownstreamResponse;
  readonly #cluster: UpstreamCluster;
  #retries: RetryState | undefined;
  readonly #hosts = new HostSelection();
  #headers: string[] = [];
  #tellsAttempts = false;
  #body: RequestBody | undefined;
  #upstream: http.ClientRequest | undefined;
  #backOff: Timer | undefined;
  #deadline: Timer | undefined;
  #isOver = false;

  constructor(
    context: ManagerContext,
    connection: DownstreamConnection,
    request: http.IncomingMessage,
    downstream: DownstreamResponse,
    cluster: UpstreamCluster,
  ) {
    this.#context = context;
    this.#connection = connection;
    this.#request = request;
    this.#downstream = downstream;
    this.#cluster = cluster;
  }

  start({ retryPolicy, timeoutMs }: VirtualHost['routes'][number], tellsAttempts: boolean): void {
    this.#tellsAttempts = tellsAttempts;
    const { clock } = this.#context.environment;
    this.#downstream.stream.once('close', this.#onDownstreamClose);
    this.#headers = upstreamHeaders(this.#context, this.#connection, this.#request.rawHeaders);
    if (hasBody(this.#request.headers)) this.#body = new RequestBody(this.#request);
    if (retryPolicy && retryPolicy.numRetries > 0)
      this.#retries = new RetryState(retryPolicy, this.#context.environment);
    if (timeoutMs > 0) this.#deadline = clock.setTimeout(this.#onDeadline, timeoutMs);
    this.#attempt();
  }

  #attempt(): void {
    const host = this.#hosts.next(this.#cluster, this.#connection, this.#retries);
    if (!host) {
      this.#reply(NO_HEALTHY_UPSTREAM);
      return;
    }
    this.#upstream = sendUpstream(
      this.#cluster,
      { worker: this.#connection.worker, host, alpn: this.#context.alpn },
      {
        method: this.#request.method,
        path: this.#request.url,
        headers: this.#tellsAttempts ? attemptHeaders(this.#headers, this.#hosts.attempts) : this.#headers,
        body: this.#body,
      },
      {
        onResponse: (answer, upstream) => {
          if (this.#upstream === upstream) this.#onResponse(host, answer);
          else answer.destroy();
        },
        onError: (error, upstream) => {
          // Once there was a response, its own stream reports the end.
          if (this.#upstream === upstream && !this.#isOver) this.#onReset(host, error);
        },
      },
    );
  }

  #onResponse(host: Host, answer: http.IncomingMessage): void {
    const status = answer.statusCode ?? 0;
    countResponse(this.#cluster, host, status);
    const grpcStatus = this.#retries && headerOf(answer.rawHeaders, 'grpc-status');
    if (this.#retries?.wantsAfterResponse(status, grpcStatus) && this.#retry()) {
      answer.on('error', ignore);
      answer.resume(); // the connection is kept
      return;
    }
    if (this.#hosts.attempts > 1) this.#cluster.counters.add('upstream_rq_retry_success');
    this.#body?.forget();
    this.#isOver = true; // what happens from here on is between the two streams
    this.#downstream.relay(answer, status, () => this.#clearDeadline());
  }

  #onReset(host: Host, error: Error): void {
    const { reason, detail } = resetOf(error);
    host.rqError++;
    const wantsRetry = this.#retries?.wantsAfterReset(reason) ?? false;
    if (wantsRetry && this.#retry()) return;
    if (wantsRetry) this.#cluster.counters.add('upstream_rq_retry_limit_exceeded');
    const attempts = { isRetry: this.#hosts.attempts > 1, retriesExhausted: wantsRetry };
    this.#reply(upstreamResetReply(this.#context.environment.wording, reason, detail, attempts));
  }

  /** @returns false if no attempt is left, or the body cannot be sent again */
  #retry(): boolean {
    if (this.#body && !this.#body.canBeSentAgain) return false;
    const waitMs = this.#retries?.next();
    if (waitMs === undefined) return false;
    this.#upstream = undefined;
    this.#cluster.counters.add('upstream_rq_retry');
    this.#backOff = this.#context.environment.clock.setTimeout(() => {
      this.#backOff = undefined;
      if (!this.#isOver) this.#attempt();
    }, waitMs);
    return true;
  }

  #reply(reply: LocalReply): void {
    this.#isOver = true;
    this.#clearDeadline();
    this.#body?.forget();
    this.#downstream.reply(reply);
  }

  readonly #onDeadline = (): void => {
    this.#deadline = undefined;
    const upstream = this.#upstream;
    this.#upstream = undefined;
    this.#context.environment.clock.clearTimeout(this.#backOff);
    upstream?.destroy();
    this.#cluster.counters.add('upstream_rq_timeout');
    for (const host of this.#hosts.tried) host.rqTimeout++;
    if (this.#downstream.stream.headersSent) this.#downstream.stream.destroy();
    else this.#reply(REQUEST_TIMEOUT);
  };

  readonly #onDownstreamClose = (): void => {
    this.#clearDeadline();
    this.#context.environment.clock.clearTimeout(this.#backOff);
    if (this.#downstream.stream.writableFinished) return;
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
