/**
 * Finds the objects that a policy is given as `params` (apiserver
 * pkg/admission/plugin/policy/generic/policy_dispatcher.go @v1.34, CollectParams).
 */
import type { AdmissionRequest } from '../registry/admission.ts';
import { isObject, type KubernetesObject, stringOf } from '../registry/json.ts';
import type { ResourceRegistry } from '../registry/registry.ts';
import { apiVersionOf, type ResourceType } from '../registry/resources.ts';
import { objectSelectorMatches } from '../registry/selectors/label-selector.ts';
import type { Store } from '../registry/store.ts';
import { inVersion } from './admission-review.ts';

/** A binding's parameters cannot be found as it says. */
export class ParamsError extends Error {}

/** Where parameters lie. */
interface ParamSource {
  readonly store: Store;
  readonly registry: ResourceRegistry;
}

function typeOf(apiVersion: string, kind: string, { registry }: ParamSource) {
  for (const type of registry.all()) {
    if (type.kind !== kind || type.virtual) continue;
    const version = type.versions.find(candidate => apiVersionOf(type.group, candidate) === apiVersion);
    if (version !== undefined) return { type, version };
  }
  return undefined;
}

function namespaceFor(type: ResourceType, named: string, request: AdmissionRequest): string {
  if (!type.namespaced) {
    if (named === '') return '';
    throw new ParamsError('paramRef.namespace must not be provided for a cluster-scoped `paramKind`');
  }
  if (named !== '') return named;
  if (request.namespace !== '') return request.namespace;
  throw new ParamsError(
    'cannot use namespaced paramRef in policy binding that matches cluster-scoped resources',
  );
}

/** Says that a policy names a kind of parameters that is not there; undefined if it is. */
export function problemOfParamKind(paramKind: unknown, source: ParamSource): string | undefined {
  if (!isObject(paramKind)) return undefined;
  const [apiVersion, kind] = [String(paramKind['apiVersion']), String(paramKind['kind'])];
  if (typeOf(apiVersion, kind, source)) return undefined;
  return `failed to find resource referenced by paramKind: '${apiVersion}, Kind=${kind}'`;
}

/**
 * Returns the objects, each of which the policy is evaluated with; one that is undefined stands for none.
 * @throws ParamsError
 */
export function collectParams(
  paramKind: unknown,
  reference: unknown,
  request: AdmissionRequest,
  source: ParamSource,
): readonly (KubernetesObject | undefined)[] {
  if (!isObject(paramKind) || !isObject(reference)) return [undefined];
  const [apiVersion, kind] = [String(paramKind['apiVersion']), String(paramKind['kind'])];
  const found = typeOf(apiVersion, kind, source);
  // Its policy was found to be right before.
  if (!found)
    throw new ParamsError(`paramKind kind \`&ParamKind{APIVersion:${apiVersion},Kind:${kind},}\` not known`);
  const { type, version } = found;
  const namespace = namespaceFor(type, stringOf(reference['namespace']) ?? '', request);
  const name = stringOf(reference['name']) ?? '';
  const { selector } = reference;
  const objects =
    name === ''
      ? source.store
          .list(type, type.namespaced ? { namespace } : {})
          .filter(({ metadata }) => objectSelectorMatches(selector ?? {}, metadata.labels))
      : [source.store.get(type, namespace, name)].filter(object => object !== undefined);
  if (objects.length === 0 && reference['parameterNotFoundAction'] === 'Deny')
    throw new ParamsError('no params found for policy binding with `Deny` parameterNotFoundAction');
  return objects.map(object => inVersion(type, version, object));
}
