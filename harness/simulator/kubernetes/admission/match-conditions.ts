/**
 * Decides by the CEL expressions of a webhook if it wants to see a request (apiserver
 * pkg/admission/plugin/webhook/matchconditions @v1.32).
 */

import type { AdmissionRequest } from '../registry/admission.ts';
import { type JsonObject, objectsOf, stringOf } from '../registry/json.ts';
import { apiVersionOf } from '../registry/resources.ts';
import { type Compiled, celValue, compile, firstLine } from '../registry/schema/cel.ts';
import { forbidden } from '../registry/status.ts';

/** By expression: few webhooks see many requests. */
const known = new Map<string, Compiled>();

function compiled(expression: string): Compiled {
  let program = known.get(expression);
  if (!program) {
    program = compile(expression);
    known.set(expression, program);
  }
  return program;
}

/** Returns the variables of an expression. Unlike Kubernetes, there is no `authorizer`. */
function variablesOf(request: AdmissionRequest, version: string): Record<string, unknown> {
  const { type, operation, namespace, name, subresource, user, dryRun } = request;
  const kind = { group: type.group, version, kind: type.kind };
  const resource = { group: type.group, version, resource: type.plural };
  const inVersion = (object: object | undefined) =>
    object && celValue({ ...object, apiVersion: apiVersionOf(type.group, version) }, {});
  return {
    object: inVersion(request.object) ?? null,
    oldObject: inVersion(request.oldObject) ?? null,
    request: {
      kind,
      resource,
      requestKind: kind,
      requestResource: resource,
      subResource: subresource,
      namespace,
      name,
      operation,
      dryRun,
      userInfo: { username: user.username, groups: [...user.groups] },
    },
  };
}

/**
 * Tells whether all conditions hold. If one is false the server does not call the webhook, even if another
 * one fails.
 * @throws ApiError 403 if one cannot be evaluated and the webhook's failures count
 */
export function meetsConditions(webhook: JsonObject, request: AdmissionRequest, version: string): boolean {
  const conditions = objectsOf(webhook['matchConditions']);
  if (conditions.length === 0) return true;
  const variables = variablesOf(request, version);
  const problems: string[] = [];
  for (const condition of conditions) {
    const { program, problem } = compiled(stringOf(condition['expression']) ?? '');
    try {
      if (!program) throw new Error(problem);
      if (program(variables) !== true) return false;
    } catch (error) {
      problems.push(`match condition ${JSON.stringify(condition['name'])}: ${firstLine(error)}`);
    }
  }
  if (problems.length === 0) return true;
  if (webhook['failurePolicy'] === 'Ignore') return false;
  throw forbidden(request.type, request.name, problems.join(', '));
}
