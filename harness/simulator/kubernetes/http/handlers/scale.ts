/** Reads and writes the scale of a workload. */

import { convert } from '../../registry/conversion.ts';
import { type KubernetesObject, objectOf, stringOf } from '../../registry/json.ts';
import type { ResourceType } from '../../registry/resources.ts';
import { keepBuiltIn } from '../../registry/schema/built-in.ts';
import { methodNotAllowed } from '../../registry/status.ts';
import { controlPlaneContext } from '../../registry/write-context.ts';
import { decodeTyped, mediaTypeOf, readBody } from '../body.ts';
import { type Call, sendValue } from '../call.ts';
import type { Environment } from '../environment.ts';
import { readPatch } from '../patch/patch.ts';
import { asPatched } from '../patch/shown-patched.ts';
import type { ResourceRequest } from '../request-info.ts';
import { scaleViewOf } from './scale-view.ts';
import { checkName, checkNamespace } from './write.ts';
import { contextOf } from './write-options.ts';

const SCALE = { apiVersion: 'autoscaling/v1', kind: 'Scale' };

/** Answers GET, PUT and PATCH of `/scale`. @throws ApiError 405 for other verbs, 422 for a negative number */
export async function handleScale(
  environment: Environment,
  call: Call<ResourceRequest>,
  type: ResourceType,
): Promise<void> {
  const { info, request, user } = call;
  const { objects } = environment;
  const view = scaleViewOf(type, info.version);
  if (info.verb === 'get') {
    const stored = objects.get(type, info.namespace, info.name);
    await objects.prepareToShow(type, info.version, [stored]);
    const object = convert(type, info.version, stored);
    view.demand(object);
    sendValue(call, 200, view.read(object));
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
      const before = view.read(scaled) as KubernetesObject; // made above, with metadata
      const scale =
        sent ?? (patch?.kind === 'change' ? patch.apply(before, type, info.version) : patch?.apply) ?? {};
      if (patch?.kind === 'change') {
        asPatched(patch, scale, () => keepBuiltIn(SCALE.apiVersion, SCALE.kind, scale));
      } else if (patch) keepBuiltIn(SCALE.apiVersion, SCALE.kind, scale);
      const asked = { metadata: { ...objectOf(scale['metadata']) } };
      if (patch?.kind !== 'apply') checkName(asked, info);
      checkNamespace(asked, info, type);
      view.write(scaled, objectOf(scale['spec'])['replicas']);
      const version = stringOf(objectOf(scale['metadata'])['resourceVersion']);
      if (version !== undefined && version !== '') scaled.metadata.resourceVersion = version;
      return scaled;
    },
    { ...controlPlaneContext(type, 'scale'), version: info.version, user, dryRun },
  );
  sendValue(call, 200, view.read(updated));
}
