/** Reviews: who am I, what may I, whose token is this. Answered, never stored. */
import { refusalText } from '../../auth/rbac.ts';
import type { Attributes, Rule } from '../../auth/rbac-rules.ts';
import { API_AUDIENCE } from '../../auth/token-claims.ts';
import { invalid, invalidValue, required } from '../../registry/field-errors.ts';
import { isObject, type JsonObject, listOf, objectOf, stringOf } from '../../registry/json.ts';
import { apiVersionOf, type ResourceType } from '../../registry/resources.ts';
import { ApiError, badRequest, forbidden, methodNotAllowed } from '../../registry/status.ts';
import type { UserInfo } from '../../registry/user.ts';
import { decodeTyped, mediaTypeOf, readBody } from '../body.ts';
import { type Call, sendValue } from '../call.ts';
import type { Environment } from '../environment.ts';
import type { ResourceRequest } from '../request-info.ts';

type Review = (
  environment: Environment,
  call: Call<ResourceRequest>,
  spec: JsonObject,
  type: ResourceType,
) => JsonObject;

const REVIEWS: Readonly<Record<string, Review>> = {
  TokenReview: ({ tokens }, _call, spec) => {
    const token = stringOf(spec['token']) ?? '';
    if (token === '') throw badRequest('token is required for TokenReview in authentication');
    const asked = listOf(spec['audiences']).filter(entry => typeof entry === 'string');
    const wanted = asked.length > 0 ? asked : [API_AUDIENCE];
    const identity = tokens.identify(token);
    if (!identity) return { status: { user: {}, error: 'invalid bearer token' } };
    const audiences = identity.audiences.filter(audience => wanted.includes(audience));
    if (audiences.length === 0) {
      const list = (values: readonly string[]) => `[${values.map(value => JSON.stringify(value)).join(' ')}]`;
      return {
        status: {
          user: {},
          error: `[invalid bearer token, token audiences ${list(identity.audiences)} is invalid for the target audiences ${list(wanted)}]`,
        },
      };
    }
    return { status: { authenticated: true, user: userInfo(identity.user), audiences } };
  },
  SelfSubjectReview: (_environment, { user }) => ({ status: { userInfo: userInfo(user) } }),
  SelfSubjectAccessReview: ({ authorizer }, { user }, spec, type) => ({
    status: decide(authorizer.authorize(user, attributesIn(spec, type))),
  }),
  SubjectAccessReview: reviewSubject,
  LocalSubjectAccessReview: reviewSubject,
  SelfSubjectRulesReview: ({ authorizer }, { user }, spec) => {
    const namespace = stringOf(spec['namespace']) ?? '';
    if (namespace === '') throw badRequest('no namespace on request');
    const rules = authorizer.rulesFor(user, namespace);
    return {
      status: {
        resourceRules: rules.filter(rule => rule.resources.length > 0).map(resourceRule),
        nonResourceRules: rules
          .filter(rule => rule.nonResourceURLs.length > 0)
          .map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs })),
        incomplete: false,
      },
    };
  },
};

const resourceRule = ({ verbs, apiGroups, resources, resourceNames }: Rule): JsonObject => ({
  verbs,
  apiGroups,
  resources,
  ...(resourceNames.length > 0 && { resourceNames }),
});

function reviewSubject(
  { authorizer }: Environment,
  call: Call<ResourceRequest>,
  spec: JsonObject,
  type: ResourceType,
): JsonObject {
  const groups = listOf(spec['groups']).filter(entry => typeof entry === 'string');
  const username = stringOf(spec['user']) ?? '';
  if (username === '' && groups.length === 0) {
    throw invalid(type, '', [required('spec.user', 'at least one of user or group must be specified')]);
  }
  const attributes = attributesIn(spec, type);
  if (type.namespaced && attributes.kind === 'resource' && attributes.namespace !== call.info.namespace) {
    throw invalid(type, '', [
      invalidValue(
        'spec.resourceAttributes.namespace',
        attributes.namespace,
        'must match metadata.namespace',
      ),
    ]);
  }
  return { status: decide(authorizer.authorize({ username, groups }, attributes)) };
}

const decide = ({ allowed, reason }: { readonly allowed: boolean; readonly reason: string }): JsonObject => ({
  allowed,
  ...(reason !== '' && { reason }),
});

function attributesIn(spec: JsonObject, type: ResourceType): Attributes {
  const resource = spec['resourceAttributes'];
  const path = spec['nonResourceAttributes'];
  if (isObject(resource) === isObject(path)) {
    throw invalid(type, '', [
      invalidValue(
        'spec.resourceAttributes',
        resource ?? null,
        isObject(resource)
          ? 'cannot be specified in combination with nonResourceAttributes'
          : 'exactly one of nonResourceAttributes or resourceAttributes must be specified',
      ),
    ]);
  }
  if (isObject(path))
    return { kind: 'path', verb: stringOf(path['verb']) ?? '', path: stringOf(path['path']) ?? '' };
  const read = (key: string) => stringOf(objectOf(resource)[key]) ?? '';
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

function userInfo({ username, uid, groups, extra }: UserInfo): JsonObject {
  return { username, ...(uid !== undefined && { uid }), groups, ...(extra && { extra }) };
}

/** Answers a review (of a token, of access): it is computed, never stored. */
export async function handleReview(
  environment: Environment,
  call: Call<ResourceRequest>,
  type: ResourceType,
): Promise<void> {
  const { info, request } = call;
  if (info.verb !== 'create' || info.name !== '') throw methodNotAllowed();
  const body = decodeTyped(await readBody(request), mediaTypeOf(request), {
    apiVersion: apiVersionOf(type.group, info.version),
    kind: type.kind,
  });
  const review = REVIEWS[type.kind];
  if (!review) throw methodNotAllowed();
  const answer = review(environment, call, objectOf(body['spec']), type);
  sendValue(call, 201, {
    kind: type.kind,
    apiVersion: apiVersionOf(type.group, info.version),
    metadata: { creationTimestamp: null },
    ...(body['spec'] !== undefined && { spec: body['spec'] }),
    ...answer,
  });
}

/** Makes the 403 of a request. */
export function refuse(user: UserInfo, attributes: Attributes): Error {
  const text = refusalText(user, attributes);
  if (attributes.kind === 'path') {
    return new ApiError(403, 'Forbidden', `forbidden: ${text}`, {});
  }
  return forbidden({ group: attributes.group, plural: attributes.resource, kind: '' }, attributes.name, text);
}
