/**
 * Custom resources in the versions into which a webhook has converted them: asked for once, then known as
 * long as the stored state is.
 */
import type { KubernetesObject } from './json.ts';
import { apiVersionOf, type ResourceType } from './resources.ts';

/** Converts an object of a definition that has a webhook for it. @param version - the one wanted */
export type Converter = (
  type: ResourceType,
  version: string,
  object: KubernetesObject,
) => Promise<KubernetesObject>;

/** By stored object and version. */
const known = new WeakMap<object, Map<string, KubernetesObject>>();

/** Tells whether a webhook must be asked before an object can be seen in a version. */
export function needsConversion(type: ResourceType, version: string, object: KubernetesObject): boolean {
  if (!type.custom?.conversion || object.apiVersion === apiVersionOf(type.group, version)) return false;
  return known.get(object)?.has(version) !== true;
}

/** Returns an object in a version if a webhook has converted it, else as it is. */
export function inVersionKnown(version: string, object: KubernetesObject): KubernetesObject {
  return known.get(object)?.get(version) ?? object;
}

/** Keeps what a webhook has made of an object. */
export function rememberVersion(
  version: string,
  object: KubernetesObject,
  converted: KubernetesObject,
): void {
  const versions = known.get(object) ?? new Map<string, KubernetesObject>();
  versions.set(version, converted);
  known.set(object, versions);
}
