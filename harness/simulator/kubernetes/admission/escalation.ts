/**
 * Nobody gives away rights that he does not have (pkg/registry/rbac/{role,rolebinding}/policybased/storage.go
 * @v1.32).
 */

import type { RbacAuthorizer } from '../auth/rbac.ts';
import type { Attributes } from '../auth/rbac-rules.ts';
import type { AdmissionPlugin, AdmissionRequest } from '../registry/admission.ts';
import { equal, listOf, objectOf, objectsOf, stringOf } from '../registry/json.ts';
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

function rightsOf(rules: unknown, namespace: string): Right[] {
  return objectsOf(rules).flatMap(rule => {
    const verbs = texts(rule['verbs']);
    const names = texts(rule['resourceNames']);
    const onPaths = texts(rule['nonResourceURLs']).flatMap(path =>
      verbs.map(
        (verb): Right => ({
          attributes: { kind: 'path', verb, path },
          verb,
          subject: `NonResourceURLs:${goList([path])}`,
        }),
      ),
    );
    const onResources = texts(rule['apiGroups']).flatMap(group =>
      texts(rule['resources']).flatMap(entry => {
        const [resource = '', subresource = ''] = entry.split('/');
        return (names.length === 0 ? [''] : names).flatMap(name =>
          verbs.map((verb): Right => {
            const subject = `APIGroups:${goList([group])}, Resources:${goList([entry])}${name === '' ? '' : `, ResourceNames:${goList([name])}`}`;
            return {
              attributes: { kind: 'resource', verb, group, resource, subresource, namespace, name },
              verb,
              subject,
            };
          }),
        );
      }),
    );
    return [...onResources, ...onPaths];
  });
}

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
  const may = (request: AdmissionRequest, verb: string, resource: string, name: string) =>
    authorizerOf().authorize(request.user, {
      kind: 'resource',
      verb,
      group: GROUP,
      resource,
      subresource: '',
      namespace: request.namespace,
      name,
    }).allowed;

  /** Returns the rules of the role that a binding names. */
  const rulesBehind = ({ namespace, object }: AdmissionRequest): unknown => {
    const reference = objectOf(object?.['roleRef']);
    const isRole = reference['kind'] === 'Role';
    const type = registry.require(isRole ? `roles.${GROUP}` : `clusterroles.${GROUP}`);
    const name = stringOf(reference['name']) ?? '';
    const role = store.get(type, isRole ? namespace : undefined, name);
    if (!role) throw notFound(type, name);
    return role['rules'];
  };

  return {
    name: 'RBAC escalation',
    handles: ({ type, operation, subresource, user }) =>
      (operation === 'CREATE' || operation === 'UPDATE') &&
      subresource === '' &&
      !user.groups.includes('system:masters') &&
      (ROLES.includes(keyOf(type)) || BINDINGS.includes(keyOf(type))),
    async validate(request) {
      const { type, name, user, object, oldObject, namespace } = request;
      const isRole = ROLES.includes(keyOf(type));
      if (isRole) {
        if (oldObject && equal(oldObject['rules'], object?.['rules'])) return;
        if (may(request, 'escalate', type.plural, name)) return;
      } else {
        const reference = objectOf(object?.['roleRef']);
        const resource = reference['kind'] === 'Role' ? 'roles' : 'clusterroles';
        if (oldObject && equal(oldObject['subjects'], object?.['subjects'])) return;
        if (may(request, 'bind', resource, stringOf(reference['name']) ?? '')) return;
      }
      const rules = isRole ? object?.['rules'] : rulesBehind(request);
      const missing = missingRights(authorizerOf(), user, rules, namespace);
      if (missing === '') return;
      throw forbidden(
        type,
        name,
        `user ${JSON.stringify(user.username)} (groups=${goList(user.groups)}) is attempting to grant RBAC permissions not currently held:\n${missing}`,
      );
    },
  };
}
