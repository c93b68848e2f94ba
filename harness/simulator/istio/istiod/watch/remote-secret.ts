/** A remote secret: kubeconfigs by cluster id, and what istiod makes of one. */
import { createHash } from 'node:crypto';
import type { KubernetesObject } from '../../../../base/kubernetes-client.ts';
import { keyOf } from './object-cache.ts';

/** Selector of the Secrets that istiod takes for remote secrets. */
export const REMOTE_SECRET_LABEL = 'istio/multiCluster=true';

/** The kubeconfigs of one Secret. */
export interface RemoteSecret {
  /** `istio-system/istio-remote-secret-cluster2` */
  readonly key: string;
  /** By cluster id, sorted; the text of a kubeconfig each. */
  readonly kubeconfigs: ReadonlyMap<string, string>;
}

/** Reads a Secret; each key of its data is a cluster id. */
export function readRemoteSecret(object: KubernetesObject): RemoteSecret {
  const data = (object['data'] ?? {}) as Record<string, string>; // a Secret's data, as the API server validated it
  return {
    key: keyOf(object),
    kubeconfigs: new Map(
      Object.keys(data)
        .sort()
        .map(clusterId => [clusterId, Buffer.from(data[clusterId] ?? '', 'base64').toString()]),
    ),
  };
}

/** Returns the SHA-256 of a kubeconfig, hex: another text means another client. */
export const fingerprintOf = (kubeconfig: string): string =>
  createHash('sha256').update(kubeconfig).digest('hex');
