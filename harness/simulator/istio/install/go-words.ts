/** What Go says of a value that does not fit its place: encoding/json, UnmarshalTypeError. */
import type * as z from '../../../base/zod.ts';

/** The structures of operator/pkg/apis/types.go @1.30.3, by the way to a field of theirs. */
const STRUCTS: readonly (readonly [path: RegExp, name: string])[] = [
  [/^components\.[^.]+$/, 'IstioComponentSpec'],
  [/^components\..*\.k8s\./, 'KubernetesResources'],
  [/^components\./, 'ComponentSpec'],
  [/^/, 'IstioOperatorSpec'],
];
const TYPES: Readonly<Record<string, string>> = {
  boolean: 'bool',
  string: 'string',
  number: 'uint32',
  int: 'uint32',
  array: '[]apis.GatewayComponentSpec',
  object: 'apis.ComponentSpec',
  record: 'map[string]interface {}',
};

const kindOf = (value: unknown): string =>
  Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;

/**
 * Returns what there is to say of a value of the wrong type; undefined of another problem.
 * @param path - from the spec on, without places in lists
 */
export function mismatch(issue: z.core.$ZodIssue, path: string): string | undefined {
  if (issue.code !== 'invalid_type' && issue.code !== 'invalid_union') return undefined;
  const struct = STRUCTS.find(([at]) => at.test(path))?.[1] ?? '';
  const type = issue.code === 'invalid_type' ? (TYPES[issue.expected] ?? issue.expected) : 'string';
  const field = `${struct}.spec.${path}`;
  return `json: cannot unmarshal ${kindOf(issue.input)} into Go struct field ${field} of type ${type}`;
}
