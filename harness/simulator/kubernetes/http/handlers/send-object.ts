/** Answers with an object in the form that the client accepts, after a read or a write. */
import type { KubernetesObject } from '../../registry/json.ts';
import type { ResourceType } from '../../registry/resources.ts';
import { type Call, sendJson } from '../call.ts';
import type { Environment } from '../environment.ts';
import { encodeOne, representationOf } from '../representation.ts';
import type { ResourceRequest } from '../request-info.ts';

/** Sends the object, its row of a table or its metadata alone. @throws ApiError 400, 406 */
export function sendObject(
  { clock }: Environment,
  call: Call<ResourceRequest>,
  code: number,
  type: ResourceType,
  object: KubernetesObject,
): void {
  const representation = representationOf(call, type);
  sendJson(call, code, encodeOne(representation, type, call.info.version, object, clock.now()));
}
