/** One HTTP request that has a route: attempts, retries, and its end by a response, a reset or a deadline. */
import type { Timer } from '../../../../base/clock.ts';
import { headerOf, type MessageHead } from '../../../../base/http1/message-head.ts';
import type { ServerRequest } from '../../../../base/http1/server-connection.ts';
import type { VirtualHost } from '../../xds/resources.ts';
import type { DownstreamConnection } from '../environment/environment.ts';
import type { Host } from '../upstream/host.ts';
import type { UpstreamCluster } from '../upstream/upstream-cluster.ts';
import type { DownstreamResponse } from './downstream-response.ts';
import { HostSelection } from './host-selection.ts';
import { attemptHeaders, upstreamHeaders } from './http-headers.ts';
import { type LocalReply, NO_HEALTHY_UPSTREAM, REQUEST_TIMEOUT, upstreamResetReply } from './local-reply.ts';
import type { ManagerContext } from './manager-context.ts';
import { RequestBody } from './request-body.ts';
import { RetryState } from './retry.ts';
import { countResponse, type Reset, UpstreamAttempt } from './upstream-request.ts';

/** The life of one request; `start` runs it, and the response reports its end. */
export class ProxiedRequest {
  readonly #context: ManagerContext;
  readonly #connection: DownstreamConnection;
  readonly #request: ServerRequest;
  readonly #downstream: DownstreamResponse;
  readonly #cluster: UpstreamCluster;
  #retries: RetryState | undefined;
  readonly #hosts = new HostSelection();
  #headers: string[] = [];
  #tellsAttempts = false;
  #body: RequestBody | undefined;
  #upstream: UpstreamAttempt | undefined;
  #backOff: Timer | undefined;
  #deadline: Timer | undefined;
  #isOver = false;

  constructor(
    context: ManagerContext,
    connection: DownstreamConnection,
    request: ServerRequest,
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
    this.#downstream.stream.onClose = this.#onDownstreamClose;
    const { head } = this.#request;
    this.#headers = upstreamHeaders(this.#context, this.#connection, head.rawHeaders);
    if (head.announcesBody) this.#body = new RequestBody(this.#request);
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
    const upstream = new UpstreamAttempt(
      { cluster: this.#cluster, host },
      {
        method: this.#request.head.method,
        path: this.#request.head.url,
        headers: this.#tellsAttempts ? attemptHeaders(this.#headers, this.#hosts.attempts) : this.#headers,
        body: this.#body,
      },
      {
        onResponse: head => {
          if (this.#upstream === upstream) this.#onResponse(host, head, upstream);
          else upstream.destroy();
        },
        onReset: reset => {
          if (this.#upstream === upstream && !this.#isOver) this.#onReset(host, reset);
        },
      },
    );
    this.#upstream = upstream;
    upstream.start(this.#cluster.poolOf(this.#connection.worker, host, this.#context.alpn()));
  }

  #onResponse(host: Host, head: MessageHead, upstream: UpstreamAttempt): void {
    countResponse(this.#cluster, host, head.status);
    const grpcStatus = this.#retries && headerOf(head.rawHeaders, 'grpc-status');
    // The rest of an answer that nobody reads is dropped, and the connection kept.
    if (this.#retries?.wantsAfterResponse(head.status, grpcStatus) && this.#retry()) return;
    if (this.#hosts.attempts > 1) this.#cluster.counters.add('upstream_rq_retry_success');
    this.#body?.forget();
    this.#isOver = true; // what happens from here on is between the two streams
    this.#downstream.relay(head, upstream, () => this.#clearDeadline());
  }

  #onReset(host: Host, { reason, detail }: Reset): void {
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
    if (this.#downstream.stream.hasHead) this.#downstream.stream.destroy();
    else this.#reply(REQUEST_TIMEOUT);
  };

  readonly #onDownstreamClose = (): void => {
    this.#clearDeadline();
    this.#context.environment.clock.clearTimeout(this.#backOff);
    if (this.#downstream.stream.hasEnded) return;
    this.#isOver = true;
    this.#upstream?.destroy();
  };

  #clearDeadline(): void {
    if (!this.#deadline) return;
    this.#context.environment.clock.clearTimeout(this.#deadline);
    this.#deadline = undefined;
  }
}
