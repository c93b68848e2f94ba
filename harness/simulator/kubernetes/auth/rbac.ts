/**
 * Role-based access control: who may do what, from the Roles and bindings in the store
 * (plugin/pkg/auth/authorizer/rbac @v1.32).
 */
import { type JsonObject, type KubernetesObject, objectOf, objectsOf, stringOf } from '../registry/json.ts';
import type { ResourceRegistry } from '../registry/registry.ts';
import type { Store } from '../registry/store.ts';
import type { UserInfo } from '../registry/user.ts';
import { type Attributes, type Rule, readRule, ruleAllows } from './rbac-rules.ts';

/** The authorizer's answer. */
export interface Decision {
  readonly allowed: boolean;
  /** Which binding allowed it. */
  readonly reason: string;
}

/** The rules that a binding gives to a user. */
interface Grant {
  /** Undefined: everywhere. */
  readonly namespace: string | undefined;
  readonly rules: readonly Rule[];
  readonly reason: string;
}

const RBAC_RESOURCES = ['roles', 'clusterroles', 'rolebindings', 'clusterrolebindings'].map(
  plural => `${plural}.rbac.authorization.k8s.io`,
);
const DENIED: Decision = { allowed: false, reason: '' };

/** Decides by the Roles and bindings in the store (plugin/pkg/auth/authorizer/rbac @v1.32). */
export class RbacAuthorizer {
  readonly #store: Store;
  readonly #registry: ResourceRegistry;
  readonly #grants = new Map<string, readonly Grant[]>();

  constructor(store: Store, registry: ResourceRegistry) {
    this.#store = store;
    this.#registry = registry;
    for (const resource of RBAC_RESOURCES)
      store.subscribe(registry.require(resource), () => this.#grants.clear());
  }

  authorize(user: UserInfo, attributes: Attributes): Decision {
    if (user.groups.includes('system:masters')) return { allowed: true, reason: '' };
    for (const grant of this.#grantsOf(user)) {
      if (grant.namespace !== undefined) {
        if (attributes.kind === 'path' || attributes.namespace !== grant.namespace) continue;
      }
      if (grant.rules.some(rule => ruleAllows(rule, attributes)))
        return { allowed: true, reason: grant.reason };
    }
    return DENIED;
  }

  /** Lists all rules that apply to the user in the namespace, for SelfSubjectRulesReview. */
  rulesFor(user: UserInfo, namespace: string): readonly Rule[] {
    return this.#grantsOf(user)
      .filter(grant => grant.namespace === undefined || grant.namespace === namespace)
      .flatMap(grant => grant.rules);
  }

  #grantsOf(user: UserInfo): readonly Grant[] {
    const key = `${user.username}\n${user.groups.join('\n')}`;
    let grants = this.#grants.get(key);
    if (!grants) {
      grants = this.#computeGrants(user);
      this.#grants.set(key, grants);
    }
    return grants;
  }

  #computeGrants(user: UserInfo): Grant[] {
    return ['clusterrolebindings', 'rolebindings'].flatMap(resource =>
      this.#store
        .list(this.#registry.require(`${resource}.rbac.authorization.k8s.io`))
        .flatMap(binding => this.#grantOf(binding, user) ?? []),
    );
  }

  /** Reads what a binding grants a user. @returns undefined if the user is none of its subjects */
  #grantOf(binding: KubernetesObject, user: UserInfo): Grant | undefined {
    const { name = '', namespace } = binding.metadata;
    const subject = objectsOf(binding['subjects']).find(candidate =>
      isSubject(candidate, user, namespace ?? ''),
    );
    if (!subject) return undefined;
    const role = objectOf(binding['roleRef']);
    const roleName = stringOf(role['name']) ?? '';
    const roleKind = stringOf(role['kind']) ?? '';
    const [kind, title] =
      namespace === undefined ? ['ClusterRoleBinding', name] : ['RoleBinding', `${name}/${namespace}`];
    const who = stringOf(subject['kind']) ?? '';
    const subjectTitle =
      who === 'ServiceAccount'
        ? `${String(subject['name'])}/${String(subject['namespace'] ?? namespace)}`
        : String(subject['name']);
    return {
      namespace,
      rules: this.#rulesOf(roleKind, roleName, namespace ?? ''),
      reason: `RBAC: allowed by ${kind} ${JSON.stringify(title)} of ${roleKind} ${JSON.stringify(roleName)} to ${who} ${JSON.stringify(subjectTitle)}`,
    };
  }

  #rulesOf(kind: string, name: string, namespace: string): readonly Rule[] {
    const plural = kind === 'ClusterRole' ? 'clusterroles' : 'roles';
    const type = this.#registry.require(`${plural}.rbac.authorization.k8s.io`);
    const role = this.#store.get(type, namespace, name);
    if (!role) return [];
    return objectsOf(role['rules']).map(readRule);
  }
}

function isSubject(subject: JsonObject, user: UserInfo, namespace: string): boolean {
  const name = stringOf(subject['name']) ?? '';
  switch (subject['kind']) {
    case 'User':
      return user.username === name;
    case 'Group':
      return user.groups.includes(name);
    case 'ServiceAccount':
      return user.username === `system:serviceaccount:${stringOf(subject['namespace']) ?? namespace}:${name}`;
    default:
      return false;
  }
}

/** Writes the sentence of a 403. */
export function refusalText(user: UserInfo, attributes: Attributes): string {
  if (attributes.kind === 'path') {
    return `User ${JSON.stringify(user.username)} cannot ${attributes.verb} path ${JSON.stringify(attributes.path)}`;
  }
  const { verb, group, resource, subresource, namespace } = attributes;
  const what = subresource === '' ? resource : `${resource}/${subresource}`;
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace ${JSON.stringify(namespace)}`;
  return `User ${JSON.stringify(user.username)} cannot ${verb} resource ${JSON.stringify(what)} in API group ${JSON.stringify(group)} ${where}`;
}
