/**
 * What is asked by a review of access, and what is wrong with it
 * (pkg/apis/authorization/validation/validation.go @v1.34).
 */
import type { Attributes } from '../../auth/rbac-rules.ts';
import { type FieldError, invalid, invalidValue } from '../../registry/field-errors.ts';
import {
  isObject,
  type JsonObject,
  type KubernetesObject,
  listOf,
  objectOf,
  stringOf,
} from '../../registry/json.ts';
import type { ResourceType } from '../../registry/resources.ts';

/** Says whether Go has the value as the zero of its type. */
const isEmpty = (value: unknown): boolean =>
  value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0);

const PATH = 'spec.nonResourceAttributes';

/** A path as kube-apiserver has it in memory, whose fields have no names of their own in JSON. */
const shownPath = (path: JsonObject): string =>
  JSON.stringify({ Path: stringOf(path['path']) ?? '', Verb: stringOf(path['verb']) ?? '' });

/** Refuses a review that asks nothing, or too much. @throws ApiError 422, which names no kind */
export function checkAccessReview(
  object: KubernetesObject,
  spec: JsonObject,
  namespace: string,
  { group, kind, namespaced }: ResourceType,
): void {
  const errors = problemsOfSubject(spec, kind);
  const { managedFields: _, namespace: __, ...metadata } = object.metadata;
  // kubectl up to 1.33 sends a creationTimestamp of null.
  if (Object.values(metadata).some(value => !isEmpty(value)))
    errors.push(invalidValue('metadata', '', 'must be empty', JSON.stringify(object.metadata)));
  const path = spec['nonResourceAttributes'];
  const asked = stringOf(objectOf(spec['resourceAttributes'])['namespace']) ?? '';
  if (namespaced && isObject(spec['resourceAttributes']) && asked !== namespace)
    errors.push(invalidValue('spec.resourceAttributes.namespace', asked, 'must match metadata.namespace'));
  if (namespaced && isObject(path))
    errors.push(invalidValue(PATH, path, 'disallowed on this kind of request', shownPath(path)));
  if (errors.length > 0) throw invalid({ group, kind: '' }, '', errors);
}

function problemsOfSubject(spec: JsonObject, kind: string): FieldError[] {
  const resource = spec['resourceAttributes'];
  const path = spec['nonResourceAttributes'];
  const errors: FieldError[] = [];
  if (isObject(resource) && isObject(path)) {
    const detail = 'cannot be specified in combination with resourceAttributes';
    errors.push(invalidValue(PATH, path, detail, shownPath(path)));
  } else if (!isObject(resource) && !isObject(path)) {
    const detail = 'exactly one of nonResourceAttributes or resourceAttributes must be specified';
    errors.push(invalidValue('spec.resourceAttributes', null, detail, 'null'));
  }
  const isNobody = (stringOf(spec['user']) ?? '') === '' && listOf(spec['groups']).length === 0;
  if (!kind.startsWith('Self') && isNobody)
    errors.push(invalidValue('spec.user', '', 'at least one of user or group must be specified'));
  return errors;
}

/** Reads what is asked. */
export function attributesIn(spec: JsonObject): Attributes {
  const path = spec['nonResourceAttributes'];
  if (isObject(path))
    return { kind: 'path', verb: stringOf(path['verb']) ?? '', path: stringOf(path['path']) ?? '' };
  const read = (key: string) => stringOf(objectOf(spec['resourceAttributes'])[key]) ?? '';
  return {
    kind: 'resource',
    verb: read('verb'),
    group: read('group'),
    resource: read('resource'),
    subresource: read('subresource'),
    namespace: read('namespace'),
    name: read('name'),
  };
}
