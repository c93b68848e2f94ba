/** Remote secrets as istiod reads them: where an API server is, and with what to ask it. Pure. */

import { messageOf } from '../../base/errors.ts';
import type { KubernetesObject } from '../../base/kubernetes-client.ts';
import { parseKubeconfig } from '../../model/kubeconfig-document.ts';
import { ISTIO_NAMESPACE } from '../workloads.ts';
import type { ClusterObjects } from './cluster-objects.ts';
import { itemsOf, itemsOr } from './cluster-objects.ts';
import { at, text } from './object-fields.ts';

/** One entry of a remote secret. Token and CA never go into a report. */
export interface RemoteSecret {
  /** `istio-system/istio-remote-secret-cluster2` */
  readonly secret: string;
  readonly namespace: string;
  readonly isLabelled: boolean;
  /** The key of the entry: the id under which istiod knows the cluster; undefined if the secret is empty. */
  readonly id: string | undefined;
  /** What the entry's kubeconfig says, or why it can't be read. */
  readonly access: RemoteAccess | { readonly trouble: string };
}

/** How a remote secret has istiod ask an API server. */
export interface RemoteAccess {
  readonly server: string;
  /** PEM; undefined if none is given. */
  readonly ca: string | undefined;
  readonly token: string | undefined;
}

const NAME = /^istio-remote-secret-/;

/**
 * Finds the remote secrets of a cluster: those of istio-system with the label or the usual name, and those of
 * other namespaces with the label.
 * @throws NotAsked
 */
export function remoteSecretsIn(
  objects: Pick<ClusterObjects, 'istioSecrets' | 'remoteSecrets'>,
): readonly RemoteSecret[] {
  const own = itemsOf(objects, 'istioSecrets').filter(
    ({ metadata }) => metadata.labels?.['istio/multiCluster'] === 'true' || NAME.test(metadata.name ?? ''),
  );
  // Who may not list all namespaces still sees where istiod looks.
  const elsewhere = itemsOr(objects.remoteSecrets).filter(
    ({ metadata }) => metadata.namespace !== ISTIO_NAMESPACE,
  );
  return [...own, ...elsewhere].flatMap(readSecret);
}

function readSecret(object: KubernetesObject): readonly RemoteSecret[] {
  const { name = '', namespace = ISTIO_NAMESPACE, labels } = object.metadata;
  const common = {
    secret: `${namespace}/${name}`,
    namespace,
    isLabelled: labels?.['istio/multiCluster'] === 'true',
  };
  const data = at(object, 'data');
  const entries = typeof data === 'object' && data !== null ? Object.entries(data) : [];
  if (entries.length === 0) return [{ ...common, id: undefined, access: { trouble: 'it has no data' } }];
  return entries.map(([id, value]) => ({ ...common, id, access: readAccess(text(value) ?? '') }));
}

function readAccess(base64: string): RemoteSecret['access'] {
  try {
    const config = parseKubeconfig(Buffer.from(base64, 'base64').toString());
    const chosen =
      config.contexts?.find(({ name }) => name === config['current-context']) ?? config.contexts?.[0];
    const cluster = config.clusters?.find(({ name }) => name === chosen?.context?.cluster)?.cluster;
    const user = config.users?.find(({ name }) => name === chosen?.context?.user)?.user;
    if (!cluster?.server) return { trouble: 'its kubeconfig names no server' };
    const authority = text(at(cluster, 'certificate-authority-data'));
    return {
      server: cluster.server,
      ca: authority === undefined ? undefined : Buffer.from(authority, 'base64').toString(),
      token: text(at(user, 'token')),
    };
  } catch (error) {
    return { trouble: `its kubeconfig can't be read: ${messageOf(error).split('\n')[0]}` };
  }
}

/** Tells whether istiod of the cluster looks at a secret: by its namespace and its label. */
export const isWatched = ({ namespace, isLabelled }: RemoteSecret): boolean =>
  namespace === ISTIO_NAMESPACE && isLabelled;
