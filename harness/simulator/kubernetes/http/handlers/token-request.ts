/** Issues the token that a TokenRequest asks for. */
import { API_AUDIENCE } from '../../auth/token-claims.ts';
import { invalid, invalidValue } from '../../registry/field-errors.ts';
import {
  isObject,
  type JsonObject,
  listOf,
  objectOf,
  stringOf,
  timestamp,
  valueAt,
} from '../../registry/json.ts';
import type { ResourceType } from '../../registry/resources.ts';
import { badRequest, conflict, methodNotAllowed, notFound } from '../../registry/status.ts';
import { decodeTyped, mediaTypeOf, readBody } from '../body.ts';
import { type Call, sendValue } from '../call.ts';
import type { Environment } from '../environment.ts';
import type { ResourceRequest } from '../request-info.ts';
import { contextOf } from './write-options.ts';

const DEFAULT_TOKEN_SECONDS = 3600;
const LEAST_TOKEN_SECONDS = 600;
const MOST_TOKEN_SECONDS = 2 ** 32;

/**
 * Answers POST of `/token` with the token.
 * @throws ApiError 400 for a lifetime that is no number, 404 for an account or a bound object that is not
 *   there, 422 for a lifetime out of range
 */
export async function handleToken(
  environment: Environment,
  call: Call<ResourceRequest>,
  type: ResourceType,
): Promise<void> {
  const { info, request } = call;
  if (info.verb !== 'create') throw methodNotAllowed();
  const context = contextOf(call, 'Create');
  const body = decodeTyped(await readBody(request), mediaTypeOf(request), {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
  });
  const account = environment.objects.get(type, info.namespace, info.name);
  const spec = objectOf(body['spec']);
  const seconds = Number(spec['expirationSeconds'] ?? DEFAULT_TOKEN_SECONDS);
  checkAsked(body, info, seconds);
  const asked = listOf(spec['audiences']).filter(entry => typeof entry === 'string');
  const audiences = asked.length > 0 ? asked : [API_AUDIENCE];
  const bound = boundObject(environment, info.namespace, spec['boundObjectRef']);
  const status = environment.tokens.issue(account, {
    audiences,
    expirationSeconds: seconds,
    ...(bound && { boundTo: bound }),
  });
  sendValue(call, 201, {
    kind: 'TokenRequest',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: {
      name: info.name,
      namespace: info.namespace,
      uid: account.metadata.uid,
      creationTimestamp: timestamp(environment.clock.now()),
      managedFields: [
        {
          manager: context.fieldManager,
          operation: 'Update',
          apiVersion: 'authentication.k8s.io/v1',
          time: timestamp(environment.clock.now()),
          fieldsType: 'FieldsV1',
          fieldsV1: { 'f:spec': { 'f:expirationSeconds': {} } },
          subresource: 'token',
        },
      ],
    },
    spec: { audiences, expirationSeconds: seconds, boundObjectRef: spec['boundObjectRef'] ?? null },
    status,
  });
}

/** @throws ApiError 400 for another namespace, 422 for another name or a lifetime beyond the limits */
function checkAsked(body: JsonObject, info: ResourceRequest, seconds: number): void {
  const kind = { group: 'authentication.k8s.io', kind: 'TokenRequest' };
  const { name = info.name, namespace = info.namespace } = objectOf(body['metadata']);
  if (namespace !== '' && namespace !== info.namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  if (name !== '' && name !== info.name) {
    const problem = invalidValue('metadata.name', name, 'must match the service account name if specified');
    throw invalid(kind, info.name, [problem]);
  }
  if (seconds < LEAST_TOKEN_SECONDS) {
    throw invalid(kind, '', [
      invalidValue('spec.expirationSeconds', seconds, 'may not specify a duration less than 10 minutes'),
    ]);
  }
  if (seconds > MOST_TOKEN_SECONDS) {
    throw invalid(kind, '', [
      invalidValue('spec.expirationSeconds', seconds, 'may not specify a duration larger than 2^32 seconds'),
    ]);
  }
}

/** What a token can end with. */
const BINDABLE: Readonly<Record<string, string>> = { Pod: 'pods', Secret: 'secrets', Node: 'nodes' };

function boundObject({ registry, store }: Environment, namespace: string, reference: unknown) {
  if (!isObject(reference)) return undefined;
  const kind = stringOf(reference['kind']) ?? '';
  const name = stringOf(reference['name']) ?? '';
  const apiVersion = stringOf(reference['apiVersion']) ?? '';
  const plural = BINDABLE[kind];
  if (plural === undefined || apiVersion !== 'v1') {
    const shown = apiVersion.includes('/') ? apiVersion : `/${apiVersion}`;
    throw badRequest(`cannot bind token to object of type ${shown}, Kind=${kind}`);
  }
  const type = registry.require(plural);
  const object = store.get(type, type.namespaced ? namespace : '', name);
  if (!object) throw notFound(type, name);
  const uid = object.metadata.uid ?? '';
  const asked = stringOf(reference['uid']) ?? '';
  if (asked !== '' && asked !== uid) {
    throw conflict(
      type,
      name,
      `the UID in the bound object reference (${asked}) does not match the UID in record. The object might have been deleted and then recreated`,
    );
  }
  const node = stringOf(valueAt(object, 'spec', 'nodeName'));
  return { kind, name, uid, ...(node !== undefined && { node }) };
}
