/**
 * Which deleted objects the protection of storage rightly keeps (pkg/controller/volume/pvcprotection,
 * pvprotection, vacprotection @v1.34). Pure.
 */
import type { KubernetesObject } from '../../../../harness/base/kubernetes-client.ts';

const CLAIMS = 'persistentvolumeclaims';
const VOLUMES = 'persistentvolumes';
const CLASSES = 'volumeattributesclasses.storage.k8s.io';

/** What is told of an object's use of others; all of it may be absent. */
interface Uses {
  readonly spec?: {
    readonly nodeName?: string;
    readonly volumeAttributesClassName?: string;
    readonly claimRef?: { readonly uid?: string };
    readonly volumes?: readonly { readonly persistentVolumeClaim?: { readonly claimName: string } }[];
  };
  readonly status?: {
    readonly phase?: string;
    readonly currentVolumeAttributesClassName?: string;
    readonly modifyVolumeStatus?: { readonly targetVolumeAttributesClassName?: string };
  };
}

type Objects = ReadonlyMap<string, readonly KubernetesObject[]>;

const namesClass = ({ spec, status }: Uses, name: string): boolean =>
  [
    spec?.volumeAttributesClassName,
    status?.currentVolumeAttributesClassName,
    status?.modifyVolumeStatus?.targetVolumeAttributesClassName,
  ].includes(name);

const usesClaim = ({ spec, status }: Uses, name: string): boolean =>
  spec?.nodeName !== undefined &&
  status?.phase !== 'Succeeded' &&
  status?.phase !== 'Failed' &&
  spec.volumes?.some(volume => volume.persistentVolumeClaim?.claimName === name) === true;

/**
 * Tells whether an object that was deleted waits for one that is there and stays: a volume for its claim, a
 * claim for a pod, a class for what names it.
 * @param key - of its resource: `persistentvolumes`
 * @param all - resource key → the objects that there are
 */
export function isHeld(key: string, object: KubernetesObject, all: Objects): boolean {
  const staying = (resource: string): readonly KubernetesObject[] =>
    (all.get(resource) ?? []).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const { name = '', namespace } = object.metadata;
  const finalizers = (object.metadata['finalizers'] ?? []) as readonly string[]; // as the API has it
  if (finalizers.some(finalizer => !finalizer.startsWith('kubernetes.io/'))) return false;
  if (key === VOLUMES) {
    const { claimRef } = (object as Uses).spec ?? {};
    return staying(CLAIMS).some(({ metadata }) => metadata.uid === claimRef?.uid);
  }
  if (key === CLAIMS) {
    return staying('pods').some(
      pod => pod.metadata.namespace === namespace && usesClaim(pod as Uses, name), // a Pod is read as it is
    );
  }
  return (
    key === CLASSES &&
    [CLAIMS, VOLUMES].some(users => staying(users).some(user => namesClass(user as Uses, name)))
  );
}
