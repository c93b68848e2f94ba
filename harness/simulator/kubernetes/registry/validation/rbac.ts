/** Roles and bindings (pkg/apis/rbac/validation @v1.34). */
import { type FieldError, invalidValue, notSupported, required } from '../field-errors.ts';
import {
  equal,
  isObject,
  type JsonObject,
  type KubernetesObject,
  listOf,
  objectOf,
  objectsOf,
} from '../json.ts';
import { invalidFor, subdomainText, textOf } from './entries.ts';
import { validateSelector } from './metadata.ts';
import { problemsOfPathSegment } from './names.ts';

const GROUP = 'rbac.authorization.k8s.io';

/** Finds what is wrong with a RoleBinding or ClusterRoleBinding; its role never changes. */
export function validateBinding(binding: KubernetesObject, old: KubernetesObject | undefined): FieldError[] {
  const isClusterWide = binding.kind === 'ClusterRoleBinding';
  const role = objectOf(binding['roleRef']);
  const [group, kind, name] = [textOf(role['apiGroup']), textOf(role['kind']), textOf(role['name'])];
  const kinds = isClusterWide ? ['ClusterRole'] : ['Role', 'ClusterRole'];
  const errors: FieldError[] = [];
  if (group !== GROUP) errors.push(notSupported('roleRef.apiGroup', group, [GROUP]));
  if (!kinds.includes(kind)) errors.push(notSupported('roleRef.kind', kind, kinds));
  if (name === '') errors.push(required('roleRef.name'));
  else errors.push(...invalidFor('roleRef.name', name, problemsOfPathSegment(name)));
  for (const [index, subject] of objectsOf(binding['subjects']).entries())
    errors.push(...validateSubject(subject, `subjects[${index}]`, isClusterWide));
  if (old && !equal(old['roleRef'], role)) {
    const shown = { APIGroup: group, Kind: kind, Name: name };
    errors.push(invalidValue('roleRef', shown, 'cannot change roleRef'));
  }
  return errors;
}

/** Checks who is bound. @param isClusterWide - whether no namespace is implied */
function validateSubject(subject: JsonObject, path: string, isClusterWide: boolean): FieldError[] {
  const [kind, name, group] = [textOf(subject['kind']), textOf(subject['name']), textOf(subject['apiGroup'])];
  const errors = name === '' ? [required(`${path}.name`)] : [];
  switch (kind) {
    case 'ServiceAccount':
      if (name !== '') errors.push(...subdomainText(name, `${path}.name`));
      if (group !== '') errors.push(notSupported(`${path}.apiGroup`, group, ['']));
      if (isClusterWide && textOf(subject['namespace']) === '') errors.push(required(`${path}.namespace`));
      return errors;
    case 'User':
    case 'Group':
      return group === GROUP ? errors : [...errors, notSupported(`${path}.apiGroup`, group, [GROUP])];
    default:
      return [...errors, notSupported(`${path}.kind`, kind, ['ServiceAccount', 'User', 'Group'])];
  }
}

/** Finds what is wrong with the rules of a Role or ClusterRole, and with what the latter gathers. */
export function validateRole(role: KubernetesObject): FieldError[] {
  const errors = objectsOf(role['rules']).flatMap((rule, index) =>
    validateRule(rule, `rules[${index}]`, role.kind === 'Role'),
  );
  const aggregation = role['aggregationRule'];
  if (!isObject(aggregation)) return errors;
  const at = 'aggregationRule.clusterRoleSelectors';
  const selectors = listOf(aggregation['clusterRoleSelectors']);
  if (selectors.length === 0) {
    const text = 'at least one clusterRoleSelector required if aggregationRule is non-nil';
    errors.push(required(at, text));
  }
  for (const [index, selector] of selectors.entries()) {
    const found = validateSelector(selector, `${at}[${index}]`);
    errors.push(...found);
    if (found.length > 0) errors.push(invalidValue(`${at}[${index}]`, null, 'invalid label selector.'));
  }
  return errors;
}

/** Checks one rule: verbs, and either paths, which no namespace has, or groups and resources. */
function validateRule(rule: JsonObject, path: string, isNamespaced: boolean): FieldError[] {
  const errors: FieldError[] = [];
  const paths = listOf(rule['nonResourceURLs']);
  const has = (key: string) => listOf(rule[key]).length > 0;
  if (!has('verbs')) errors.push(required(`${path}.verbs`, 'verbs must contain at least one value'));
  if (paths.length > 0) {
    const bad = (text: string) => errors.push(invalidValue(`${path}.nonResourceURLs`, paths, text));
    if (isNamespaced) bad('namespaced rules cannot apply to non-resource URLs');
    if (has('apiGroups') || has('resources') || has('resourceNames'))
      bad('rules cannot apply to both regular resources and non-resource URLs');
    return errors;
  }
  if (!has('apiGroups'))
    errors.push(required(`${path}.apiGroups`, 'resource rules must supply at least one api group'));
  if (!has('resources'))
    errors.push(required(`${path}.resources`, 'resource rules must supply at least one resource'));
  return errors;
}
