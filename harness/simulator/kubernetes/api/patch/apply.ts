/** Server-side apply. */
import type { Call } from '../call.ts';
import type { Environment } from '../handlers/environment.ts';
import type { JsonObject, KubernetesObject } from '../json.ts';
import type { WriteContext } from '../objects.ts';
import type { ResourceRequest } from '../request-info.ts';
import type { ResourceType } from '../resources.ts';
import { notSimulated } from '../status.ts';

export async function applyObject(
  _environment: Environment,
  _call: Call<ResourceRequest>,
  _type: ResourceType,
  _context: WriteContext,
  _applied: JsonObject,
): Promise<{ readonly object: KubernetesObject; readonly created: boolean }> {
  throw notSimulated('server-side apply');
}
