/** Connections that the east-west gateways have forwarded to HelloWorld, read from their admin interface. */
import type { ClusterName } from '../../../model/names.ts';
import type { CheckContext } from '../../check.ts';
import { listPods } from '../../pods.ts';
import { askProxy, readEndpoints } from '../../proxy-endpoints.ts';
import { GATEWAY, ISTIO_NAMESPACE, NAMESPACE, SERVICE, SERVICE_PORT } from '../../workloads.ts';

/** The gateway's cluster for the Service: chosen by SNI, bytes in and out. */
export const SNI = `outbound_.${SERVICE_PORT}_._.${SERVICE}.${NAMESPACE}.svc.cluster.local`;

/** The port on which a gateway takes connections from other networks. */
export const GATEWAY_PORT = 15443;

/**
 * Connections since the gateways of a cluster started; 0 without gateways; undefined if one of them does not
 * answer.
 */
export async function forwardedBy(cluster: ClusterName, context: CheckContext): Promise<number | undefined> {
  const client = context.clusters.get(cluster)?.client;
  if (!client) return undefined;
  const pods = await listPods(client, ISTIO_NAMESPACE, context.signal);
  let sum = 0;
  for (const { name, app, status } of pods) {
    if (app !== GATEWAY || status !== 'Running') continue;
    const text = await askProxy(client, { namespace: ISTIO_NAMESPACE, pod: name }, 'clusters', context);
    if (text === undefined) return undefined;
    sum += readEndpoints(text, SNI).reduce((total, { connections }) => total + connections, 0);
  }
  return sum;
}

/** Lists the gateways of every cluster, in the order of the topology. */
export async function forwardedByAll(
  context: CheckContext,
): Promise<ReadonlyMap<ClusterName, number | undefined>> {
  return new Map(
    await Promise.all(
      context.topology.clusters.map(async ({ name }) => [name, await forwardedBy(name, context)] as const),
    ),
  );
}
