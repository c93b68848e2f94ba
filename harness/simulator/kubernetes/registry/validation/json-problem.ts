/** Whether a text is an object in JSON, in the words of Go's encoding/json. */
import { jsonTypeOf, jsonProblem as problemOf } from '../go-json.ts';
import { isObject } from '../json.ts';

/** @returns why a text is no object; undefined if it is one (`null` counts as one) */
export function jsonProblem(text: string): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return problemOf(error, text);
  }
  if (value === null || isObject(value)) return undefined;
  return `json: cannot unmarshal ${jsonTypeOf(value)} into Go value of type map[string]interface {}`;
}
