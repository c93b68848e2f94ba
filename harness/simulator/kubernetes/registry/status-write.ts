/**
 * What a write of `/status` changes: the status and, with most built-in kinds, the metadata that a client may
 * set (PrepareForUpdate of the status strategies, pkg/registry/<group>/<kind>/strategy.go @v1.34). Pure.
 */
import { type KubernetesObject, objectOf } from './json.ts';
import { keyOf, type ResourceType } from './resources.ts';

const SETTABLE = ['labels', 'annotations', 'finalizers', 'ownerReferences', 'managedFields'] as const;
type Settable = (typeof SETTABLE)[number];

/** Managed fields travel with any write. */
const NONE: readonly Settable[] = ['managedFields'];
const without = (...keys: readonly Settable[]): readonly Settable[] =>
  SETTABLE.filter(key => !keys.includes(key));

/** The kinds whose strategy keeps metadata, or a part of it, as it is stored. */
const TAKEN: Readonly<Record<string, readonly Settable[]>> = {
  'deployments.apps': without('labels'),
  // Old kubelets broke them.
  pods: without('ownerReferences'),
  'validatingadmissionpolicies.admissionregistration.k8s.io': NONE,
  'servicecidrs.networking.k8s.io': NONE,
  'volumeattachments.storage.k8s.io': NONE,
  'resourceclaims.resource.k8s.io': NONE,
  'flowschemas.flowcontrol.apiserver.k8s.io': NONE,
  'prioritylevelconfigurations.flowcontrol.apiserver.k8s.io': NONE,
};

/** Tells which fields of metadata a write of this type's `/status` takes from the client. */
export const metadataOfStatusWrites = (type: ResourceType): readonly string[] =>
  type.custom ? NONE : (TAKEN[keyOf(type)] ?? SETTABLE);

/** Makes the state after a write of `/status`; what it does not change is the stored state, frozen. */
export function takeStatus(
  type: ResourceType,
  updated: KubernetesObject,
  current: KubernetesObject,
): KubernetesObject {
  const result: KubernetesObject = { ...current, metadata: { ...current.metadata } };
  if (updated['status'] === undefined) delete result['status'];
  else result['status'] = updated['status'];
  for (const key of metadataOfStatusWrites(type)) {
    const value = updated.metadata[key];
    if (value !== undefined) result.metadata[key] = value;
    else if (key !== 'managedFields') delete result.metadata[key];
  }
  if (keyOf(type) === 'pods') keepQosClass(result, current);
  return result;
}

/** The class of a pod is decided when it is made. */
function keepQosClass(result: KubernetesObject, current: KubernetesObject): void {
  const { qosClass } = objectOf(current['status']);
  const status = objectOf(result['status']);
  if (qosClass === undefined || (status['qosClass'] ?? '') !== '') return;
  result['status'] = { ...status, qosClass };
}
