/** create and update, also of the status. */

import { invalid, invalidValue } from '../../registry/field-errors.ts';
import type { KubernetesObject } from '../../registry/json.ts';
import { uidConflict } from '../../registry/new-state.ts';
import { keyOf, type ResourceType } from '../../registry/resources.ts';
import { badRequest, methodNotAllowed, notSimulated } from '../../registry/status.ts';
import { decodeObject, mediaTypeOf, readBody } from '../body.ts';
import type { Call } from '../call.ts';
import type { Environment } from '../environment.ts';
import { owningContext } from '../patch/ownership.ts';
import { receiveObject } from '../receive.ts';
import type { ResourceRequest } from '../request-info.ts';
import { sendObject } from './send-object.ts';
import { contextOf } from './write-options.ts';

function refuseUnsimulated(type: ResourceType): void {
  if (type.notSimulated !== undefined) throw notSimulated(type.notSimulated);
}

/** Refuses an object of another namespace than that of its URL. @throws ApiError 400 */
export function checkNamespace(
  object: Pick<KubernetesObject, 'metadata'>,
  info: ResourceRequest,
  type: ResourceType,
): void {
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
  const context = owningContext(environment.clock, type, contextOf(call, 'Create'));
  refuseUnsimulated(type);
  const body = decodeObject(await readBody(request), mediaTypeOf(request), type.kind);
  const object = receiveObject(body, call, type, environment.registry.minor);
  checkNamespace(object, info, type);
  const created = await environment.objects.create(type, info.namespace, object, context);
  sendObject(environment, call, 201, type, created);
}

/** Replaces an object, or its status, by the one in the body. @throws ApiError */
export async function handleUpdate(
  environment: Environment,
  call: Call<ResourceRequest>,
  type: ResourceType,
): Promise<void> {
  const { info, request } = call;
  if (info.name === '' || !type.verbs.includes('update')) throw methodNotAllowed();
  const context = owningContext(environment.clock, type, contextOf(call, 'Update'));
  const body = decodeObject(await readBody(request), mediaTypeOf(request), type.kind);
  const object = receiveObject(body, call, type, environment.registry.minor);
  checkName(object, info);
  checkNamespace(object, info, type);
  if (type.custom || CONDITIONAL.includes(keyOf(type))) demandVersion(object, environment, info, type);
  if (isMadeByUpdate(type, info, environment)) {
    const { namespace, name } = info;
    const { uid = '', resourceVersion: _resourceVersion, ...metadata } = object.metadata;
    // The precondition is of the storage, which asks no version of an update that makes an object.
    if (uid !== '') throw uidConflict(type, { namespace, name }, uid);
    const made = { ...object, metadata };
    const created = await environment.objects.create(type, namespace, made, context);
    sendObject(environment, call, 201, type, created);
    return;
  }
  const updated = await environment.objects.update(
    type,
    info.namespace,
    info.name,
    () => structuredClone(object),
    context,
  );
  sendObject(environment, call, 200, type, updated);
}

/** Kinds that a PUT makes if there is none of the name (pkg/registry @v1.34, AllowCreateOnUpdate). */
const MADE_BY_UPDATE: readonly string[] = [
  'endpoints',
  'events',
  'events.events.k8s.io',
  'limitranges',
  'services',
  'leases.coordination.k8s.io',
  'runtimeclasses.node.k8s.io',
  'clusterrolebindings.rbac.authorization.k8s.io',
  'clusterroles.rbac.authorization.k8s.io',
  'rolebindings.rbac.authorization.k8s.io',
  'roles.rbac.authorization.k8s.io',
];

const isMadeByUpdate = (
  type: ResourceType,
  { namespace, name, subresource }: ResourceRequest,
  { store }: Environment,
): boolean => subresource === '' && MADE_BY_UPDATE.includes(keyOf(type)) && !store.get(type, namespace, name);

/** Beside custom resources: what is replaced by a known version only (AllowUnconditionalUpdate @v1.34). */
const CONDITIONAL: readonly string[] = [
  'customresourcedefinitions.apiextensions.k8s.io',
  'csidrivers.storage.k8s.io',
  'csinodes.storage.k8s.io',
  'csistoragecapacities.storage.k8s.io',
  'leases.coordination.k8s.io',
  'mutatingwebhookconfigurations.admissionregistration.k8s.io',
  'poddisruptionbudgets.policy',
  'runtimeclasses.node.k8s.io',
  'validatingadmissionpolicies.admissionregistration.k8s.io',
  'validatingadmissionpolicybindings.admissionregistration.k8s.io',
  'validatingwebhookconfigurations.admissionregistration.k8s.io',
  'volumeattachments.storage.k8s.io',
];

/**
 * Refuses an update that does not say of which version it is (apiserver
 * pkg/registry/generic/registry/store.go
 * @v1.34, Update).
 * @throws ApiError 422
 */
function demandVersion(
  { metadata }: KubernetesObject,
  { store }: Environment,
  { namespace, name }: ResourceRequest,
  type: ResourceType,
): void {
  if ((metadata.resourceVersion ?? '') !== '' || !store.get(type, namespace, name)) return;
  throw invalid({ group: type.group, kind: type.plural }, name, [
    invalidValue('metadata.resourceVersion', 0, 'must be specified for an update'),
  ]);
}

/**
 * Refuses an object with another name than that of its URL, or without one
 * (apiserver pkg/endpoints/handlers/rest.go @v0.34, checkName).
 * @throws ApiError 400
 */
export function checkName({ metadata }: Pick<KubernetesObject, 'metadata'>, info: ResourceRequest): void {
  const sent = metadata.name ?? '';
  if (sent === '') {
    const text = 'was undeterminable: name must be provided';
    throw badRequest(`the name of the object (${info.name} based on URL) ${text}`);
  }
  if (sent !== info.name)
    throw badRequest(`the name of the object (${sent}) does not match the name on the URL (${info.name})`);
}
