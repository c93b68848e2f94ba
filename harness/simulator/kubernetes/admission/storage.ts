/**
 * What admission does to claims and volumes: protection while they are in use, the default class, the rules
 * of
 * growth (plugin/pkg/admission/storage @v1.34).
 */
import type { AdmissionPlugin, AdmissionRequest } from '../registry/admission.ts';
import { copy, type KubernetesObject, listOf, objectOf, stringOf, valueAt } from '../registry/json.ts';
import { parseQuantity } from '../registry/quantity.ts';
import type { ResourceRegistry } from '../registry/registry.ts';
import { keyOf } from '../registry/resources.ts';
import { forbidden } from '../registry/status.ts';
import type { Store } from '../registry/store.ts';

const CLAIMS = 'persistentvolumeclaims';
const CLASSES = 'storageclasses.storage.k8s.io';
/** By resource key: what keeps an object of the kind until nobody uses it. */
const FINALIZERS: Readonly<Record<string, string>> = {
  [CLAIMS]: 'kubernetes.io/pvc-protection',
  persistentvolumes: 'kubernetes.io/pv-protection',
  'volumeattributesclasses.storage.k8s.io': 'kubernetes.io/vac-protection',
};
const BETA_CLASS = 'volume.beta.kubernetes.io/storage-class';
const DEFAULT_CLASS = [
  'storageclass.kubernetes.io/is-default-class',
  'storageclass.beta.kubernetes.io/is-default-class',
];

function objectOfRequest({ object }: AdmissionRequest): KubernetesObject {
  if (!object) throw new Error('a write without an object');
  return object;
}

/** Gives new claims and volumes their finalizer (storageobjectinuseprotection/admission.go). */
export function storageProtection(): AdmissionPlugin {
  return {
    name: 'StorageObjectInUseProtection',
    about: Object.keys(FINALIZERS),
    handles: ({ operation, subresource }) => operation === 'CREATE' && subresource === '',
    mutate: request => {
      const object = objectOfRequest(request);
      const finalizer = FINALIZERS[keyOf(request.type)];
      const present = listOf(object.metadata['finalizers']);
      if (present.includes(finalizer)) return object;
      const changed = copy(object);
      changed.metadata['finalizers'] = [...present, finalizer];
      return changed;
    },
  };
}

const isDefault = ({ metadata }: KubernetesObject): boolean =>
  DEFAULT_CLASS.some(name => metadata.annotations?.[name] === 'true');

/** Gives new claims without a class the youngest default one (setdefault/admission.go). */
export function defaultStorageClass(store: Store, registry: ResourceRegistry): AdmissionPlugin {
  return {
    name: 'DefaultStorageClass',
    about: [CLAIMS],
    handles: ({ operation, subresource }) => operation === 'CREATE' && subresource === '',
    mutate: request => {
      const claim = objectOfRequest(request);
      const own = claim.metadata.annotations?.[BETA_CLASS] ?? objectOf(claim['spec'])['storageClassName'];
      if (own !== undefined) return claim;
      const created = ({ metadata }: KubernetesObject) => metadata.creationTimestamp ?? '';
      const [chosen] = store
        .list(registry.require(CLASSES))
        .filter(isDefault)
        .sort((a, b) => (created(a) === created(b) ? 0 : created(a) > created(b) ? -1 : 1));
      if (!chosen) return claim;
      const changed = copy(claim);
      objectOf(changed['spec'])['storageClassName'] = chosen.metadata.name;
      return changed;
    },
  };
}

const sizeOf = (claim: KubernetesObject | undefined): number =>
  parseQuantity(claim && (valueAt(claim, 'spec', 'resources', 'requests', 'storage') as string | undefined));

/** Lets a claim grow only if it is bound, and its class allows it (persistentvolume/resize/admission.go). */
export function claimResize(store: Store, registry: ResourceRegistry): AdmissionPlugin {
  return {
    name: 'PersistentVolumeClaimResize',
    about: [CLAIMS],
    handles: ({ operation, subresource }) => operation === 'UPDATE' && subresource === '',
    validate: ({ type, name, object, oldObject }) => {
      if (!oldObject || sizeOf(object) <= sizeOf(oldObject)) return;
      if (valueAt(oldObject, 'status', 'phase') !== 'Bound')
        throw forbidden(type, name, 'Only bound persistent volume claims can be expanded');
      const className =
        oldObject.metadata.annotations?.[BETA_CLASS] ??
        stringOf(objectOf(oldObject['spec'])['storageClassName']) ??
        '';
      if (store.get(registry.require(CLASSES), undefined, className)?.['allowVolumeExpansion'] === true)
        return;
      const text =
        'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize';
      throw forbidden(type, name, text);
    },
  };
}
