/** JSON Merge Patch, RFC 7396. */
import { copy, isObject, type JsonObject, setOwn } from '../../registry/json.ts';

/** Applies a merge patch. @returns the patched value; neither argument is changed */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return copy(patch);
  const result: JsonObject = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else setOwn(result, key, mergePatch(Object.hasOwn(result, key) ? result[key] : undefined, value));
  }
  return result;
}
