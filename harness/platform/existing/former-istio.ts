/** Finds what a cluster has of Istio before a run: an installation must not write over it. */
import { isNotFound, type KubernetesClient } from '../../base/kubernetes-client.ts';
import { CLUSTER_SCOPED, isIstioDefinition, isOfIstio, ROOT_CONFIG_MAPS } from './ownership.ts';

/**
 * Lists what of Istio is in a cluster, as kind → names. A kind that the API server may lack has no entry
 * then.
 */
export async function readBefore(
  client: KubernetesClient,
  signal: AbortSignal,
): Promise<Readonly<Record<string, readonly string[]>>> {
  const before: Record<string, readonly string[]> = {};
  for (const { apiVersion, plural, optional } of CLUSTER_SCOPED) {
    try {
      const { items } = await client.list({ apiVersion, plural }, {}, signal);
      const own = items.filter(item => isOfIstio(item) || isIstioDefinition(item.metadata.name ?? ''));
      before[plural] = own.map(({ metadata }) => metadata.name ?? '');
    } catch (error) {
      if (!optional || !isNotFound(error)) throw error;
    }
  }
  const maps = await Promise.all(
    ROOT_CONFIG_MAPS.map(name =>
      client.list(
        { apiVersion: 'v1', plural: 'configmaps' },
        { fieldSelector: `metadata.name=${name}` },
        signal,
      ),
    ),
  );
  before['configmaps'] = maps.flatMap(({ items }) =>
    items.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`),
  );
  return before;
}
