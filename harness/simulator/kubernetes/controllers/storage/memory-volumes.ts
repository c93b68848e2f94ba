/**
 * Volumes that the simulator makes: their files are kept in memory as long as the volume is there. They look
 * like those of kind's local-path provisioner, but for the name.
 */

import type { New } from '../../client/cluster-client.ts';
import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from '../../client/kinds.ts';

/** The provisioner's name says what it is. */
export const PROVISIONER = 'mesh-harness.simulated/memory';
/** The annotation of a volume with its provisioner. */
export const PROVISIONED_BY = 'pv.kubernetes.io/provisioned-by';

/** The class that every cluster has, as kind's have it. */
export const STANDARD_CLASS: New<StorageClass> = {
  metadata: {
    name: 'standard',
    annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' },
  },
  provisioner: PROVISIONER,
  reclaimPolicy: 'Delete',
  volumeBindingMode: 'WaitForFirstConsumer',
};

/** Makes the volume for a claim. @param node - the node that has to reach it; absent: all do */
export function volumeFor(
  claim: PersistentVolumeClaim,
  { metadata, provisioner, reclaimPolicy = 'Delete', mountOptions }: StorageClass,
  node: string | undefined,
): New<PersistentVolume> {
  const { namespace = '', name = '', uid = '', resourceVersion = '' } = claim.metadata;
  const { accessModes, resources, volumeMode = 'Filesystem' } = claim.spec;
  const matchExpressions = [{ key: 'kubernetes.io/hostname', operator: 'In', values: [node ?? ''] }];
  return {
    metadata: {
      name: `pvc-${uid}`,
      annotations: { [PROVISIONED_BY]: provisioner },
      finalizers: ['kubernetes.io/pv-protection'],
    },
    spec: {
      ...(accessModes && { accessModes }),
      capacity: { storage: resources?.requests?.['storage'] ?? '0' },
      claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name, uid, resourceVersion },
      hostPath: { path: `/var/mesh-harness/pvc-${uid}_${namespace}_${name}`, type: 'DirectoryOrCreate' },
      ...(node !== undefined && {
        nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions }] } },
      }),
      persistentVolumeReclaimPolicy: reclaimPolicy,
      storageClassName: metadata.name ?? '',
      volumeMode,
      ...(mountOptions && { mountOptions }),
    },
  };
}
