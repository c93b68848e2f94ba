/**
 * Who owns the claims of a StatefulSet, so that they go with it or with its pods if they are to
 * (pkg/controller/statefulset/stateful_set_utils.go @v1.34: updateClaimOwnerRefForSetAndPod). Pure.
 */
import type { OwnerReference, PersistentVolumeClaim, Pod, StatefulSet } from '../../client/kinds.ts';
import { isInRange } from './stateful-pods.ts';

const SET = { apiVersion: 'apps/v1', kind: 'StatefulSet' };
const POD = { apiVersion: 'v1', kind: 'Pod' };

type Named = { readonly metadata: { readonly name?: string; readonly uid?: string } };

const isOf = (reference: OwnerReference, { metadata }: Named, kind: typeof SET): boolean =>
  reference.apiVersion === kind.apiVersion &&
  reference.kind === kind.kind &&
  reference.name === metadata.name;

const reference = ({ metadata: { name = '', uid = '' } }: Named, kind: typeof SET): OwnerReference => ({
  ...kind,
  name,
  uid,
  controller: true,
  blockOwnerDeletion: true,
});

/** Tells whether a claim belongs to a pod of the same name that is gone: it goes, too. */
export const isStale = ({ metadata }: PersistentVolumeClaim, pod: Named): boolean =>
  metadata.ownerReferences?.some(owner => isOf(owner, pod, POD) && owner.uid !== pod.metadata.uid) ?? false;

/**
 * Returns the owners that a claim is to have.
 * @returns undefined if they are as they should be, or if others have to see to them
 */
export function ownersOf(
  claim: PersistentVolumeClaim,
  set: StatefulSet,
  pod: Pod,
  ordinal: number,
): readonly OwnerReference[] | undefined {
  const before = claim.metadata.ownerReferences ?? [];
  const own = (owner: OwnerReference) => isOf(owner, set, SET) || isOf(owner, pod, POD);
  const uids = [set.metadata.uid, pod.metadata.uid];
  if (before.some(owner => own(owner) && !uids.includes(owner.uid))) return undefined;
  const others = before.filter(owner => !own(owner));
  const { whenDeleted, whenScaled } = set.spec.persistentVolumeClaimRetentionPolicy ?? {};
  const wanted: OwnerReference[] = [];
  if (!others.some(({ controller }) => controller)) {
    const isScaledDown = !isInRange(ordinal, set);
    if (whenScaled === 'Delete' && isScaledDown) wanted.push(reference(pod, POD));
    else if (whenDeleted === 'Delete') wanted.push(reference(set, SET));
  }
  const present = before.filter(own);
  const isSame =
    present.length === wanted.length &&
    wanted.every(({ uid }) => present.some(owner => owner.uid === uid && owner.controller));
  return isSame ? undefined : [...others, ...wanted];
}
