/** Which subresources have rules of their own; among them binding and finalize, which are served here. */
import { type JsonObject, listOf, objectOf, stringOf } from '../../registry/json.ts';
import { keyOf, type ResourceType } from '../../registry/resources.ts';
import { ApiError, conflict, methodNotAllowed } from '../../registry/status.ts';
import { controlPlaneContext } from '../../registry/write-context.ts';
import { decodeTyped, mediaTypeOf, readBody } from '../body.ts';
import { type Call, sendStatus } from '../call.ts';
import type { Environment } from '../environment.ts';
import type { ResourceRequest } from '../request-info.ts';
import { checkAddress } from './addressed.ts';
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

/** @throws ApiError 500, as there: pods go to nodes only (core/validation ValidatePodBinding @v1.34) */
function checkTarget({ kind = '', name = '' }: JsonObject): void {
  const problems = [
    ...(kind === '' || kind === 'Node'
      ? []
      : [`target.kind: Unsupported value: ${JSON.stringify(kind)}: supported values: "Node", "<empty>"`]),
    ...(name === '' ? ['target.name: Required value'] : []),
  ];
  if (problems.length === 0) return;
  const text = problems.length === 1 ? String(problems[0]) : `[${problems.join(', ')}]`;
  throw new ApiError(500, undefined, text);
}

/** Binds a pod to a node, as a scheduler asks (registry/core/pod/storage/storage.go @v1.34, assignPod). */
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
  checkAddress(body, 'Binding', info);
  const target = objectOf(body['target']);
  const node = stringOf(target['name']) ?? '';
  checkTarget(target);
  const refuse = (because: string) => conflict({ ...type, plural: 'pods/binding' }, info.name, because);
  await environment.objects.update(
    type,
    info.namespace,
    info.name,
    draft => {
      const pod = draft();
      const spec = objectOf(pod['spec']);
      const before = stringOf(spec['nodeName']) ?? '';
      if (pod.metadata.deletionTimestamp !== undefined)
        throw refuse(`pod ${info.name} is being deleted, cannot be assigned to a host`);
      if (before !== '')
        throw refuse(`pod ${info.name} is already assigned to node ${JSON.stringify(before)}`);
      if (listOf(spec['schedulingGates']).length > 0)
        throw refuse(`pod ${info.name} has non-empty .spec.schedulingGates`);
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
