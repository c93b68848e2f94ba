/** One HTTP request that has a route: attempts, retries, and its end by a response, a reset or a deadline. */
import type { Timer } from '../../../../base/clock.ts';
import { headerOf, type MessageHead } from '../../../../base/http1/message-head.ts';
import type { ServerRequest } from '../../../../base/http1/server-connection.ts';
import type { RetryPolicy } from '../../xds/retry-policy.ts';
import type { HeaderChanges, Mirror } from '../../xds/routes.ts';
import type { DownstreamConnection } from '../environment/environment.ts';
import type { Host } from '../upstream/host.ts';
import type { UpstreamCluster } from '../upstream/upstream-cluster.ts';
import type { DownstreamResponse } from './downstream-response.ts';
import { editedHeaders } from './header-edits.ts';
import { HostSelection } from './host-selection.ts';
import { attemptHeaders, upstreamHeaders, withHost, withOriginalPath } from './http-headers.ts';
import { type LocalReply, NO_HEALTHY_UPSTREAM, REQUEST_TIMEOUT, upstreamResetReply } from './local-reply.ts';
import type { ManagerContext } from './manager-context.ts';
import { type Original, sendCopies } from './mirror.ts';
import type { RequestBody } from './request-body.ts';
import { RetryState } from './retry.ts';
import { countResponse, type Reset, UpstreamAttempt } from './upstream-request.ts';

/** What a request is. */
interface ProxiedRequestParts {
  readonly context: ManagerContext;
  readonly connection: DownstreamConnection;
  readonly request: ServerRequest;
  readonly downstream: DownstreamResponse;
  readonly body: RequestBody | undefined;
}

/** How it goes there. */
interface Journey {
  /** 0: none. */
  readonly timeoutMs: number;
  readonly retryPolicy: RetryPolicy | undefined;
  readonly tellsAttempts: boolean;
  /** Path and query after rewriting. */
  readonly url: string;
  /** In place of the Host header; undefined: as it came. */
  readonly host: string | undefined;
  /** In this order. */
  readonly edits: readonly HeaderChanges[];
  /** What decides about the host; undefined: chance. */
  readonly hash: bigint | undefined;
  readonly mirrors: readonly Mirror[] | undefined;
}

const NO_EDITS: readonly undefined[] = [];

/** The life of one request; `start` runs it, and the response reports its end. */
export class ProxiedRequest {
  readonly #context: ManagerContext;
  readonly #connection: DownstreamConnection;
  readonly #request: ServerRequest;
  readonly #downstream: DownstreamResponse;
  readonly #cluster: UpstreamCluster;
  #retries: RetryState | undefined;
  readonly #hosts = new HostSelection();
  #headers: readonly string[] = [];
  #url = '';
  #responseEdits: readonly HeaderChanges['response'][] = [];
  #tellsAttempts = false;
  #hash: bigint | undefined;
  /** A retry is under way, and counted as such. */
  #isRetry = false;
  readonly #body: RequestBody | undefined;
  #upstream: UpstreamAttempt | undefined;
  #backOff: Timer | undefined;
  #perTry: Timer | undefined;
  #deadline: Timer | undefined;
  #isOver = false;

  constructor(
    { context, connection, request, downstream, body }: ProxiedRequestParts,
    cluster: UpstreamCluster,
  ) {
    this.#context = context;
    this.#connection = connection;
    this.#request = request;
    this.#downstream = downstream;
    this.#cluster = cluster;
    this.#body = body;
  }

  start(journey: Journey): void {
    const { retryPolicy, timeoutMs, tellsAttempts, url, host, edits, hash, mirrors } = journey;
    this.#hash = hash;
    this.#tellsAttempts = tellsAttempts;
    this.#url = url;
    if (edits.length > 0) this.#responseEdits = edits.map(({ response }) => response);
    const { clock } = this.#context.environment;
    this.#downstream.stream.onClose = this.#onDownstreamClose;
    const { head } = this.#request;
    const came = upstreamHeaders(this.#context, this.#connection, head.rawHeaders);
    const named = host === undefined ? came : withHost(came, host);
    const headers = url === head.url ? named : withOriginalPath(named, head.url);
    const requestEdits = edits.length > 0 ? edits.map(({ request }) => request) : NO_EDITS;
    this.#headers = editedHeaders(headers, requestEdits);
    if (retryPolicy && retryPolicy.numRetries > 0)
      this.#retries = new RetryState(retryPolicy, this.#context.environment);
    if (timeoutMs > 0) this.#deadline = clock.setTimeout(this.#onDeadline, timeoutMs);
    this.#attempt();
    if (!mirrors || !this.#upstream) return;
    sendCopies(this.#context, this.#connection, mirrors, { ...this.#message(), timeoutMs });
  }

  /** What goes to a host by the attempt that is under way. */
  #message(): Omit<Original, 'timeoutMs'> {
    return {
      method: this.#request.head.method,
      path: this.#url,
      headers: this.#tellsAttempts ? attemptHeaders(this.#headers, this.#hosts.attempts) : this.#headers,
      body: this.#body,
    };
  }

  #attempt(): void {
    const host = this.#hosts.next(this.#cluster, this.#connection, {
      retries: this.#retries,
      hash: this.#hash,
    });
    if (!host) {
      this.#reply(NO_HEALTHY_UPSTREAM);
      return;
    }
    const upstream = new UpstreamAttempt({ cluster: this.#cluster, host }, this.#message(), this);
    this.#upstream = upstream;
    const perTryMs = this.#retries?.perTryTimeoutMs;
    if (perTryMs !== undefined)
      this.#perTry = this.#context.environment.clock.setTimeout(() => this.#onPerTryTimeout(host), perTryMs);
    const alpn = this.#context.alpn();
    const wish = this.#cluster.namesByHost
      ? { alpn, hostName: headerOf(this.#headers, 'host')?.replace(/:\d+$/, '') }
      : { alpn };
    upstream.start(this.#cluster.poolOf(this.#connection.worker, host, wish));
  }

  onResponse(head: MessageHead, upstream: UpstreamAttempt): void {
    if (this.#upstream !== upstream) {
      upstream.destroy();
      return;
    }
    this.#clearPerTry();
    this.#endRetry();
    countResponse(this.#cluster, upstream.host, head.status);
    const grpcStatus = this.#retries && headerOf(head.rawHeaders, 'grpc-status');
    // The rest of an answer that nobody reads is dropped, and the connection kept.
    if (this.#retries?.wantsAfterResponse(head.status, grpcStatus) && this.#retry()) return;
    if (this.#hosts.attempts > 1) this.#cluster.counters.add('upstream_rq_retry_success');
    this.#body?.forget();
    this.#isOver = true; // what happens from here on is between the two streams
    this.#downstream.relay(head, upstream, this.#responseEdits, this.#clearDeadline);
  }

  onReset({ reason, detail }: Reset, upstream: UpstreamAttempt): void {
    if (this.#upstream !== upstream || this.#isOver) return;
    const { host } = upstream;
    this.#clearPerTry();
    this.#endRetry();
    host.rqError++;
    if (reason !== 'overflow') this.#cluster.record(host, 'connect-failure');
    const wantsRetry = this.#retries?.wantsAfterReset(reason) ?? false;
    if (wantsRetry && this.#retry()) return;
    if (wantsRetry) this.#cluster.counters.add('upstream_rq_retry_limit_exceeded');
    const attempts = { isRetry: this.#hosts.attempts > 1, retriesExhausted: wantsRetry };
    this.#reply(upstreamResetReply(this.#context.environment.wording, reason, detail, attempts));
  }

  /** source/common/router/router.cc @v1.30, onPerTryTimeout */
  #onPerTryTimeout(host: Host): void {
    this.#perTry = undefined;
    const upstream = this.#upstream;
    this.#upstream = undefined;
    upstream?.destroy();
    host.rqTimeout++;
    this.#endRetry();
    this.#cluster.record(host, 'timeout');
    this.#cluster.counters.add('upstream_rq_per_try_timeout');
    if (this.#retries?.wantsAfterReset('per-try-timeout') && this.#retry()) return;
    this.#reply(REQUEST_TIMEOUT);
  }

  /** @returns false if no attempt is left, or the body cannot be sent again */
  #retry(): boolean {
    if (this.#body && !this.#body.canBeSentAgain) return false;
    const { resources, counters } = this.#cluster;
    if (this.#retries?.isLeft && !resources.has('retries')) {
      counters.add('upstream_rq_retry_overflow');
      return false;
    }
    const waitMs = this.#retries?.next();
    if (waitMs === undefined) return false;
    resources.take('retries');
    this.#isRetry = true;
    this.#upstream = undefined;
    counters.add('upstream_rq_retry');
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
    if (upstream) this.#cluster.record(upstream.host, 'timeout');
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

  #clearPerTry(): void {
    if (!this.#perTry) return;
    this.#context.environment.clock.clearTimeout(this.#perTry);
    this.#perTry = undefined;
  }

  #endRetry(): void {
    if (!this.#isRetry) return;
    this.#isRetry = false;
    this.#cluster.resources.giveBack('retries');
  }

  readonly #clearDeadline = (): void => {
    this.#clearPerTry();
    this.#endRetry();
    if (!this.#deadline) return;
    this.#context.environment.clock.clearTimeout(this.#deadline);
    this.#deadline = undefined;
  };
}
