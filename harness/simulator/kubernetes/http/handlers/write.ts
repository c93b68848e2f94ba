/** create, update, patch, delete and deletecollection, also of the status. */

import { convert } from '../../registry/conversion.ts';
import type { DeleteOptions, Deletion } from '../../registry/deletion.ts';
import { type JsonObject, type KubernetesObject, listOf, objectOf, stringOf } from '../../registry/json.ts';
import { apiVersionOf, keyOf, type ResourceType } from '../../registry/resources.ts';
import {
  ApiError,
  badRequest,
  invalid,
  methodNotAllowed,
  notSimulated,
  notSupported,
} from '../../registry/status.ts';
import type { WriteContext } from '../../registry/write-context.ts';
import { decodeObject, mediaTypeOf, readBody } from '../body.ts';
import { type Call, managerOf, sendJson, sendStatus, warn } from '../call.ts';
import { encodeList, encodeObject } from '../encoding.ts';
import type { Environment } from '../environment.ts';
import { parseListOptions } from '../list-options.ts';
import { applyObject } from '../patch/apply.ts';
import { ownershipOf } from '../patch/ownership.ts';
import { readPatch } from '../patch/patch.ts';
import { receiveObject } from '../receive.ts';
import type { ResourceRequest } from '../request-info.ts';

/** Kinds whose DELETE answers with the object even when it is gone at once. */
const ANSWERED_WITH_OBJECT: readonly string[] = ['pods', 'services', 'serviceaccounts'];

const MAX_MANAGER_BYTES = 128;

const PROTOBUF = 'application/vnd.kubernetes.protobuf';

/** @throws ApiError 422 for another value than `All` */
function isDryRun(values: readonly string[], kind: string): boolean {
  if (values.length === 0) return false;
  const strange = values.filter(value => value !== 'All');
  if (strange.length > 0) {
    throw invalid(
      { group: 'meta.k8s.io', kind },
      '',
      strange.map(value => notSupported('dryRun', value, ['All'])),
    );
  }
  return true;
}

function contextOf(
  call: Call<ResourceRequest>,
  operation: 'Create' | 'Update' | 'Patch' | 'Delete',
): WriteContext {
  const { info, response, user } = call;
  const dryRun = isDryRun(info.query.getAll('dryRun'), `${operation}Options`);
  const fieldManager = managerOf(call);
  checkManager(fieldManager, `${operation}Options`);
  return {
    user,
    dryRun,
    version: info.version,
    subresource: info.subresource,
    fieldManager,
    options: {
      kind: `${operation}Options`,
      apiVersion: 'meta.k8s.io/v1',
      ...(dryRun && { dryRun: ['All'] }),
      ...(operation !== 'Delete' && { fieldManager }),
    },
    warn: text => warn(response, text),
  };
}

/** apimachinery pkg/apis/meta/v1/validation/validation.go, ValidateFieldManager. */
function checkManager(manager: string, kind: string): void {
  if (Buffer.byteLength(manager) <= MAX_MANAGER_BYTES) return;
  throw invalid({ group: 'meta.k8s.io', kind }, '', [
    {
      reason: 'FieldValueTooLong',
      field: 'fieldManager',
      message: `Too long: may not be more than ${MAX_MANAGER_BYTES} bytes`,
    },
  ]);
}

function refuseUnsimulated(type: ResourceType): void {
  if (type.notSimulated !== undefined) throw notSimulated(type.notSimulated);
}

/**
 * apiextensions-apiserver pkg/apiserver/customresource_handler.go @v1.32, serveResource: of the verbs, only
 * create is
 * refused, so an apply may still make an object; it is deleted with the others.
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

/** Options come as a body (JSON, YAML, protobuf) or as query parameters. */
async function readDeleteOptions(
  call: Call<ResourceRequest>,
): Promise<{ options: DeleteOptions; dryRun: string[] }> {
  const { info, request } = call;
  const body = await readBody(request);
  const sent = body.length === 0 ? {} : decodeObject(body, mediaTypeOf(request), 'DeleteOptions');
  const query = info.query;
  const grace = sent['gracePeriodSeconds'] ?? query.get('gracePeriodSeconds') ?? undefined;
  const policy = sent['propagationPolicy'] ?? query.get('propagationPolicy') ?? undefined;
  const orphan = sent['orphanDependents'] ?? query.get('orphanDependents') ?? undefined;
  const preconditions = objectOf(sent['preconditions']);
  const uid = stringOf(preconditions['uid']);
  const resourceVersion = stringOf(preconditions['resourceVersion']);
  if (policy !== undefined && policy !== 'Background' && policy !== 'Foreground' && policy !== 'Orphan') {
    throw invalid({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', [
      notSupported('propagationPolicy', String(policy), ['Background', 'Foreground', 'Orphan']),
    ]);
  }
  if (grace !== undefined && !(Number.isInteger(Number(grace)) && Number(grace) >= 0)) {
    throw badRequest(`gracePeriodSeconds: Invalid value: ${String(grace)}: must be a non-negative integer`);
  }
  return {
    dryRun: [...query.getAll('dryRun'), ...listOf(sent['dryRun']).map(String)],
    options: {
      ...(grace !== undefined && { gracePeriodSeconds: Number(grace) }),
      ...(policy !== undefined
        ? { propagationPolicy: policy }
        : (orphan === true || orphan === 'true') && { propagationPolicy: 'Orphan' as const }),
      preconditions: {
        ...(uid !== undefined && { uid }),
        ...(resourceVersion !== undefined && { resourceVersion }),
      },
    },
  };
}

export async function handleDelete(
  environment: Environment,
  call: Call<ResourceRequest>,
  type: ResourceType,
): Promise<void> {
  const { info } = call;
  if (info.name === '' || !type.verbs.includes('delete')) throw methodNotAllowed();
  const { options, dryRun } = await readDeleteOptions(call);
  const context = { ...contextOf(call, 'Delete'), dryRun: isDryRun(dryRun, 'DeleteOptions') };
  const deletion = await environment.objects.delete(type, info.namespace, info.name, options, context);
  answerDeletion(call, type, deletion);
}

function answerDeletion(call: Call<ResourceRequest>, type: ResourceType, { object, gone }: Deletion): void {
  if (!gone || ANSWERED_WITH_OBJECT.includes(keyOf(type))) {
    sendJson(call, 200, encodeObject(type, call.info.version, object));
    return;
  }
  const { name, uid } = object.metadata;
  sendStatus(call.response, {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: {
      ...(name !== undefined && { name }),
      ...(type.group !== '' && { group: type.group }),
      kind: type.plural,
      ...(uid !== undefined && { uid }),
    },
  });
}

export async function handleDeleteCollection(
  environment: Environment,
  call: Call<ResourceRequest>,
  type: ResourceType,
): Promise<void> {
  const { info } = call;
  if (!type.verbs.includes('deletecollection') || (type.namespaced && info.namespace === ''))
    throw methodNotAllowed();
  const list = parseListOptions(info, type);
  const { options, dryRun } = await readDeleteOptions(call);
  const context = { ...contextOf(call, 'Delete'), dryRun: isDryRun(dryRun, 'DeleteOptions') };
  const objects = environment.store.list(type, list.filter);
  const deleted: KubernetesObject[] = [];
  for (const { metadata } of objects) {
    try {
      const deletion = await environment.objects.delete(
        type,
        metadata.namespace ?? '',
        metadata.name ?? '',
        options,
        context,
      );
      deleted.push(deletion.object);
    } catch (error) {
      // Someone else was faster.
      if (!(error instanceof ApiError) || error.code !== 404) throw error;
    }
  }
  const metadata = { resourceVersion: String(environment.store.resourceVersion) };
  sendJson(call, 200, encodeList(type, info.version, deleted, metadata));
}
