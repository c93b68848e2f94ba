/** Writes objects with what their status says, and takes them away, on any API server. */
import {
  isNotFound,
  KubernetesApiError,
  type KubernetesClient,
  type KubernetesObject,
} from '../../../harness/base/kubernetes-client.ts';

const pluralOf = (kind: string): string =>
  /[^aeiou]y$/.test(kind)
    ? `${kind.slice(0, -1).toLowerCase()}ies`
    : `${kind.toLowerCase().replace(/s$/, '')}s`;

const placeOf = ({ apiVersion = '', kind = '', metadata }: KubernetesObject) => ({
  apiVersion,
  plural: pluralOf(kind),
  ...(metadata.namespace !== undefined && { namespace: metadata.namespace }),
});

/** Creates an object, and writes its status, which a creation does not take. */
export async function create(client: KubernetesClient, object: KubernetesObject): Promise<void> {
  const place = placeOf(object);
  try {
    await client.create(place, object);
  } catch (error) {
    if (!(error instanceof KubernetesApiError) || !/already exists/.test(error.message)) throw error;
  }
  const { status } = object as { status?: unknown };
  if (status === undefined) return;
  const name = object.metadata.name ?? '';
  await client.patch({ ...place, name, subresource: 'status' }, 'merge', { status });
}

/** Takes an object away at once. Endpoints have gone with their Service. */
export async function remove(client: KubernetesClient, object: KubernetesObject): Promise<void> {
  try {
    await client.delete({ ...placeOf(object), name: object.metadata.name ?? '' }, { gracePeriodSeconds: 0 });
  } catch (error) {
    if (object.kind !== 'Endpoints' || !isNotFound(error)) throw error;
  }
}

const CONFIG_MAP = { apiVersion: 'v1', plural: 'configmaps', namespace: 'istio-system' };

/** Writes the mesh's configuration. @param mesh - as YAML */
export async function setMesh(client: KubernetesClient, mesh: string): Promise<void> {
  if (await client.find({ ...CONFIG_MAP, name: 'istio' }))
    await client.patch({ ...CONFIG_MAP, name: 'istio' }, 'merge', { data: { mesh } });
  else
    await client.create(CONFIG_MAP, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'istio', namespace: 'istio-system' },
      data: { mesh },
    });
}

/** A remote secret, without which istiod does not know the other cluster. */
export const remoteSecret = (cluster: string, kubeconfig: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: {
    name: `istio-remote-secret-${cluster}`,
    namespace: 'istio-system',
    labels: { 'istio/multiCluster': 'true' },
  },
  stringData: { [cluster]: kubeconfig },
});
