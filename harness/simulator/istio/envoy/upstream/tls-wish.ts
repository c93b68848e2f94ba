/** What of TLS with a host is decided by the request that goes there. */
import { isIPv4 } from 'node:net';
import type { Cluster, UpstreamTls } from '../../xds/resources.ts';

/** What a request wants of the TLS that it goes by. */
export interface TlsWish {
  /** In place of the cluster's. */
  readonly alpn?: readonly string[] | undefined;
  /** How it calls the server. */
  readonly hostName?: string | undefined;
}

/**
 * Returns the TLS of a cluster as a request wants it. No name in it is an address
 * (source/common/router/router.cc @v1.30, auto_sni).
 */
export function wishedTls(
  { keepsAlpn, namesByHost }: Cluster,
  tls: UpstreamTls,
  { alpn, hostName }: TlsWish,
): UpstreamTls & { readonly hostName?: string } {
  const isName = hostName !== undefined && !isIPv4(hostName);
  return {
    ...tls,
    ...(alpn && !keepsAlpn && { alpn }),
    ...(namesByHost?.sni && isName && { sni: hostName }),
    ...(namesByHost?.san && hostName !== undefined && { hostName }),
  };
}
