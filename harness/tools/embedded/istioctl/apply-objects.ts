/** Puts the objects of an installation into a cluster, as the release's installer does. */

import { KubernetesApiError, type KubernetesObject } from '../../../base/kubernetes-client.ts';
import { pathTo } from '../kubectl/resources.ts';
import type { Call } from './verb.ts';

/** How often the overlay of an object that others change too is tried again. */
const MAX_CONFLICTS = 5;

/**
 * 1.8 lays the new object over the live one and replaces it (operator/pkg/helmreconciler/apply.go @1.8.0);
 * later releases apply on the server (operator/pkg/install/install.go @1.30.3). Unlike istioctl 1.8, which
 * asks before it creates, this creates first and asks if that is refused: the end is the same, with half the
 * requests.
 *
 * @throws Error with istioctl's words for a kind that the server has not
 */
export async function applyObject(call: Call, object: KubernetesObject, overlay: boolean): Promise<void> {
  const { client, mapper, signal } = call;
  const { apiVersion = '', kind = '' } = object;
  const resource = await mapper.ofKind(apiVersion, kind);
  if (!resource) throw new Error(`no matches for kind "${kind}" in version "${apiVersion}"`);
  const { name = '', namespace } = object.metadata;
  const path = pathTo(resource, namespace, name);
  if (!overlay) {
    await client.patch(path, 'apply', object, { fieldManager: 'istio-operator', force: 'true' }, signal);
    return;
  }
  for (let conflicts = 0; ; conflicts++) {
    try {
      await client.create(pathTo(resource, namespace), object, {}, signal);
      return;
    } catch (error) {
      if (!isConflict(error, 'AlreadyExists')) throw error;
    }
    const live = await client.find(path, signal);
    if (!live) continue;
    try {
      await client.replace(path, overlaid(live, object), {}, signal);
      return;
    } catch (error) {
      if (!isConflict(error, 'Conflict') || conflicts >= MAX_CONFLICTS) throw error;
    }
  }
}

const isConflict = (error: unknown, reason: string) =>
  error instanceof KubernetesApiError && error.code === 409 && (error.status.reason ?? reason) === reason;

/** Maps are merged, everything else is replaced. */
function overlaid<T>(live: T, over: T): T {
  if (!isMap(live) || !isMap(over)) return over;
  const merged: Record<string, unknown> = { ...live };
  for (const [key, value] of Object.entries(over))
    merged[key] = key in merged ? overlaid(merged[key], value) : value;
  return merged as T; // both are maps of the same shape, and so is what they make together
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** Names an object as istioctl does: `Deployment/istio-system/istiod`. */
export const objectName = ({ kind, metadata }: Pick<KubernetesObject, 'kind' | 'metadata'>): string =>
  [kind, metadata.namespace ?? '', metadata.name].join('/');
