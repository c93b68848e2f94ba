/** Where the other networks reach a cluster: the addresses of its east-west gateway's Service. */
import type { ApiClient } from '../base/api-client.ts';
import type { KubernetesObject } from '../base/kubernetes-client.ts';
import { list } from '../base/untyped.ts';
import { at, text } from './diagnose/object-fields.ts';
import { GATEWAY, ISTIO_NAMESPACE } from './workloads.ts';

/**
 * Reads the addresses of a cluster's east-west gateway.
 * @returns undefined if the cluster has none, empty while it waits for an address
 * @throws KubernetesApiError
 */
export async function gatewayAddressesIn(
  client: ApiClient,
  signal: AbortSignal,
): Promise<readonly string[] | undefined> {
  const path = { apiVersion: 'v1', plural: 'services', namespace: ISTIO_NAMESPACE, name: GATEWAY };
  const service = await client.find(path, signal);
  return service && addressesOf(service);
}

/** Reads the external addresses of a Service; empty while it waits for one. */
export const addressesOf = (service: KubernetesObject): readonly string[] =>
  list(at(service, 'status', 'loadBalancer', 'ingress'))
    .map(ingress => text(at(ingress, 'ip')) ?? text(at(ingress, 'hostname')))
    .filter(address => address !== undefined);
