/**
 * A body as an object of its kind: what it says of itself is checked, its fields are held against the schema.
 */

import { convertToStored } from '../registry/conversion.ts';
import { isObject, type JsonObject, type KubernetesObject, stringOf } from '../registry/json.ts';
import { apiVersionOf, type ResourceType, writtenApiVersion } from '../registry/resources.ts';
import { keepToSchema } from '../registry/schema/keep.ts';
import { messageFor, messageOf } from '../registry/schema/messages.ts';
import { badRequest } from '../registry/status.ts';
import type { Call } from './call.ts';
import { duplicatesOf } from './duplicate-keys.ts';
import type { ResourceRequest } from './request-info.ts';
import { warn } from './warning-header.ts';

/** Tells whether the server knows a kind, whether it serves it or not. */
const isKnown = (apiVersion: string, kind: string): boolean =>
  messageOf(messageFor(apiVersion, kind)) !== undefined;

/** Checks what a body says it is; that of a built-in resource may leave it out. @throws ApiError 400 */
function checkKind(body: JsonObject, apiVersion: string, type: ResourceType): void {
  const sentVersion = stringOf(body['apiVersion']) ?? '';
  const sentKind = stringOf(body['kind']) ?? '';
  if (type.custom) {
    if (sentKind === '') throw badRequest(`Object 'Kind' is missing in '${JSON.stringify(body)}'`);
    if (sentVersion === '') throw badRequest(`Object 'apiVersion' is missing in '${JSON.stringify(body)}'`);
    if (sentVersion !== apiVersion && sentVersion.startsWith(`${type.group}/`)) {
      throw badRequest(
        `the API version in the data (${sentVersion}) does not match the expected API version (${apiVersion})`,
      );
    }
  }
  if ((sentKind !== '' && sentKind !== type.kind) || (sentVersion !== '' && sentVersion !== apiVersion)) {
    const version = sentVersion === '' ? apiVersion : sentVersion;
    const kind = sentKind === '' ? type.kind : sentKind;
    const short = version.split('/').at(-1);
    // Go names the type by its package: that of the group, by its first part.
    const own = type.group === '' ? 'core' : (type.group.split('.')[0] ?? '');
    const why = isKnown(version, kind)
      ? `converting (${short}.${kind}) to (${own}.${type.kind}): unknown conversion`
      : `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(version)} in scheme "pkg/runtime/scheme.go:110"`;
    throw badRequest(
      `${kind} in version ${JSON.stringify(short)} cannot be handled as a ${type.kind}: ${why}`,
    );
  }
}

/**
 * Checks what a body says it is, and makes it an object of the stored version.
 * @param minor - of Kubernetes, 34 for 1.34: later fields are unknown
 * @throws ApiError 400
 */
export function receiveObject(
  body: JsonObject,
  call: Call<ResourceRequest>,
  type: ResourceType,
  minor: number,
  { fillsDefaults = true } = {},
): KubernetesObject {
  const { info } = call;
  const duplicates = duplicatesOf(body);
  checkKind(body, apiVersionOf(type.group, info.version), type);
  if (body['metadata'] === undefined || body['metadata'] === null) body['metadata'] = {};
  if (!isObject(body['metadata'])) {
    throw badRequest(
      `${type.kind} in version ${JSON.stringify(info.version)} cannot be handled as a ${type.kind}: json: cannot unmarshal ${typeof body['metadata']} into Go struct field ${type.kind}.metadata of type v1.ObjectMeta`,
    );
  }
  keepToSchema(type, info.version, body, {
    mode: info.query.get('fieldValidation') ?? '',
    minor,
    fillsDefaults,
    ...(duplicates && { problemsWith: duplicates.withUnknown }),
    warn: text => warn(call.response, text),
  });
  const object = body as KubernetesObject; // its metadata is an object, the schema has seen the rest
  convertToStored(type, info.version, object);
  object.apiVersion = writtenApiVersion(type, info.version);
  return object;
}
