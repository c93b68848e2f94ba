/** Objects of the Kubernetes API, and where they live. */

/** A Kubernetes object as it travels: trusted as far as apiVersion, kind and metadata, unknown beyond. */
export interface KubernetesObject {
  apiVersion?: string;
  kind?: string;
  metadata: {
    name?: string;
    namespace?: string;
    uid?: string;
    resourceVersion?: string;
    generation?: number;
    creationTimestamp?: string;
    deletionTimestamp?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    ownerReferences?: {
      apiVersion: string;
      kind: string;
      name: string;
      uid: string;
      controller?: boolean;
      blockOwnerDeletion?: boolean;
    }[];
    [key: string]: unknown;
  };
  [key: string]: unknown;
}

/**
 * Where an object or a collection lives: `{ apiVersion: 'apps/v1', plural: 'deployments', namespace: 'sample'
 * }`.
 */
export interface ResourcePath {
  readonly apiVersion: string;
  readonly plural: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: string;
}

/** Writes the path on the server: `/apis/apps/v1/namespaces/sample/deployments/x/scale`. */
export function pathOf({ apiVersion, plural, namespace, name, subresource }: ResourcePath): string {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const parts = [plural, name, subresource].filter(part => part !== undefined).map(encodeURIComponent);
  return `${root}${namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`}/${parts.join('/')}`;
}
