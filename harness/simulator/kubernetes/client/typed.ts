/**
 * The local client with the kinds that the cluster's own components know: what is read has a type, what is
 * written is a new object.
 */
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import type { ApiError } from '../registry/status.ts';
import type {
  ConfigMap,
  Deployment,
  EndpointSlice,
  Endpoints,
  Namespace,
  Node,
  Pod,
  PodDisruptionBudget,
  ReplicaSet,
  Secret,
  Service,
  Stored,
} from './kinds.ts';
import type { LocalClient, LocalFilter } from './local.ts';

/** Kinds by resource key. */
export interface Kinds {
  readonly configmaps: ConfigMap;
  readonly 'deployments.apps': Deployment;
  readonly endpoints: Endpoints;
  readonly 'endpointslices.discovery.k8s.io': EndpointSlice;
  readonly events: Stored;
  readonly namespaces: Namespace;
  readonly nodes: Node;
  readonly pods: Pod;
  readonly 'poddisruptionbudgets.policy': PodDisruptionBudget;
  readonly 'replicasets.apps': ReplicaSet;
  readonly secrets: Secret;
  readonly serviceaccounts: Stored;
  readonly services: Service;
}
export type Kind = keyof Kinds;

export interface TypedEvent<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: T;
  /** The state before, for MODIFIED and DELETED. */
  readonly previous: T | undefined;
}

/** What is written: metadata as the caller has it, the rest as the kind has it. */
type New<T> = Omit<T, 'metadata'> & { readonly metadata: KubernetesObject['metadata'] };

export class TypedClient {
  readonly local: LocalClient;

  constructor(local: LocalClient) {
    this.local = local;
  }

  get<K extends Kind>(kind: K, namespace: string, name: string): Kinds[K] | undefined {
    // Stored objects went through validation and defaults.
    return this.local.get(kind, namespace, name) as Kinds[K] | undefined;
  }

  list<K extends Kind>(kind: K, filter: LocalFilter = {}): readonly Kinds[K][] {
    return this.local.list(kind, filter) as readonly unknown[] as readonly Kinds[K][]; // as for `get`
  }

  watch<K extends Kind>(
    kind: K,
    filter: LocalFilter,
    onEvent: (event: TypedEvent<Kinds[K]>) => void,
  ): () => void {
    return this.local.watch(kind, filter, event => onEvent(event as unknown as TypedEvent<Kinds[K]>)); // as for `get`
  }

  create<K extends Kind>(kind: K, object: New<Kinds[K]>): Kinds[K] {
    // The client copies what it is given.
    return this.local.create(kind, object as unknown as KubernetesObject) as unknown as Kinds[K];
  }

  /** Replaces all but the status. Acts at once, so there are no conflicts with what was read just before. */
  update<K extends Kind>(kind: K, object: New<Kinds[K]>): Kinds[K] {
    return this.local.update(kind, object as unknown as KubernetesObject) as unknown as Kinds[K]; // as for `create`
  }

  updateStatus<K extends Kind>(kind: K, object: New<Kinds[K]>): Kinds[K] {
    return this.local.updateStatus(kind, object as unknown as KubernetesObject) as unknown as Kinds[K]; // as for `create`
  }

  /** May something be created in this namespace: does it exist, and is it not on its way out? */
  isOpen(namespace: string): boolean {
    const found = this.get('namespaces', '', namespace);
    return found !== undefined && found.metadata.deletionTimestamp === undefined;
  }
}

/** Did the API say 404, 409, …? */
export function hasCode(error: unknown, code: ApiError['code']): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}
