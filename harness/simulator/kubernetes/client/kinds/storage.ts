/** Volumes that outlive pods, and the claims on them. */
import type { Condition, LabelSelector, ObjectReference, Stored } from './stored.ts';

/** Amounts by resource: `{ storage: '1Gi' }`. */
type Amounts = Readonly<Record<string, string>>;

/** What somebody wants of a volume, and which one it is. */
export interface PersistentVolumeClaim extends Stored {
  readonly spec: {
    readonly accessModes?: readonly string[];
    readonly resources?: { readonly requests?: Amounts };
    readonly selector?: LabelSelector;
    readonly storageClassName?: string;
    readonly volumeMode?: string;
    readonly volumeName?: string;
    readonly volumeAttributesClassName?: string;
  };
  readonly status?: {
    readonly phase?: string;
    readonly accessModes?: readonly string[];
    readonly capacity?: Amounts;
    readonly conditions?: readonly Condition[];
  };
}

/** One term of an affinity to nodes; all of its parts have to match. */
export interface NodeTerm {
  readonly matchExpressions?: readonly NodeRequirement[];
  readonly matchFields?: readonly NodeRequirement[];
}

/** A condition on a label or a field of a node. */
export interface NodeRequirement {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

/** Storage. */
export interface PersistentVolume extends Stored {
  readonly spec: {
    readonly accessModes?: readonly string[];
    readonly capacity?: Amounts;
    readonly claimRef?: ObjectReference;
    readonly storageClassName?: string;
    readonly volumeMode?: string;
    readonly persistentVolumeReclaimPolicy?: string;
    readonly nodeAffinity?: { readonly required?: { readonly nodeSelectorTerms: readonly NodeTerm[] } };
    readonly volumeAttributesClassName?: string;
    readonly hostPath?: { readonly path: string; readonly type?: string };
    readonly local?: { readonly path: string };
  };
  readonly status?: {
    readonly phase?: string;
    readonly reason?: string;
    readonly message?: string;
    readonly lastPhaseTransitionTime?: string;
  };
}

/** How volumes are made for claims. */
export interface StorageClass extends Stored {
  readonly provisioner: string;
  readonly reclaimPolicy?: string;
  readonly volumeBindingMode?: string;
  readonly allowVolumeExpansion?: boolean;
  readonly mountOptions?: readonly string[];
}
