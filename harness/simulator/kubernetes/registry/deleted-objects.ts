/** Which kinds a deletion answers with the last state of the object, where others get a Status. */
import { keyOf, type ResourceKey, type ResourceType } from './resources.ts';

/** The stores with ReturnDeletedObject (pkg/registry, in the storage.go of each @v1.34). */
const ANSWERED: ReadonlySet<ResourceKey> = new Set([
  'persistentvolumeclaims',
  'persistentvolumes',
  'pods',
  'podtemplates',
  'resourcequotas',
  'serviceaccounts',
  'services',
  'csidrivers.storage.k8s.io',
  'csinodes.storage.k8s.io',
  'storageclasses.storage.k8s.io',
  'volumeattachments.storage.k8s.io',
  'volumeattributesclasses.storage.k8s.io',
  'deviceclasses.resource.k8s.io',
  'resourceclaims.resource.k8s.io',
  'resourceclaimtemplates.resource.k8s.io',
  'resourceslices.resource.k8s.io',
]);

/** Tells whether the answer to a deletion is the object. */
export const isAnsweredWithObject = (type: ResourceType): boolean => ANSWERED.has(keyOf(type));
