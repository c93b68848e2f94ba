/** delete and deletecollection. */

import { isAnsweredWithObject } from '../../registry/deleted-objects.ts';
import type { Deletion } from '../../registry/deletion.ts';
import type { KubernetesObject } from '../../registry/json.ts';
import type { ResourceType } from '../../registry/resources.ts';
import { ApiError, methodNotAllowed } from '../../registry/status.ts';
import { type Call, sendJson, sendStatus } from '../call.ts';
import { readDeleteOptions } from '../delete-options.ts';
import { encodeList } from '../encoding.ts';
import type { Environment } from '../environment.ts';
import { parseListOptions } from '../list-options.ts';
import type { ResourceRequest } from '../request-info.ts';
import { sendObject } from './send-object.ts';
import { contextOf } from './write-options.ts';

/**
 * Deletes one object. The answer is its last state, or a Status if it is gone and its kind is not special.
 */
export async function handleDelete(
  environment: Environment,
  call: Call<ResourceRequest>,
  type: ResourceType,
): Promise<void> {
  const { info } = call;
  if (info.name === '' || !type.verbs.includes('delete')) throw methodNotAllowed();
  const { options, dryRun } = await readDeleteOptions(call);
  const context = { ...contextOf(call, 'Delete'), dryRun };
  const deletion = await environment.objects.delete(type, info.namespace, info.name, options, context);
  answerDeletion(environment, call, type, deletion);
}

function answerDeletion(
  environment: Environment,
  call: Call<ResourceRequest>,
  type: ResourceType,
  { object, gone }: Deletion,
): void {
  if (!gone || isAnsweredWithObject(type)) {
    sendObject(environment, call, 200, type, object);
    return;
  }
  const { name, uid } = object.metadata;
  sendStatus(call, {
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

/** Deletes what a list with this query shows, and answers with that list. */
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
  const context = { ...contextOf(call, 'Delete'), dryRun };
  // Selectors look at the fields of the version, too.
  await environment.objects.prepareToShow(type, info.version, environment.store.list(type));
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
