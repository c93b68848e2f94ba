/** The filter that passes a stream of bytes on to a cluster. */

/** @param cluster - names the statistics too */
export const tcpProxy = (cluster: string) => ({ type: 'tcp_proxy', cluster, statPrefix: cluster }) as const;
