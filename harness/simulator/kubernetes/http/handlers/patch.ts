/** PATCH: changes an object in the way that the content type names, apply among them. */
import { convert } from '../../registry/conversion.ts';
import { invalid, invalidValue } from '../../registry/field-errors.ts';
import type { JsonObject, KubernetesObject } from '../../registry/json.ts';
import { apiVersionOf, type ResourceType } from '../../registry/resources.ts';
import { badRequest, methodNotAllowed } from '../../registry/status.ts';
import type { WriteContext } from '../../registry/write-context.ts';
import { mediaTypeOf, readBody } from '../body.ts';
import type { Call } from '../call.ts';
import { noteDuplicates, unmarshalErrors } from '../duplicate-keys.ts';
import type { Environment } from '../environment.ts';
import { applyObject } from '../patch/apply.ts';
import { owningContext } from '../patch/ownership.ts';
import { type Patch, readPatch } from '../patch/patch.ts';
import { asPatched } from '../patch/shown-patched.ts';
import { receiveObject } from '../receive.ts';
import type { ResourceRequest } from '../request-info.ts';
import { warn } from '../warning-header.ts';
import { sendObject } from './send-object.ts';
import { checkName, checkNamespace } from './write.ts';
import { contextOf } from './write-options.ts';

/** Patches an object in the way that the content type names; apply may also create it. @throws ApiError */
export async function handlePatch(
  environment: Environment,
  call: Call<ResourceRequest>,
  type: ResourceType,
): Promise<void> {
  const { info, request } = call;
  if (info.name === '' || !type.verbs.includes('patch')) throw methodNotAllowed();
  const context = contextOf(call, 'Patch');
  const patch = readPatch(await readBody(request), mediaTypeOf(request), type);
  if (patch.kind === 'apply') {
    tellOfRepeated(patch.lines, call);
    await handleApply(environment, call, type, context, patch.apply);
    return;
  }
  const updated = await environment.objects.update(
    type,
    info.namespace,
    info.name,
    draft => {
      // It is patched in the version that the client speaks, whichever it is stored in.
      const apiVersion = apiVersionOf(type.group, info.version);
      const patched = patch.apply(
        { ...convert(type, info.version, draft()), apiVersion },
        type,
        info.version,
      );
      const object = receivePatched(patched, call, type, {
        patch,
        minor: environment.registry.minor,
      });
      checkName(object, info);
      checkNamespace(object, info, type);
      return object;
    },
    owningContext(environment.clock, type, context),
  );
  sendObject(environment, call, 200, type, updated);
}

/** Refuses keys that are there twice in what is applied, or warns of them. @throws ApiError 400 */
function tellOfRepeated(lines: readonly string[], { info, response }: Call<ResourceRequest>): void {
  if (lines.length === 0) return;
  const mode = info.query.get('fieldValidation') ?? '';
  if (mode === 'Strict') {
    const problem = `error converting YAML to JSON: ${unmarshalErrors(lines)}`;
    throw badRequest(`error strict decoding YAML: ${problem}`);
  }
  if (mode !== 'Ignore') for (const line of lines) warn(response, line);
}

/** What is needed of a patch to judge its result. */
interface PatchFacts {
  readonly patch: Extract<Patch, { kind: 'change' }>;
  /** Of Kubernetes: 34 for 1.34. */
  readonly minor: number;
}

/** Checks the result of a patch, which must be an object of its kind again. */
function receivePatched(
  patched: JsonObject,
  call: Call<ResourceRequest>,
  type: ResourceType,
  { patch, minor }: PatchFacts,
): KubernetesObject {
  return asPatched(patch, patched, () => {
    patched['kind'] ??= type.kind;
    const apiVersion = apiVersionOf(type.group, call.info.version);
    patched['apiVersion'] ??= apiVersion;
    if (type.custom && patched['apiVersion'] !== apiVersion) {
      throw invalid(type, call.info.name, [
        invalidValue('apiVersion', patched['apiVersion'], `must be ${apiVersion}`),
      ]);
    }
    noteDuplicates(patched, patch.duplicates);
    return receiveObject(patched, call, type, minor);
  });
}

async function handleApply(
  environment: Environment,
  call: Call<ResourceRequest>,
  type: ResourceType,
  context: WriteContext,
  applied: JsonObject,
): Promise<void> {
  const outcome = await applyObject(environment, call, type, context, applied);
  sendObject(environment, call, outcome.created ? 201 : 200, type, outcome.object);
}
