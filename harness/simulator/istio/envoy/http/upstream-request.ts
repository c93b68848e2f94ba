/** One attempt of a request: what goes to a host, and what the host's counters say of it. */
import http from 'node:http';
import type { Worker } from '../environment/environment.ts';
import type { Host } from '../upstream/host.ts';
import type { UpstreamCluster } from '../upstream/upstream-cluster.ts';
import { UpstreamConnectError } from '../upstream/upstream-pool.ts';
import type { RequestBody } from './request-body.ts';
import type { ResetReason } from './retry.ts';

/** A request as it leaves the proxy. */
export interface UpstreamMessage {
  readonly method: string | undefined;
  readonly path: string | undefined;
  /** Names and values in turn. */
  readonly headers: readonly string[];
  readonly body: RequestBody | undefined;
}

/** Whose connection carries a request. */
interface UpstreamPlace {
  readonly worker: Worker;
  readonly host: Host;
  /** Of its TLS, in place of the cluster's. */
  readonly alpn: readonly string[] | undefined;
}

/** Whom an attempt calls; each call names the attempt, which may be given up by then. */
export interface AttemptHandlers {
  readonly onResponse: (answer: http.IncomingMessage, attempt: http.ClientRequest) => void;
  /** Also called for errors after the response has begun. */
  readonly onError: (error: Error, attempt: http.ClientRequest) => void;
}

/** Sends a request over one of the worker's connections to a host. */
export function sendUpstream(
  cluster: UpstreamCluster,
  { worker, host, alpn }: UpstreamPlace,
  { method, path, headers, body }: UpstreamMessage,
  { onResponse, onError }: AttemptHandlers,
): http.ClientRequest {
  const agent = cluster.poolOf(worker, host, alpn);
  const attempt = http.request({ agent, method, path, setHost: false });
  for (let index = 0; index + 1 < headers.length; index += 2)
    attempt.appendHeader(headers[index] ?? '', headers[index + 1] ?? '');
  attempt.removeHeader('connection'); // node:http would say keep-alive; Envoy says nothing of it
  let isAssigned = false;
  attempt.once('socket', () => {
    isAssigned = true;
    host.rqTotal++;
    host.rqActive++;
    cluster.counters.add('upstream_rq_total');
  });
  attempt.once('response', answer => onResponse(answer, attempt));
  attempt.on('error', error => onError(error, attempt));
  attempt.once('close', () => {
    if (isAssigned) host.rqActive--;
    isAssigned = false;
  });
  if (body) body.sendTo(attempt);
  else attempt.end();
  return attempt;
}

/** Counts a response that a request waits for, by the class of its status. */
export function countResponse({ counters }: UpstreamCluster, host: Host, status: number): void {
  if (status >= 500) host.rqError++;
  else host.rqSuccess++;
  counters.add(`upstream_rq_${Math.floor(status / 100)}xx`);
  counters.add('upstream_rq_completed');
}

/** Tells why there was no response; `detail` is the transport's own reason, for connections that failed. */
export function resetOf(error: NodeJS.ErrnoException): {
  readonly reason: ResetReason;
  readonly detail: string;
} {
  if (error instanceof UpstreamConnectError) return error.failure;
  return { reason: error.code?.startsWith('HPE_') ? 'protocol-error' : 'connection-termination', detail: '' };
}
