/** Roles and their bindings (pkg/apis/rbac/validation @v1.32). */

import { type FieldError, invalidValue, notSupported, required } from '../field-errors.ts';
import {
  equal,
  type JsonObject,
  type KubernetesObject,
  listOf,
  objectOf,
  objectsOf,
  stringOf,
} from '../json.ts';

/** Finds what is wrong with subjects and `roleRef`, which never changes. */
export function validateBinding(binding: KubernetesObject, old: KubernetesObject | undefined): FieldError[] {
  const errors: FieldError[] = [];
  const role = objectOf(binding['roleRef']);
  const kinds = binding.kind === 'ClusterRoleBinding' ? ['ClusterRole'] : ['ClusterRole', 'Role'];
  if (role['apiGroup'] !== 'rbac.authorization.k8s.io') {
    errors.push(
      notSupported('roleRef.apiGroup', String(role['apiGroup'] ?? ''), ['rbac.authorization.k8s.io']),
    );
  }
  if (!kinds.includes(String(role['kind'])))
    errors.push(notSupported('roleRef.kind', String(role['kind'] ?? ''), kinds));
  if ((stringOf(role['name']) ?? '') === '') errors.push(required('roleRef.name'));
  errors.push(...validateSubjects(objectsOf(binding['subjects']), binding.kind === 'ClusterRoleBinding'));
  if (old && !equal(old['roleRef'], role)) {
    errors.push(invalidValue('roleRef', role, 'cannot change roleRef', goRoleRef(role)));
  }
  return errors;
}
/** Checks who is bound. @param isClusterWide - whether no namespace is implied */
function validateSubjects(subjects: readonly JsonObject[], isClusterWide: boolean): FieldError[] {
  const errors: FieldError[] = [];
  for (const [index, { name, kind, namespace }] of subjects.entries()) {
    const path = `subjects[${index}]`;
    if ((stringOf(name) ?? '') === '') errors.push(required(`${path}.name`));
    if (!['Group', 'ServiceAccount', 'User'].includes(String(kind))) {
      errors.push(notSupported(`${path}.kind`, String(kind ?? ''), ['ServiceAccount', 'User', 'Group']));
    }
    if (kind === 'ServiceAccount' && isClusterWide && !stringOf(namespace)) {
      errors.push(required(`${path}.namespace`));
    }
  }
  return errors;
}

const goRoleRef = (role: JsonObject): string =>
  `rbac.RoleRef{APIGroup:${JSON.stringify(role['apiGroup'])}, Kind:${JSON.stringify(role['kind'])}, Name:${JSON.stringify(role['name'])}}`;

/** Finds what is wrong with the rules of a Role or ClusterRole. */
export function validateRole(role: KubernetesObject): FieldError[] {
  return objectsOf(role['rules']).flatMap((rule, index) =>
    validateRule(rule, `rules[${index}]`, role.kind === 'Role'),
  );
}

/** Checks one rule: verbs, and either paths, which no namespace has, or groups and resources. */
function validateRule(rule: JsonObject, path: string, isNamespaced: boolean): FieldError[] {
  const errors: FieldError[] = [];
  const paths = rule['nonResourceURLs'];
  if (listOf(rule['verbs']).length === 0)
    errors.push(required(`${path}.verbs`, 'verbs must contain at least one value'));
  if (listOf(paths).length > 0) {
    if (isNamespaced) {
      const problem = 'namespaced rules cannot apply to non-resource URLs';
      errors.push(invalidValue(`${path}.nonResourceURLs`, paths, problem));
    }
    return errors;
  }
  if (listOf(rule['apiGroups']).length === 0) {
    errors.push(required(`${path}.apiGroups`, 'resource rules must supply at least one api group'));
  }
  if (listOf(rule['resources']).length === 0) {
    errors.push(required(`${path}.resources`, 'resource rules must supply at least one resource'));
  }
  return errors;
}
