/** What a resource type is: names, versions, verbs, subresources and the rules that depend on the type. */

/** The verbs of a resource that can be read and written in all ways. */
export const ALL_VERBS = [
  'create',
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'update',
  'watch',
] as const satisfies readonly string[];

/** A path below an object: `status`, `scale`, `exec`. */
export interface Subresource {
  readonly name: string;
  readonly verbs: readonly string[];
  /** The kind that travels, and its group and version if they differ from the resource's. */
  readonly kind: string;
  readonly group?: string;
  readonly version?: string;
}

/** Which rule an object's name obeys. */
export type NameRule = 'subdomain' | 'label' | 'dns1035' | 'path-segment' | 'crd';

/** All that the API server knows of a kind beside its schema. */
export interface ResourceType {
  /** Empty for the core group. */
  readonly group: string;
  /** Served versions, the preferred one first. */
  readonly versions: readonly string[];
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly listKind: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly verbs: readonly string[];
  readonly subresources: readonly Subresource[];
  /** Main writes leave `status` alone, writes of `/status` leave all else alone. */
  readonly hasStatus: boolean;
  /** Whoever creates an object may give it a status (pkg/registry/core/node/strategy.go @v1.34). */
  readonly keepsStatus?: boolean;
  readonly hasGeneration: boolean;
  readonly nameRule: NameRule;
  /** Reviews and the like: a POST is answered, nothing is stored. */
  readonly virtual: boolean;
  /** Why writes are refused with 501; undefined for what is simulated. */
  readonly notSimulated?: string;
  /** Objects are stored, and nothing acts on them: whoever creates one is told so. */
  readonly isInert?: boolean;
  /** What whoever uses the kind is warned of, whatever is done. */
  readonly deprecated?: string;
  /** The minor version that brought it, 36 for 1.36; absent for a kind of all that are simulated. */
  readonly since?: number;
  /** The type in whose place it is stored: another view of the same objects. */
  readonly storedAs?: ResourceKey;
  /** Present for custom resources. */
  readonly custom?: CustomResource;
}

/** The scale of a custom resource: simple paths in the object, like `.spec.replicas`. */
export interface ScalePaths {
  readonly specReplicasPath: string;
  readonly statusReplicasPath: string;
  readonly labelSelectorPath?: string;
}

/** The webhook that converts custom resources between their versions. */
interface ConversionWebhook {
  /** The definition's entry: a URL, or a Service. */
  readonly clientConfig: Readonly<Record<string, unknown>>;
  /** The versions of ConversionReview that it reads, the preferred one first. */
  readonly reviewVersions: readonly string[];
}

/** What a CustomResourceDefinition adds to a resource type. */
export interface CustomResource {
  readonly definition: string;
  readonly storageVersion: string;
  /** Absent where versions differ in nothing but their name. */
  readonly conversion?: ConversionWebhook;
  /** The definition is on its way out: nothing new is created. */
  readonly terminating: boolean;
  /** By version: the OpenAPI v3 schema, and the columns of tables. */
  readonly schemas: Readonly<Record<string, unknown>>;
  /** By version: where the numbers of the scale stand; absent without a scale. */
  readonly scales: Readonly<Record<string, ScalePaths>>;
  /** By version: the fields by which clients may select, without the first dot: `spec.color`. */
  readonly selectableFields: Readonly<Record<string, readonly string[]>>;
  readonly columns: Readonly<Record<string, readonly unknown[]>>;
  /** By version: the names of the subresources; another version may have others. */
  readonly subresources: Readonly<Record<string, readonly string[]>>;
  /** By version: what whoever uses it is warned of. */
  readonly deprecated: Readonly<Record<string, string>>;
}

/** The key of a resource type: `pods`, `deployments.apps`, `gateways.networking.istio.io`. */
export type ResourceKey = string;

/** Returns the key of a type, by which stores and tables find it. */
export function keyOf({ group, plural }: { readonly group: string; readonly plural: string }): ResourceKey {
  return group === '' ? plural : `${plural}.${group}`;
}

/** Writes an apiVersion: `apps/v1`, or `v1` in the core group. */
export function apiVersionOf(group: string, version: string): string {
  return group === '' ? version : `${group}/${version}`;
}

/** Returns the apiVersion in which the store keeps objects of the type. */
export function storageApiVersion(type: ResourceType): string {
  if (type.storedAs !== undefined) return type.versions[0] as string; // of the core group
  // A type has a version.
  return apiVersionOf(type.group, type.custom?.storageVersion ?? (type.versions[0] as string));
}

/**
 * Returns the apiVersion in which a write of a client works: what a webhook converts is converted when all
 * else is done.
 */
export function writtenApiVersion(type: ResourceType, version: string): string {
  return type.custom?.conversion ? apiVersionOf(type.group, version) : storageApiVersion(type);
}
