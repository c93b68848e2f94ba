/** create, update and patch, also of the status. */

import { convert } from '../../registry/conversion.ts';
import { invalid } from '../../registry/field-errors.ts';
import type { JsonObject, KubernetesObject } from '../../registry/json.ts';
import { apiVersionOf, type ResourceType } from '../../registry/resources.ts';
import { ApiError, badRequest, methodNotAllowed, notSimulated } from '../../registry/status.ts';
import type { WriteContext } from '../../registry/write-context.ts';
import { decodeObject, mediaTypeOf, readBody } from '../body.ts';
import { type Call, sendJson } from '../call.ts';
import { encodeObject } from '../encoding.ts';
import type { Environment } from '../environment.ts';
import { applyObject } from '../patch/apply.ts';
import { ownershipOf } from '../patch/ownership.ts';
import { readPatch } from '../patch/patch.ts';
import { receiveObject } from '../receive.ts';
import type { ResourceRequest } from '../request-info.ts';
import { contextOf } from './write-options.ts';

const PROTOBUF = 'application/vnd.kubernetes.protobuf';

function refuseUnsimulated(type: ResourceType): void {
  if (type.notSimulated !== undefined) throw notSimulated(type.notSimulated);
}

/**
 * apiextensions-apiserver pkg/apiserver/customresource_handler.go @v1.32, serveResource: of the verbs, only
 * create is refused, so an apply may still make an object; it is deleted with the others.
 */
function refuseWhileTerminating(type: ResourceType): void {
  if (!type.custom?.terminating) return;
  const text = 'create not allowed while custom resource definition is terminating';
  throw new ApiError(405, 'MethodNotAllowed', text, { group: type.group, kind: type.plural });
}

function checkNamespace(object: KubernetesObject, info: ResourceRequest, type: ResourceType): void {
  if (!type.namespaced) return;
  const sent = object.metadata.namespace;
  if (sent !== undefined && sent !== '' && sent !== info.namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
}

/** Creates the object in the body, and answers 201 with what is stored. @throws ApiError */
export async function handleCreate(
  environment: Environment,
  call: Call<ResourceRequest>,
  type: ResourceType,
): Promise<void> {
  const { info, request } = call;
  if (info.name !== '' || (type.namespaced && info.namespace === '')) throw methodNotAllowed();
  if (!type.verbs.includes('create')) throw methodNotAllowed();
  refuseWhileTerminating(type);
  const context = contextOf(call, 'Create');
  refuseUnsimulated(type);
  const body = decodeObject(await readBody(request), mediaTypeOf(request), type.kind);
  const object = receiveObject(body, call, type);
  checkNamespace(object, info, type);
  if ((object.metadata.resourceVersion ?? '') !== '') {
    throw new ApiError(500, undefined, 'resourceVersion should not be set on objects to be created');
  }
  const created = await environment.objects.create(type, info.namespace, object, {
    ...context,
    own: ownershipOf(environment.clock, type, context),
  });
  sendJson(call, 201, encodeObject(type, info.version, created));
}

/** Replaces an object, or its status, by the one in the body. @throws ApiError */
export async function handleUpdate(
  environment: Environment,
  call: Call<ResourceRequest>,
  type: ResourceType,
): Promise<void> {
  const { info, request } = call;
  if (info.name === '' || !type.verbs.includes('update')) throw methodNotAllowed();
  const context = contextOf(call, 'Update');
  if (info.subresource === 'status' && mediaTypeOf(request) === PROTOBUF)
    throw notSimulated('a status in protobuf');
  const body = decodeObject(await readBody(request), mediaTypeOf(request), type.kind);
  const object = receiveObject(body, call, type);
  checkNamespace(object, info, type);
  checkName(object, info);
  if (
    type.custom &&
    (object.metadata.resourceVersion ?? '') === '' &&
    environment.store.get(type, info.namespace, info.name)
  ) {
    throw invalid(type, info.name, [
      {
        reason: 'FieldValueInvalid',
        field: 'metadata.resourceVersion',
        message: 'Invalid value: 0x0: must be specified for an update',
      },
    ]);
  }
  const updated = await environment.objects.update(
    type,
    info.namespace,
    info.name,
    () => structuredClone(object),
    {
      ...context,
      own: ownershipOf(environment.clock, type, context),
    },
  );
  sendJson(call, 200, encodeObject(type, info.version, updated));
}

function checkName(object: KubernetesObject, info: ResourceRequest): void {
  const sent = object.metadata.name ?? '';
  if (sent !== '' && sent !== info.name) {
    throw badRequest(`the name of the object (${sent}) does not match the name on the URL (${info.name})`);
  }
}

/** Patches an object in the way that the content type names; apply may also create it. @throws ApiError */
export async function handlePatch(
  environment: Environment,
  call: Call<ResourceRequest>,
  type: ResourceType,
): Promise<void> {
  const { info, request } = call;
  if (info.name === '' || !type.verbs.includes('patch')) throw methodNotAllowed();
  const context = contextOf(call, 'Patch');
  const patch = readPatch(await readBody(request), mediaTypeOf(request), type, info.query);
  if (patch.kind === 'apply') {
    await handleApply(environment, call, type, context, patch.apply);
    return;
  }
  const updated = await environment.objects.update(
    type,
    info.namespace,
    info.name,
    draft => {
      // It is patched in the version that the client speaks, whichever it is stored in.
      const apiVersion = apiVersionOf(type.group, info.version);
      const patched = patch.apply(
        { ...convert(type, info.version, draft()), apiVersion },
        type,
        info.version,
      );
      const object = receivePatched(patched, call, type, patch.shown);
      checkName(object, info);
      return object;
    },
    { ...context, own: ownershipOf(environment.clock, type, context) },
  );
  sendJson(call, 200, encodeObject(type, info.version, updated));
}

/** The result of a patch, which has to be an object of its kind again. */
function receivePatched(
  patched: JsonObject,
  call: Call<ResourceRequest>,
  type: ResourceType,
  shown: string,
): KubernetesObject {
  try {
    patched['kind'] ??= type.kind;
    patched['apiVersion'] ??= apiVersionOf(type.group, call.info.version);
    return receiveObject(patched, call, type);
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 400) throw error;
    const text = error.message.replace(/^.*? cannot be handled as a \w+: /, '');
    throw new ApiError(
      422,
      'Invalid',
      ` "" is invalid: patch: Invalid value: ${JSON.stringify(shown)}: ${text}`,
      {
        causes: [
          {
            reason: 'FieldValueInvalid',
            message: `Invalid value: ${JSON.stringify(shown)}: ${text}`,
            field: 'patch',
          },
        ],
      },
    );
  }
}

async function handleApply(
  environment: Environment,
  call: Call<ResourceRequest>,
  type: ResourceType,
  context: WriteContext,
  applied: JsonObject,
): Promise<void> {
  const { info } = call;
  const outcome = await applyObject(environment, call, type, context, applied);
  sendJson(call, outcome.created ? 201 : 200, encodeObject(type, info.version, outcome.object));
}
