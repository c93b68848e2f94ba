/** Reads and writes the scale of a workload. */

import { invalid, invalidValue } from '../../registry/field-errors.ts';
import { type JsonObject, type KubernetesObject, objectOf, stringOf, valueAt } from '../../registry/json.ts';
import type { ResourceType } from '../../registry/resources.ts';
import { keepBuiltIn } from '../../registry/schema/built-in.ts';
import { formatLabelSelector, selectorFromObject } from '../../registry/selectors/label-selector.ts';
import { methodNotAllowed } from '../../registry/status.ts';
import { controlPlaneContext } from '../../registry/write-context.ts';
import { decodeTyped, mediaTypeOf, readBody } from '../body.ts';
import { type Call, sendValue } from '../call.ts';
import type { Environment } from '../environment.ts';
import { readPatch } from '../patch/patch.ts';
import type { ResourceRequest } from '../request-info.ts';
import { contextOf } from './write-options.ts';

const SCALE = { apiVersion: 'autoscaling/v1', kind: 'Scale' };

function scaleOf(object: KubernetesObject): JsonObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const selector = selectorFromObject(valueAt(object, 'spec', 'selector'));
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: Number(valueAt(object, 'spec', 'replicas') ?? 0) },
    status: {
      replicas: Number(valueAt(object, 'status', 'replicas') ?? 0),
      ...(selector && { selector: formatLabelSelector(selector) }),
    },
  };
}

/** Answers GET, PUT and PATCH of `/scale`. @throws ApiError 405 for other verbs, 422 for a negative number */
export async function handleScale(
  environment: Environment,
  call: Call<ResourceRequest>,
  type: ResourceType,
): Promise<void> {
  const { info, request, user } = call;
  const { objects } = environment;
  if (info.verb === 'get') {
    sendValue(call, 200, scaleOf(objects.get(type, info.namespace, info.name)));
    return;
  }
  if (info.verb !== 'update' && info.verb !== 'patch') throw methodNotAllowed();
  const { dryRun } = contextOf(call, info.verb === 'patch' ? 'Patch' : 'Update');
  const body = await readBody(request);
  const patch = info.verb === 'patch' ? readPatch(body, mediaTypeOf(request), type) : undefined;
  const sent = patch ? undefined : decodeTyped(body, mediaTypeOf(request), SCALE);
  const updated = await objects.update(
    type,
    info.namespace,
    info.name,
    draft => {
      const scaled = draft();
      const before = scaleOf(scaled) as KubernetesObject; // made above, with metadata
      const scale =
        sent ?? (patch?.kind === 'change' ? patch.apply(before, type, info.version) : patch?.apply) ?? {};
      if (patch) keepBuiltIn(SCALE.apiVersion, SCALE.kind, scale);
      const replicas = objectOf(scale['spec'])['replicas'] ?? 0;
      if (!Number.isInteger(replicas) || Number(replicas) < 0) {
        throw invalid({ group: 'autoscaling', kind: 'Scale' }, info.name, [
          invalidValue('spec.replicas', replicas, 'must be greater than or equal to 0'),
        ]);
      }
      const version = stringOf(objectOf(scale['metadata'])['resourceVersion']);
      if (version !== undefined && version !== '') scaled.metadata.resourceVersion = version;
      objectOf(scaled['spec'])['replicas'] = replicas;
      return scaled;
    },
    { ...controlPlaneContext(type, 'scale'), user, dryRun },
  );
  sendValue(call, 200, scaleOf(updated));
}
