/** What `kubectl wait --for` asks for. Kubernetes: kubectl pkg/cmd/wait. */
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import { ToolExit } from '../invocation.ts';
import { parseJsonPath } from './jsonpath.ts';
import { JsonPathError } from './jsonpath-error.ts';

/** The goal of a wait: a state that `met` recognizes, the object's end, or its creation. */
export type Goal =
  | { readonly kind: 'met'; readonly met: (object: KubernetesObject) => boolean }
  | { readonly kind: 'delete' }
  | { readonly kind: 'create' };

/**
 * Reads `condition=Ready`, `condition=Ready=false`, `jsonpath={.a}=b`, `jsonpath={.a}`, `delete` or `create`.
 * @throws ToolExit in the words of kubectl
 */
export function goalOf(text: string): Goal {
  const [kind = '', ...rest] = text.split('=');
  const value = rest.join('=');
  if (text === 'delete') return { kind: 'delete' };
  if (text === 'create') return { kind: 'create' };
  if (kind === 'condition' && value !== '') {
    const [type = '', status = 'True'] = value.split('=');
    return { kind: 'met', met: object => hasCondition(object, type, status) };
  }
  if (kind === 'jsonpath' && value !== '') {
    const match = /^(\{.*?\}|[^=]*)(?:=(.*))?$/s.exec(value);
    const expected = match?.[2]?.replace(/^(["'])(.*)\1$/s, '$2');
    const template = readPath(match?.[1] ?? '');
    return {
      kind: 'met',
      met: object => {
        const found = valuesAt(template, object);
        if (expected === undefined) return found.length > 0;
        if (found.length > 1)
          throw new ToolExit('error: given jsonpath expression matches more than one value');
        return found.length === 1 && String(found[0]) === expected;
      },
    };
  }
  throw new ToolExit(`error: unrecognized condition: ${JSON.stringify(text)}`);
}

function readPath(text: string) {
  try {
    return parseJsonPath(text);
  } catch (error) {
    if (error instanceof JsonPathError)
      throw new ToolExit(`error: jsonpath wait format error: ${error.message}`);
    throw error;
  }
}

/** Finds the values of a path; none while a list is still too short for an index in it. */
function valuesAt(template: ReturnType<typeof parseJsonPath>, object: KubernetesObject): readonly unknown[] {
  try {
    return template.find(object);
  } catch (error) {
    if (error instanceof JsonPathError) return [];
    throw error;
  }
}

/** Tells whether a condition has this status; one of an older generation does not count. */
function hasCondition(object: KubernetesObject, type: string, status: string): boolean {
  const { conditions } = (object['status'] ?? {}) as {
    conditions?: readonly { type?: string; status?: string; observedGeneration?: number }[];
  }; // the convention of the API for every kind that has conditions
  const condition = conditions?.find(each => each.type?.toLowerCase() === type.toLowerCase());
  if (!condition) return false;
  const { generation = 0 } = object.metadata;
  if (condition.observedGeneration !== undefined && condition.observedGeneration < generation) return false;
  // `status` is there: the conditions are in it.
  const { observedGeneration } = object['status'] as { observedGeneration?: number };
  if (
    condition.observedGeneration === undefined &&
    observedGeneration !== undefined &&
    observedGeneration < generation
  ) {
    return false;
  }
  return condition.status?.toLowerCase() === status.toLowerCase();
}
