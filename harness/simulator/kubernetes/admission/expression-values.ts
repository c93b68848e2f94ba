/**
 * The values of the variables that expressions of admission have (apiserver
 * pkg/admission/plugin/cel/activation.go and condition.go @v1.34).
 */
import type { Attributes } from '../auth/rbac-rules.ts';
import { type AccessQuestion, Authorizer, Check } from '../cel/functions/authorization.ts';
import { jsonValue } from '../cel/run/json.ts';
import type { Variables } from '../cel/run/steps.ts';
import type { Value } from '../cel/run/values.ts';
import type { AdmissionRequest } from '../registry/admission.ts';
import type { JsonObject, KubernetesObject } from '../registry/json.ts';
import { serviceAccountUser, type UserInfo } from '../registry/user.ts';
import { inVersion } from './admission-review.ts';

/** Decides what a user may do. */
export interface Authorizes {
  authorize(user: UserInfo, attributes: Attributes): { readonly allowed: boolean; readonly reason: string };
}

/** What the variables of a request are made of. */
export interface ExpressionInput {
  readonly request: AdmissionRequest;
  /** In which the objects are shown. */
  readonly version: string;
  readonly authorizer: Authorizes;
  /** Of the request's object; undefined for what is in none. */
  readonly namespace: KubernetesObject | undefined;
  readonly params?: KubernetesObject | undefined;
}

/** The `request` of expressions: an AdmissionRequest without its objects. */
function requestValue({ request, version }: ExpressionInput): JsonObject {
  const { type, subresource, name, namespace, operation, user, dryRun, options } = request;
  const kind = (of: string) => ({ group: type.group, version: of, kind: type.kind });
  const resource = (of: string) => ({ group: type.group, version: of, resource: type.plural });
  return {
    kind: kind(version),
    resource: resource(version),
    requestKind: kind(request.version),
    requestResource: resource(request.version),
    subResource: subresource,
    requestSubResource: subresource,
    name,
    namespace,
    operation,
    userInfo: {
      username: user.username,
      groups: user.groups,
      ...(user.uid !== undefined && { uid: user.uid }),
      ...(user.extra && { extra: user.extra }),
    },
    dryRun,
    options,
  };
}

function attributesOf(question: AccessQuestion): Attributes {
  const { verb, path, group = '', resource = '', subresource = '', namespace = '', name = '' } = question;
  if (path !== undefined) return { kind: 'path', verb, path };
  return { kind: 'resource', verb, group, resource, subresource, namespace, name };
}

function authorizerOf({ request, authorizer }: ExpressionInput): Authorizer {
  return new Authorizer(question => {
    const { serviceAccount: account } = question;
    const user = account ? serviceAccountUser(account.namespace, account.name, '') : request.user;
    return authorizer.authorize(user, attributesOf(question));
  });
}

function requestResource(input: ExpressionInput): Check {
  const { type, subresource, namespace, name } = input.request;
  const about = { group: type.group, resource: type.plural, subresource, namespace, name };
  return new Check('ResourceCheck', authorizerOf(input), about);
}

/** Each value is made when it is first asked for. */
export function variablesOf(input: ExpressionInput): Variables {
  const { request, version } = input;
  const shown = (object: KubernetesObject | undefined): Value =>
    object ? jsonValue(inVersion(request.type, version, object), undefined) : null;
  const makers: Readonly<Record<string, () => Value>> = {
    object: () => shown(request.object),
    oldObject: () => shown(request.oldObject),
    request: () => jsonValue(requestValue(input), undefined),
    namespaceObject: () => jsonValue(input.namespace ?? null, undefined),
    params: () => jsonValue(input.params ?? null, undefined),
    authorizer: () => authorizerOf(input),
    'authorizer.requestResource': () => requestResource(input),
  };
  const known = new Map<string, Value>();
  return name => {
    const found = known.get(name);
    if (found !== undefined) return found;
    const value = Object.hasOwn(makers, name) ? makers[name]?.() : undefined;
    if (value !== undefined) known.set(name, value);
    return value;
  };
}
