/**
 * Nobody gives away rights that he does not have (pkg/registry/rbac/{role,rolebinding}/policybased/storage.go
 * @v1.32).
 */

import type { RbacAuthorizer } from '../auth/rbac.ts';
import type { Attributes } from '../auth/rbac-rules.ts';
import type { AdmissionPlugin, AdmissionRequest } from '../registry/admission.ts';
import { equal, type JsonObject, listOf, objectOf, objectsOf, stringOf } from '../registry/json.ts';
import type { ResourceRegistry } from '../registry/registry.ts';
import { keyOf } from '../registry/resources.ts';
import { forbidden, notFound } from '../registry/status.ts';
import type { Store } from '../registry/store.ts';
import type { UserInfo } from '../registry/user.ts';

const GROUP = 'rbac.authorization.k8s.io';
const ROLES: readonly string[] = [`roles.${GROUP}`, `clusterroles.${GROUP}`];
const BINDINGS: readonly string[] = [`rolebindings.${GROUP}`, `clusterrolebindings.${GROUP}`];

/** One action that a rule allows, and what it is shown by when it is missing. */
interface Right {
  readonly attributes: Attributes;
  readonly verb: string;
  /** All of the rule but its verbs, as Go prints it. */
  readonly subject: string;
}

const goList = (entries: readonly string[]): string =>
  `[${entries.map(entry => JSON.stringify(entry)).join(' ')}]`;
const texts = (value: unknown): string[] => listOf(value).map(String);

/** Lists the rights on paths that a rule grants, one for each path and verb. */
function pathRights(rule: JsonObject): Right[] {
  const verbs = texts(rule['verbs']);
  return texts(rule['nonResourceURLs']).flatMap(path => {
    const subject = `NonResourceURLs:${goList([path])}`;
    return verbs.map((verb): Right => ({ attributes: { kind: 'path', verb, path }, verb, subject }));
  });
}

/** Lists the rights on resources that a rule grants, one for each group, resource, name and verb. */
function resourceRights(rule: JsonObject, namespace: string): Right[] {
  const verbs = texts(rule['verbs']);
  const names = texts(rule['resourceNames']);
  return texts(rule['apiGroups']).flatMap(group =>
    texts(rule['resources']).flatMap(entry => {
      const [resource = '', subresource = ''] = entry.split('/');
      return (names.length === 0 ? [''] : names).flatMap(name => {
        const subject = `APIGroups:${goList([group])}, Resources:${goList([entry])}${name === '' ? '' : `, ResourceNames:${goList([name])}`}`;
        return verbs.map((verb): Right => {
          const attributes = {
            kind: 'resource' as const,
            verb,
            group,
            resource,
            subresource,
            namespace,
            name,
          };
          return { attributes, verb, subject };
        });
      });
    }),
  );
}

const rightsOf = (rules: unknown, namespace: string): Right[] =>
  objectsOf(rules).flatMap(rule => [...resourceRights(rule, namespace), ...pathRights(rule)]);

/** Lists the rules that the user lacks, one to a line; empty if the user has all of them. */
function missingRights(
  authorizer: RbacAuthorizer,
  user: UserInfo,
  rules: unknown,
  namespace: string,
): string {
  const missing = new Map<string, Set<string>>();
  for (const { attributes, verb, subject } of rightsOf(rules, namespace)) {
    if (authorizer.authorize(user, attributes).allowed) continue;
    const verbs = missing.get(subject) ?? new Set();
    missing.set(subject, verbs.add(verb));
  }
  return [...missing].map(([subject, verbs]) => `{${subject}, Verbs:${goList([...verbs])}}`).join('\n');
}

/** Tells whether a request writes a role or a binding. */
const grantsRights = ({ type, operation, subresource }: AdmissionRequest): boolean =>
  (operation === 'CREATE' || operation === 'UPDATE') &&
  subresource === '' &&
  (ROLES.includes(keyOf(type)) || BINDINGS.includes(keyOf(type)));

/** Finds the rules of the role that a binding names. @throws ApiError 404 */
function rulesBehind(
  { namespace, object }: AdmissionRequest,
  store: Store,
  registry: ResourceRegistry,
): unknown {
  const reference = objectOf(object?.['roleRef']);
  const isRole = reference['kind'] === 'Role';
  const type = registry.require(isRole ? `roles.${GROUP}` : `clusterroles.${GROUP}`);
  const name = stringOf(reference['name']) ?? '';
  const role = store.get(type, isRole ? namespace : undefined, name);
  if (!role) throw notFound(type, name);
  return role['rules'];
}

/** What may gather any rule needs all of them. */
const EVERYTHING: readonly JsonObject[] = [
  { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
  { nonResourceURLs: ['*'], verbs: ['*'] },
];

/** Tells whether a role gets the rules of others. */
const gathers = (role: JsonObject | undefined): boolean =>
  objectsOf(objectOf(role?.['aggregationRule'])['clusterRoleSelectors']).length > 0;

/** Tells whether a request grants nothing new, or its user may grant what they lack: `escalate`, `bind`. */
function needsNoRights(request: AdmissionRequest, authorizer: RbacAuthorizer): boolean {
  const { type, name, object, oldObject, user, namespace } = request;
  const may = (verb: string, resource: string, target: string) => {
    const on = { group: GROUP, resource, subresource: '', namespace, name: target };
    return authorizer.authorize(user, { kind: 'resource', verb, ...on }).allowed;
  };
  if (ROLES.includes(keyOf(type))) {
    const isOld = oldObject && equal(oldObject['rules'], object?.['rules']);
    if (isOld && !gathers(object) && !gathers(oldObject)) return true;
    return may('escalate', type.plural, name);
  }
  if (oldObject && equal(oldObject['subjects'], object?.['subjects'])) return true;
  const role = objectOf(object?.['roleRef']);
  return may('bind', role['kind'] === 'Role' ? 'roles' : 'clusterroles', stringOf(role['name']) ?? '');
}

/**
 * Makes the plug-in that keeps users from granting rights that they lack themselves
 * (pkg/registry/rbac/escalation_check.go
 * @v1.32).
 */
export function escalationCheck(
  store: Store,
  registry: ResourceRegistry,
  /** A function, since the authorizer is made after the plug-ins. */
  authorizerOf: () => RbacAuthorizer,
): AdmissionPlugin {
  return {
    name: 'RBAC escalation',
    handles: request => grantsRights(request) && !request.user.groups.includes('system:masters'),
    async validate(request) {
      if (needsNoRights(request, authorizerOf())) return;
      const { type, name, user, object, oldObject, namespace } = request;
      const rules = ROLES.includes(keyOf(type)) ? object?.['rules'] : rulesBehind(request, store, registry);
      const missing = missingRights(authorizerOf(), user, rules, namespace);
      if (missing === '') {
        if (!gathers(object) && !gathers(oldObject)) return;
        if (missingRights(authorizerOf(), user, EVERYTHING, '') === '') return;
        throw forbidden(type, name, 'must have cluster-admin privileges to use the aggregationRule');
      }
      throw forbidden(
        type,
        name,
        `user ${JSON.stringify(user.username)} (groups=${goList(user.groups)}) is attempting to grant RBAC permissions not currently held:\n${missing}`,
      );
    },
  };
}
