/** The parts that all kinds share: metadata, conditions, references. */
import type { KubernetesObject } from '../../../../base/kubernetes-client.ts';

/** One owner of an object, as `metadata.ownerReferences` names it. */
export type OwnerReference = NonNullable<KubernetesObject['metadata']['ownerReferences']>[number];

/** One condition of a status. Times are RFC 3339, in seconds. */
export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
  readonly lastUpdateTime?: string;
  /** Null for pods: nobody probes them for it. */
  readonly lastProbeTime?: string | null;
  /** The generation of the object that it is about. */
  readonly observedGeneration?: number;
}

/** An object that has been stored: it has a name, a uid and a version. Objects are never changed in place. */
export interface Stored {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: KubernetesObject['metadata'];
}

/** The selector of a workload or a disruption budget; both parts have to match. */
export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

/** Another object, or a part of it, as events and endpoints name it. */
export interface ObjectReference {
  readonly kind?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly uid?: string;
  readonly apiVersion?: string;
  readonly resourceVersion?: string;
  readonly fieldPath?: string;
}

/** Returns `namespace/name`, or the name alone for an object without a namespace. */
export function keyOf(object: Stored): string {
  const { namespace, name } = object.metadata;
  return namespace === undefined ? `${name}` : `${namespace}/${name}`;
}

/** Returns the owner that manages this object, if there is one. */
export function controllerOf(object: Stored): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find(owner => owner.controller);
}

/** Formats milliseconds since the epoch as Kubernetes writes times: RFC 3339, in seconds. */
export function timestamp(now: number): string {
  return `${new Date(now).toISOString().slice(0, 19)}Z`;
}

/** Finds the condition of a type; undefined if the status has none. */
export function conditionOf(
  conditions: readonly Condition[] | undefined,
  type: string,
): Condition | undefined {
  return conditions?.find(condition => condition.type === type);
}

/** Tells whether the condition of a type has the status True. */
export function isTrue(conditions: readonly Condition[] | undefined, type: string): boolean {
  return conditionOf(conditions, type)?.status === 'True';
}
