/**
 * Which objects a workload's controller counts as its own: it adopts those that the selector finds and nobody
 * controls, and releases those that the selector no longer finds
 * (pkg/controller/controller_ref_manager.go @v1.34: ClaimObject).
 */
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import { controllerOf, type LabelSelector, type OwnerReference, type Stored } from '../client/kinds.ts';
import type { LocalClient } from '../client/local.ts';
import { hasCode } from '../client/typed.ts';
import { dropFinalizer, finalizersOf } from '../registry/finalizers.ts';
import type { ResourceKey } from '../registry/resources.ts';
import { matchesLabels, selectorFromObject } from '../registry/selectors/label-selector.ts';

/** A workload that claims objects of its namespace. */
export interface Claimant {
  /** `apps/v1` */
  readonly apiVersion: string;
  readonly kind: string;
  readonly owner: Stored & { readonly spec: { readonly selector?: LabelSelector } };
  /** What an object gets when it is adopted, and loses when it is released. */
  readonly finalizer?: string;
}

/** Returns the reference by which an object names the workload that controls it. */
export function controllerReference({ apiVersion, kind, owner }: Claimant): OwnerReference {
  const { name = '', uid = '' } = owner.metadata;
  return { apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true };
}

/**
 * Claims objects for a workload, and writes what it adopts and releases.
 * @param resource - of the candidates: `pods`, `replicasets.apps`
 * @param candidates - stored objects of the workload's namespace, whoever controls them
 * @returns those that are its own by now, in their order, as they are stored
 */
export function claim<T extends Stored>(
  client: LocalClient,
  resource: ResourceKey,
  claimant: Claimant,
  candidates: readonly T[],
): readonly T[] {
  const { owner } = claimant;
  const selector = selectorFromObject(owner.spec.selector);
  const isEnding = owner.metadata.deletionTimestamp !== undefined;
  const finds = (object: Stored) => selector !== undefined && matchesLabels(selector, object.metadata.labels);
  const claimed: T[] = [];
  for (const object of candidates) {
    const controller = controllerOf(object);
    if (controller) {
      if (controller.uid !== owner.metadata.uid) continue;
      if (finds(object)) claimed.push(object);
      else if (!isEnding) release(client, resource, claimant, object);
    } else if (!isEnding && object.metadata.deletionTimestamp === undefined && finds(object)) {
      const adopted = adopt(client, resource, claimant, object);
      if (adopted) claimed.push(adopted as unknown as T); // the same object, one reference later
    }
  }
  return claimed;
}

/** Writes the reference to the workload into an object; one to the same uid is completed, as a patch does. */
function adopt(client: LocalClient, resource: ResourceKey, claimant: Claimant, object: Stored) {
  const reference = controllerReference(claimant);
  return rewrite(client, resource, object, draft => {
    const others = (draft.metadata.ownerReferences ?? []).filter(({ uid }) => uid !== reference.uid);
    draft.metadata.ownerReferences = [...others, reference];
    const { finalizer } = claimant;
    if (finalizer !== undefined)
      draft.metadata['finalizers'] = [...new Set([...finalizersOf(draft), finalizer])];
  });
}

/** Takes the reference to the workload out of an object. */
function release(
  client: LocalClient,
  resource: ResourceKey,
  { owner, finalizer }: Claimant,
  object: Stored,
): void {
  rewrite(client, resource, object, draft => {
    const rest = draft.metadata.ownerReferences?.filter(({ uid }) => uid !== owner.metadata.uid) ?? [];
    if (rest.length > 0) draft.metadata.ownerReferences = rest;
    else delete draft.metadata.ownerReferences;
    if (finalizer !== undefined) dropFinalizer(draft, finalizer);
  });
}

/** @returns undefined if the object is gone */
function rewrite(
  client: LocalClient,
  resource: ResourceKey,
  { metadata: { namespace = '', name = '' } }: Stored,
  change: (draft: KubernetesObject) => void,
): KubernetesObject | undefined {
  try {
    return client.modify(resource, namespace, name, change);
  } catch (error) {
    if (!hasCode(error, 404)) throw error;
    return undefined;
  }
}
