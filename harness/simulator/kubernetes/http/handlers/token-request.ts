/** Issues the token that a TokenRequest asks for. */
import { API_AUDIENCE } from '../../auth/token-claims.ts';
import { invalid, invalidValue } from '../../registry/field-errors.ts';
import { isObject, listOf, objectOf, stringOf, timestamp, valueAt } from '../../registry/json.ts';
import type { ResourceType } from '../../registry/resources.ts';
import { badRequest, conflict, methodNotAllowed, notFound } from '../../registry/status.ts';
import { decodeTyped, mediaTypeOf, readBody } from '../body.ts';
import { type Call, sendValue } from '../call.ts';
import type { Environment } from '../environment.ts';
import type { ResourceRequest } from '../request-info.ts';

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
  const body = decodeTyped(await readBody(request), mediaTypeOf(request), {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
  });
  const account = environment.objects.get(type, info.namespace, info.name);
  const spec = objectOf(body['spec']);
  const seconds = Number(spec['expirationSeconds'] ?? DEFAULT_TOKEN_SECONDS);
  const kind = { group: 'authentication.k8s.io', kind: 'TokenRequest' };
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
      creationTimestamp: timestamp(environment.clock.now()),
    },
    spec: { audiences, expirationSeconds: seconds, boundObjectRef: spec['boundObjectRef'] ?? null },
    status,
  });
}

function boundObject({ registry, store }: Environment, namespace: string, reference: unknown) {
  if (!isObject(reference)) return undefined;
  const kind = stringOf(reference['kind']) ?? '';
  const name = stringOf(reference['name']) ?? '';
  if (kind !== 'Pod' && kind !== 'Secret') throw badRequest(`cannot bind token to object of type ${kind}`);
  const type = registry.require(kind === 'Pod' ? 'pods' : 'secrets');
  const object = store.get(type, namespace, name);
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
