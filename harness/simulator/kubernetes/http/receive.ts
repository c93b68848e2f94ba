/**
 * A body as an object of its kind: what it says of itself is checked, its fields are held against the schema.
 */

import { convertToStored } from '../registry/conversion.ts';
import { invalid, invalidValue } from '../registry/field-errors.ts';
import { isObject, type JsonObject, type KubernetesObject, objectOf, stringOf } from '../registry/json.ts';
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

/**
 * Checks what a custom resource says it is (apiextensions-apiserver pkg/registry/customresource/validator.go
 * @v1.34, ValidateTypeMeta).
 * @throws ApiError 400, 422 for another kind
 */
function checkCustomKind(body: JsonObject, apiVersion: string, type: ResourceType): void {
  const sentVersion = stringOf(body['apiVersion']) ?? '';
  const sentKind = stringOf(body['kind']) ?? '';
  if (sentKind === '') {
    const text = JSON.stringify(body);
    const shown = text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)} ...` : text;
    const problem = `Object 'Kind' is missing in '${text}' (${shown})`;
    throw badRequest(`the object provided is unrecognized (must be of type ${type.kind}): ${problem}`);
  }
  if (sentVersion !== apiVersion) {
    throw badRequest(
      `the API version in the data (${sentVersion}) does not match the expected API version (${apiVersion})`,
    );
  }
  if (sentKind === type.kind) return;
  throw invalid({ group: type.group, kind: sentKind }, stringOf(objectOf(body['metadata'])['name']) ?? '', [
    invalidValue('kind', sentKind, `must be ${type.kind}`),
  ]);
}

/** How much of a body an error shows, in bytes. */
const MAX_SHOWN = 30;

/** Checks what a body says it is; that of a built-in resource may leave it out. @throws ApiError 400 */
function checkKind(body: JsonObject, apiVersion: string, type: ResourceType): void {
  const sentVersion = stringOf(body['apiVersion']) ?? '';
  const sentKind = stringOf(body['kind']) ?? '';
  if (type.custom) {
    checkCustomKind(body, apiVersion, type);
    return;
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
    const into = type.custom ? 'value' : `struct field ${type.kind}.metadata`;
    const problem = `json: cannot unmarshal ${typeof body['metadata']} into Go ${into} of type v1.ObjectMeta`;
    const version = JSON.stringify(info.version);
    throw badRequest(`${type.kind} in version ${version} cannot be handled as a ${type.kind}: ${problem}`);
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
