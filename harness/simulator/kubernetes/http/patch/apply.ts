/**
 * Server-side apply: merges in what the manager applies, removes what it no longer applies, and refuses to
 * change what others own.
 */

import { copy, type JsonObject, type KubernetesObject, stringOf } from '../../registry/json.ts';
import { apiVersionOf, type ResourceType } from '../../registry/resources.ts';
import { fillDefaults } from '../../registry/schema/keep.ts';
import { badRequest, conflict, notFound, notSimulated } from '../../registry/status.ts';
import type { WriteContext } from '../../registry/write-context.ts';
import type { Call } from '../call.ts';
import type { Environment } from '../environment.ts';
import { receiveObject } from '../receive.ts';
import { isTrue, type ResourceRequest } from '../request-info.ts';
import { entryOf, merger } from './apply-merge.ts';
import { mergeTreeFor } from './custom-merge-keys.ts';
import { fieldsOf } from './object-fields.ts';
import { ownable, writeManagers } from './ownership.ts';
import { checkTyped } from './typed-patch.ts';

/** The result of an apply. */
export interface Applied {
  readonly object: KubernetesObject;
  readonly created: boolean;
}

/** Applies an object on the server side. @throws ApiError 400, 409, 422 */
export async function applyObject(
  environment: Environment,
  call: Call<ResourceRequest>,
  type: ResourceType,
  context: WriteContext,
  sent: JsonObject,
): Promise<Applied> {
  const { info } = call;
  checkApplied(sent, type, context.version);
  if (type.notSimulated !== undefined) throw notSimulated(type.notSimulated);
  // Of a subresource such as scale the type is another.
  if (context.subresource === '' || context.subresource === 'status') checkTyped(sent, type, context.version);
  // A default is nobody's: what is applied is compared and owned as it was sent.
  const applied = receiveObject(copy(sent), call, type, environment.registry.minor, { fillsDefaults: false });
  applied.metadata.name ??= info.name;
  if (applied.metadata.name !== info.name) {
    throw badRequest(
      `the name of the object (${applied.metadata.name}) does not match the name on the URL (${info.name})`,
    );
  }
  const namespace = applied.metadata.namespace;
  if (type.namespaced && namespace !== undefined && namespace !== info.namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  if (!environment.store.get(type, info.namespace, info.name)) {
    return await createByApply(environment, call, type, context, applied);
  }
  const merge = merger(environment, type, context, applied, isTrue(info.query.get('force')));
  const object = await environment.objects.update(type, info.namespace, info.name, merge.change, {
    ...context,
    own: (_current, updated) => writeManagers(updated, merge.managers()),
  });
  return { object, created: false };
}

function checkApplied(sent: JsonObject, type: ResourceType, version: string): void {
  const apiVersion = stringOf(sent['apiVersion']) ?? '';
  const kind = stringOf(sent['kind']) ?? '';
  if (apiVersion !== apiVersionOf(type.group, version) || kind !== type.kind)
    throw badRequest(
      `invalid object type: ${apiVersion.includes('/') ? apiVersion : `/${apiVersion}`}, Kind=${kind}`,
    );
  const metadata = sent['metadata'];
  if (
    typeof metadata === 'object' &&
    metadata !== null &&
    'managedFields' in metadata &&
    metadata.managedFields
  ) {
    throw badRequest('metadata.managedFields must be nil');
  }
}

async function createByApply(
  environment: Environment,
  call: Call<ResourceRequest>,
  type: ResourceType,
  context: WriteContext,
  applied: KubernetesObject,
): Promise<Applied> {
  const { info } = call;
  if (context.subresource !== '') throw notFound(type, info.name);
  if ((applied.metadata.uid ?? '') !== '') {
    throw conflict(
      type,
      info.name,
      `uid mismatch: the provided object specified uid ${applied.metadata.uid}, and no existing object was found`,
    );
  }
  delete applied.metadata.resourceVersion;
  const fields = fieldsOf(ownable(applied, type, ''), mergeTreeFor(type, context.version), false);
  const entry = entryOf(environment, type, context, fields);
  fillDefaults(type, context.version, applied);
  const object = await environment.objects.create(type, info.namespace, applied, {
    ...context,
    options: { ...context.options, kind: 'PatchOptions' },
    own: (_current, updated) => writeManagers(updated, [entry]),
  });
  return { object, created: true };
}
