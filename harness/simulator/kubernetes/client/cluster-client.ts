/**
 * The API of a cluster as a component needs it, whoever serves it. Reads come from a cache, at once; writes
 * go to the server, and their promises settle with its answer.
 */
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import type { DeleteOptions } from '../registry/deletion.ts';
import type {
  ConfigMap,
  ControllerRevision,
  CronJob,
  DaemonSet,
  Deployment,
  EndpointSlice,
  Endpoints,
  Job,
  Namespace,
  NetworkPolicy,
  Node,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  PodDisruptionBudget,
  ReplicaSet,
  ReplicationController,
  Secret,
  Service,
  StatefulSet,
  StorageClass,
  Stored,
} from './kinds.ts';
import type { ObjectFilter } from './object-filter.ts';

/** The type of an object by its resource key (`plural.group`), for the kinds that the components know. */
export interface Kinds {
  readonly configmaps: ConfigMap;
  readonly 'controllerrevisions.apps': ControllerRevision;
  readonly 'cronjobs.batch': CronJob;
  readonly 'daemonsets.apps': DaemonSet;
  readonly 'jobs.batch': Job;
  readonly 'deployments.apps': Deployment;
  readonly endpoints: Endpoints;
  readonly 'endpointslices.discovery.k8s.io': EndpointSlice;
  readonly events: Stored;
  readonly namespaces: Namespace;
  readonly 'networkpolicies.networking.k8s.io': NetworkPolicy;
  readonly nodes: Node;
  readonly persistentvolumeclaims: PersistentVolumeClaim;
  readonly persistentvolumes: PersistentVolume;
  readonly pods: Pod;
  readonly 'statefulsets.apps': StatefulSet;
  readonly 'storageclasses.storage.k8s.io': StorageClass;
  readonly 'poddisruptionbudgets.policy': PodDisruptionBudget;
  readonly 'replicasets.apps': ReplicaSet;
  readonly resourcequotas: Stored;
  readonly replicationcontrollers: ReplicationController;
  readonly secrets: Secret;
  readonly serviceaccounts: Stored;
  readonly services: Service;
  readonly 'volumeattributesclasses.storage.k8s.io': Stored;
}

/** A resource key that has a type: `pods`, `deployments.apps`. */
export type Kind = keyof Kinds;

/** One change of the cache, for the objects that a subscription's filter lets through. */
export interface TypedEvent<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: T;
  /** The state before, for MODIFIED and DELETED. */
  readonly previous: T | undefined;
}

/** An object to be written: metadata as the caller has it, the rest as the kind has it. */
export type New<T> = Omit<T, 'metadata'> & { readonly metadata: KubernetesObject['metadata'] };

/** Reads what the cache holds. Objects are frozen: to change one, write a new one. */
export interface ClusterReader {
  /**
   * Reads an object.
   * @returns undefined if the cache has no such object; `namespace` is empty for kinds without one
   */
  get<K extends Kind>(kind: K, namespace: string, name: string): Kinds[K] | undefined;
  /** Lists objects in the order of namespace and name. */
  list<K extends Kind>(kind: K, filter?: ObjectFilter): readonly Kinds[K][];
  /**
   * Calls back for each object that is there (ADDED, at once), and for every change later.
   * @returns ends the subscription
   */
  watch<K extends Kind>(
    kind: K,
    filter: ObjectFilter,
    onEvent: (event: TypedEvent<Kinds[K]>) => void,
  ): () => void;
  /** Tells whether something may be created in this namespace: it exists, and is not being deleted. */
  isOpen(namespace: string): boolean;
}

/**
 * Reads from a cache and writes through promises. All writes reject with an ApiError (registry/status.ts)
 * when the server refuses: 404, 409 and so on. The cache may be older than the last answer, so that an update
 * of what was read from it may meet a 409.
 */
export interface ClusterClient extends ClusterReader {
  /** The newest version that the cache has seen; grows with every change in the cluster. */
  readonly resourceVersion: number;
  create<K extends Kind>(kind: K, object: New<Kinds[K]>): Promise<Kinds[K]>;
  /** Replaces all but the status. */
  update<K extends Kind>(kind: K, object: New<Kinds[K]>): Promise<Kinds[K]>;
  /** Replaces the status alone. */
  updateStatus<K extends Kind>(kind: K, object: New<Kinds[K]>): Promise<Kinds[K]>;
  /** Resolves when the server has taken note: finalizers and grace may keep the object for longer. */
  delete(kind: Kind, namespace: string, name: string, options?: DeleteOptions): Promise<void>;
}
