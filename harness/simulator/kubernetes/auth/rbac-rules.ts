/** The rules of Roles, and what they allow (pkg/apis/rbac/v1/evaluation_helpers.go @v1.32). */
import { type JsonObject, listOf } from '../registry/json.ts';

/** A question to the authorizer: an action on a resource, or on a path. */
export type Attributes =
  | {
      readonly kind: 'resource';
      readonly verb: string;
      readonly group: string;
      readonly resource: string;
      readonly subresource: string;
      /** Empty for all namespaces and for what is in none. */
      readonly namespace: string;
      /** Empty for lists and the like. */
      readonly name: string;
    }
  | { readonly kind: 'path'; readonly verb: string; readonly path: string };

/** A rule of a Role: verbs on resources, or on paths. */
export interface Rule {
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames: readonly string[];
  readonly nonResourceURLs: readonly string[];
}

const strings = (value: unknown): string[] => listOf(value).filter(entry => typeof entry === 'string');

/** Reads an entry of `rules`; absent lists are empty. */
export function readRule(rule: JsonObject): Rule {
  return {
    verbs: strings(rule['verbs']),
    apiGroups: strings(rule['apiGroups']),
    resources: strings(rule['resources']),
    resourceNames: strings(rule['resourceNames']),
    nonResourceURLs: strings(rule['nonResourceURLs']),
  };
}

/** pkg/registry/rbac/validation and pkg/apis/rbac/v1/evaluation_helpers.go @v1.32. */
export function ruleAllows(rule: Rule, attributes: Attributes): boolean {
  if (!rule.verbs.includes('*') && !rule.verbs.includes(attributes.verb)) return false;
  if (attributes.kind === 'path') {
    return rule.nonResourceURLs.some(
      url =>
        url === '*' ||
        url === attributes.path ||
        (url.endsWith('*') && attributes.path.startsWith(url.slice(0, -1))),
    );
  }
  const { group, resource, subresource, name } = attributes;
  if (!rule.apiGroups.includes('*') && !rule.apiGroups.includes(group)) return false;
  const combined = subresource === '' ? resource : `${resource}/${subresource}`;
  const matches =
    rule.resources.includes('*') ||
    rule.resources.includes(combined) ||
    (subresource !== '' && rule.resources.includes(`*/${subresource}`));
  return matches && (rule.resourceNames.length === 0 || (name !== '' && rule.resourceNames.includes(name)));
}
