/**
 * Copies of a request for other clusters, of whose answers nobody hears (source/common/router/router.cc and
 * shadow_writer_impl.cc @v1.30).
 */
import type { Mirror, Share } from '../../xds/routes.ts';
import type { DownstreamConnection } from '../environment/environment.ts';
import type { UpstreamCluster } from '../upstream/upstream-cluster.ts';
import { withHost } from './http-headers.ts';
import type { ManagerContext } from './manager-context.ts';
import type { RequestBody } from './request-body.ts';
import { countResponse, UpstreamAttempt } from './upstream-request.ts';

/** The request as its first attempt leaves the proxy. */
export interface Original {
  readonly method: string;
  readonly path: string;
  /** Names and values in turn, names in lower case. */
  readonly headers: readonly string[];
  readonly body: RequestBody | undefined;
  /** Of the whole request; 0: none. */
  readonly timeoutMs: number;
}

/** Sends the copies when the request is whole; one that is too long has none. */
export function sendCopies(
  context: ManagerContext,
  connection: DownstreamConnection,
  mirrors: readonly Mirror[],
  original: Original,
): void {
  const wanted = mirrors.filter(({ share }) => isIn(share, context));
  if (wanted.length === 0) return;
  const send = (body: Buffer | undefined): void => {
    for (const { cluster: name, marksHost } of wanted) {
      const cluster = context.clusterOf(name);
      const headers = marksHost ? marked(original.headers) : original.headers;
      if (cluster) sendCopy(context, connection, cluster, { ...original, headers, bytes: body });
    }
  };
  if (original.body) original.body.whenWhole(send);
  else send(undefined);
}

const isIn = ({ numerator, denominator }: Share, { environment }: ManagerContext): boolean =>
  numerator >= denominator || environment.random.integer(denominator) < numerator;

/** Adds `-shadow` to the host's name, before its port. */
function marked(headers: readonly string[]): readonly string[] {
  const at = headers.findIndex((name, index) => index % 2 === 0 && name === 'host');
  const [name = '', ...port] = (headers[at + 1] ?? '').split(':');
  return withHost(headers, [`${name}-shadow`, ...port].join(':'));
}

/** There is one attempt, with the cluster's own ALPN. */
function sendCopy(
  { environment: { clock } }: ManagerContext,
  { worker, destination }: DownstreamConnection,
  cluster: UpstreamCluster,
  {
    method,
    path,
    headers,
    bytes,
    timeoutMs,
  }: Omit<Original, 'body'> & { readonly bytes: Buffer | undefined },
): void {
  const host = cluster.pickHost(worker, { destination });
  if (!host) return;
  const body = bytes && {
    sendTo: (target: UpstreamAttempt) => {
      target.write(bytes);
      target.end();
    },
  };
  const timer = timeoutMs > 0 ? clock.setTimeout(() => attempt.destroy(), timeoutMs) : undefined;
  const attempt = new UpstreamAttempt(
    { cluster, host },
    { method, path, headers, body },
    {
      onResponse({ status }) {
        clock.clearTimeout(timer);
        countResponse(cluster, host, status);
      },
      onReset({ reason }) {
        clock.clearTimeout(timer);
        host.rqError++;
        if (reason !== 'overflow') cluster.record(host, 'connect-failure');
      },
    },
  );
  attempt.start(cluster.poolOf(worker, host));
}
