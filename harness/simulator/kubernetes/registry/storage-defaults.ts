/**
 * The defaults of claims, volumes and the kinds around them (pkg/apis/core/v1/defaults.go,
 * pkg/apis/storage/v1/defaults.go @v1.34).
 */
import { child, fill } from './fill.ts';
import { isObject, type JsonObject, type KubernetesObject } from './json.ts';

/** Fills in a PersistentVolumeClaim, or a template of one. */
export function defaultClaim(claim: JsonObject): void {
  fill(child(claim, 'spec'), { volumeMode: 'Filesystem' });
  fill(child(claim, 'status'), { phase: 'Pending' });
  child(child(claim, 'spec'), 'resources');
}

/** Fills in a PersistentVolume. */
export function defaultVolumeObject(volume: KubernetesObject): void {
  const spec = child(volume, 'spec');
  fill(spec, { persistentVolumeReclaimPolicy: 'Retain', volumeMode: 'Filesystem' });
  if (isObject(spec['hostPath'])) fill(spec['hostPath'], { type: '' });
  fill(child(volume, 'status'), { phase: 'Pending' });
}

/** Fills in a StorageClass. */
export const defaultStorageClass = (storage: JsonObject): void =>
  fill(storage, { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' });

/** Fills in a CSIDriver. */
export function defaultCsiDriver(driver: JsonObject): void {
  const spec = child(driver, 'spec');
  fill(spec, {
    attachRequired: true,
    podInfoOnMount: false,
    storageCapacity: false,
    fsGroupPolicy: 'ReadWriteOnceWithFSType',
    requiresRepublish: false,
    seLinuxMount: false,
  });
  if (!Array.isArray(spec['volumeLifecycleModes']) || spec['volumeLifecycleModes'].length === 0)
    spec['volumeLifecycleModes'] = ['Persistent'];
}

/** Fills in a VolumeAttachment: a struct of Go has its zero values. */
export function defaultAttachment(attachment: JsonObject): void {
  child(child(attachment, 'spec'), 'source');
  fill(child(attachment, 'status'), { attached: false });
}
