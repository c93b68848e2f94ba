/** Reviews: who am I, what may I, whose token is this. Answered, never stored. */
import { refusalText } from '../../auth/rbac.ts';
import type { Attributes, Rule } from '../../auth/rbac-rules.ts';
import { API_AUDIENCE } from '../../auth/token-claims.ts';
import {
  type JsonObject,
  type KubernetesObject,
  listOf,
  objectOf,
  stringOf,
  timestamp,
} from '../../registry/json.ts';
import { apiVersionOf, type ResourceType } from '../../registry/resources.ts';
import { ApiError, badRequest, forbidden, methodNotAllowed } from '../../registry/status.ts';
import type { UserInfo } from '../../registry/user.ts';
import { decodeObject, mediaTypeOf, readBody } from '../body.ts';
import type { Call } from '../call.ts';
import type { Environment } from '../environment.ts';
import { ownershipOf } from '../patch/ownership.ts';
import { receiveObject } from '../receive.ts';
import type { ResourceRequest } from '../request-info.ts';
import { attributesIn, checkAccessReview } from './access-review.ts';
import { sendObject } from './send-object.ts';
import { checkNamespace } from './write.ts';
import { contextOf } from './write-options.ts';

type Review = (environment: Environment, call: Call<ResourceRequest>, spec: JsonObject) => JsonObject;

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
  SelfSubjectAccessReview: ({ authorizer }, { user }, spec) => ({
    status: decide(authorizer.authorize(user, attributesIn(spec))),
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

function reviewSubject({ authorizer }: Environment, _call: Call, spec: JsonObject): JsonObject {
  const groups = listOf(spec['groups']).filter(entry => typeof entry === 'string');
  const username = stringOf(spec['user']) ?? '';
  return { status: decide(authorizer.authorize({ username, groups }, attributesIn(spec))) };
}

const decide = ({ allowed, reason }: { readonly allowed: boolean; readonly reason: string }): JsonObject => ({
  allowed,
  ...(reason !== '' && { reason }),
});

function userInfo({ username, uid, groups, extra }: UserInfo): JsonObject {
  return { username, ...(uid !== undefined && { uid }), groups, ...(extra && { extra }) };
}

/** Those that answer with what is found out alone, or with the moment. */
const WITHOUT_OWNERS: readonly string[] = ['SelfSubjectReview', 'SelfSubjectRulesReview'];

/** Answers a review (of a token, of access): it is computed, never stored. @throws ApiError 400, 422 */
export async function handleReview(
  environment: Environment,
  call: Call<ResourceRequest>,
  type: ResourceType,
): Promise<void> {
  const { info, request } = call;
  const { clock, registry } = environment;
  if (info.verb !== 'create') throw methodNotAllowed();
  const context = contextOf(call, 'Create');
  const body = decodeObject(await readBody(request), mediaTypeOf(request), type.kind);
  const object = receiveObject(body, call, type, registry.minor);
  checkNamespace(object, info, type);
  const review = REVIEWS[type.kind];
  if (!review) throw methodNotAllowed();
  if (!WITHOUT_OWNERS.includes(type.kind)) ownershipOf(clock, type, context)(undefined, object);
  const spec = objectOf(object['spec']);
  if (/AccessReview$/.test(type.kind)) checkAccessReview(object, spec, info.namespace, type);
  const answer = review(environment, call, spec);
  const answered = {
    ...object,
    kind: type.kind,
    apiVersion: apiVersionOf(type.group, info.version),
    metadata: metadataOf(object, type, timestamp(clock.now())),
    ...(type.kind === 'SelfSubjectRulesReview' && { spec: {} }),
    ...answer,
  };
  sendObject(environment, call, 201, type, answered);
}

function metadataOf({ metadata }: KubernetesObject, type: ResourceType, now: string): JsonObject {
  if (type.kind === 'SelfSubjectReview') return { creationTimestamp: now };
  return type.kind === 'SelfSubjectRulesReview' ? {} : { ...metadata };
}

/** Makes the 403 of a request. */
export function refuse(user: UserInfo, attributes: Attributes): Error {
  const text = refusalText(user, attributes);
  if (attributes.kind === 'path') {
    return new ApiError(403, 'Forbidden', `forbidden: ${text}`, {});
  }
  return forbidden({ group: attributes.group, plural: attributes.resource, kind: '' }, attributes.name, text);
}
