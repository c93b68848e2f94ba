/** Which subresources have rules of their own; among them binding and finalize, which are served here. */
import { objectOf, stringOf } from '../../registry/json.ts';
import { keyOf, type ResourceType } from '../../registry/resources.ts';
import { conflict, methodNotAllowed } from '../../registry/status.ts';
import { controlPlaneContext } from '../../registry/write-context.ts';
import { decodeTyped, mediaTypeOf, readBody } from '../body.ts';
import { type Call, sendStatus } from '../call.ts';
import type { Environment } from '../environment.ts';
import type { ResourceRequest } from '../request-info.ts';
import { handleEviction } from './eviction.ts';
import { handleScale } from './scale.ts';
import { handleToken } from './token-request.ts';
import { handleUpdate } from './write.ts';

type Handler = (environment: Environment, call: Call<ResourceRequest>, type: ResourceType) => Promise<void>;

/** By resource and subresource. */
const HANDLERS: Readonly<Record<string, Handler>> = {
  'serviceaccounts/token': handleToken,
  'pods/binding': handleBinding,
  'pods/eviction': handleEviction,
  'namespaces/finalize': handleFinalize,
};

/**
 * @returns undefined for a subresource that is read and written like the object itself, or served elsewhere
 */
export function subresourceHandler(type: ResourceType, subresource: string): Handler | undefined {
  return subresource === 'scale' ? handleScale : HANDLERS[`${keyOf(type)}/${subresource}`];
}

/** Binds a pod to a node, as a scheduler asks. */
async function handleBinding(
  environment: Environment,
  call: Call<ResourceRequest>,
  type: ResourceType,
): Promise<void> {
  const { info, request, user } = call;
  if (info.verb !== 'create') throw methodNotAllowed();
  const body = decodeTyped(await readBody(request), mediaTypeOf(request), {
    apiVersion: 'v1',
    kind: 'Binding',
  });
  const node = stringOf(objectOf(body['target'])['name']) ?? '';
  await environment.objects.update(
    type,
    info.namespace,
    info.name,
    draft => {
      const pod = draft();
      const spec = objectOf(pod['spec']);
      const before = stringOf(spec['nodeName']) ?? '';
      if (before !== '')
        throw conflict(
          type,
          info.name,
          `pod ${info.name} is already assigned to node ${JSON.stringify(before)}`,
        );
      spec['nodeName'] = node;
      return pod;
    },
    { ...controlPlaneContext(type, 'binding'), user },
  );
  sendStatus(call, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 });
}

/** Writes a namespace's `spec.finalizers` as a PUT of the whole object. */
async function handleFinalize(
  environment: Environment,
  call: Call<ResourceRequest>,
  type: ResourceType,
): Promise<void> {
  if (call.info.verb !== 'update') throw methodNotAllowed();
  await handleUpdate(environment, call, type);
}
