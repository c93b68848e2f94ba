/** What the requests of one HTTP connection manager share. */
import type { Random } from '../../../../base/random.ts';
import type { Rbac } from '../../xds/rbac.ts';
import type { PathOptions } from '../../xds/resources.ts';
import type { RouteConfiguration } from '../../xds/routes.ts';
import type { EnvoyEnvironment } from '../environment/environment.ts';
import type { UpstreamCluster } from '../upstream/upstream-cluster.ts';

/** The context of a request: the listener at which it came in. */
export interface ManagerContext {
  readonly environment: EnvoyEnvironment;
  /** True if the requests are for the workload beside the proxy. */
  readonly isInbound: boolean;
  /** True if the upstream is told what identity has been proved; else what a client says of it is dropped. */
  readonly forwardsClientCertificate: boolean;
  /** What the `server` header of replies says. */
  readonly serverName: string;
  readonly requestIds: Random;
  /** The client is who calls; else it may be one that `x-forwarded-for` names. */
  readonly usesRemoteAddress: boolean;
  /** How many proxies before this one may say who their client was. */
  readonly trustedHops: number;
  /** Undefined: paths stay as they come. */
  readonly paths: PathOptions | undefined;
  /** Each has to let a request go on. */
  readonly rbac: readonly Rbac[];
  /** Of TLS with an upstream, in place of the cluster's: from the alpn filter, as it is now. */
  alpn(): readonly string[] | undefined;
  /** Returns the routes as they are now. */
  routes(): RouteConfiguration | undefined;
  clusterOf(name: string): UpstreamCluster | undefined;
}
