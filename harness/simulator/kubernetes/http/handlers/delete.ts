/** delete and deletecollection. */

import { isAnsweredWithObject } from '../../registry/deleted-objects.ts';
import type { DeleteOptions, Deletion } from '../../registry/deletion.ts';
import { invalid, notSupported } from '../../registry/field-errors.ts';
import { type KubernetesObject, listOf, objectOf, stringOf } from '../../registry/json.ts';
import type { ResourceType } from '../../registry/resources.ts';
import { ApiError, badRequest, methodNotAllowed } from '../../registry/status.ts';
import { decodeTyped, mediaTypeOf, readBody } from '../body.ts';
import { type Call, sendJson, sendStatus } from '../call.ts';
import { encodeList } from '../encoding.ts';
import type { Environment } from '../environment.ts';
import { parseListOptions } from '../list-options.ts';
import type { ResourceRequest } from '../request-info.ts';
import { sendObject } from './send-object.ts';
import { contextOf, isDryRun } from './write-options.ts';

const DELETE_OPTIONS = { apiVersion: 'meta.k8s.io/v1', kind: 'DeleteOptions' };

/** Reads the options, which come as a body (JSON, YAML, protobuf) or as query parameters. */
async function readDeleteOptions(
  call: Call<ResourceRequest>,
): Promise<{ options: DeleteOptions; dryRun: string[] }> {
  const { info, request } = call;
  const body = await readBody(request);
  const sent = body.length === 0 ? {} : decodeTyped(body, mediaTypeOf(request), DELETE_OPTIONS);
  const query = info.query;
  const grace = sent['gracePeriodSeconds'] ?? query.get('gracePeriodSeconds') ?? undefined;
  const policy = sent['propagationPolicy'] ?? query.get('propagationPolicy') ?? undefined;
  const orphan = sent['orphanDependents'] ?? query.get('orphanDependents') ?? undefined;
  const preconditions = objectOf(sent['preconditions']);
  const uid = stringOf(preconditions['uid']);
  const resourceVersion = stringOf(preconditions['resourceVersion']);
  if (!isPolicy(policy)) {
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
        : orphan !== undefined && { propagationPolicy: policyOf(orphan) }),
      preconditions: {
        ...(uid !== undefined && { uid }),
        ...(resourceVersion !== undefined && { resourceVersion }),
      },
    },
  };
}

/** Reads the older form of a policy. */
const policyOf = (orphan: unknown) =>
  orphan === true || orphan === 'true' ? ('Orphan' as const) : ('Background' as const);

const POLICIES: readonly unknown[] = [undefined, 'Background', 'Foreground', 'Orphan'];
const isPolicy = (value: unknown): value is DeleteOptions['propagationPolicy'] => POLICIES.includes(value);

/** Deletes one object. The answer is its last state, or a Status if it is gone and its kind is not special. */
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
  const context = { ...contextOf(call, 'Delete'), dryRun: isDryRun(dryRun, 'DeleteOptions') };
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
