/**
 * A patched object as errors about it show it: JSON, in which the objects that the patch went through have
 * their keys sorted (apiserver pkg/endpoints/handlers/patch.go @v0.34, gopkg.in/evanphx/json-patch.v4).
 */
import { isObject, type JsonObject, objectsOf, setOwn, stringOf } from '../../registry/json.ts';
import { ApiError } from '../../registry/status.ts';

/**
 * Writes a patched object.
 *
 * @param touched - the keys that the patch went through, in objects; values of the patch itself, in lists
 */
export const shownPatched = (patched: JsonObject, touched: JsonObject): string =>
  JSON.stringify(sorted(patched, touched));

/** Sorts the keys of all objects in an object, as Go writes maps: custom resources are nothing else. */
export const sortedKeys = (object: JsonObject): JsonObject => sorted(object, object);

function sortedValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedValue);
  return isObject(value) ? sortedKeys(value) : value;
}

function sorted(value: JsonObject, touched: JsonObject): JsonObject {
  const result: JsonObject = {};
  for (const key of Object.keys(value).sort()) {
    const [own, inner] = [value[key], Object.hasOwn(touched, key) ? touched[key] : undefined];
    if (isObject(own) && isObject(inner)) result[key] = sorted(own, inner);
    else result[key] = Array.isArray(inner) ? sortedValue(own) : own;
  }
  return result;
}

/** Returns the objects that the operations of a JSON patch go through. */
export function touchedBy(operations: unknown): JsonObject {
  const touched: JsonObject = {};
  for (const operation of objectsOf(operations)) {
    let at = touched;
    // The last part is the value itself.
    for (const part of (stringOf(operation['path']) ?? '').split('/').slice(1, -1)) {
      const next = Object.hasOwn(at, part) ? at[part] : undefined;
      const inner: JsonObject = isObject(next) ? next : {};
      setOwn(at, part, inner);
      at = inner;
    }
  }
  return touched;
}

/** How a patch speaks of its result. */
interface Teller {
  shown(patched: JsonObject): string;
  tell(problem: string): string;
}

/** Decodes the result of a patch. @throws ApiError 422 where decoding answers 400 */
export function asPatched<T>(patch: Teller, patched: JsonObject, decode: () => T): T {
  // Decoding changes the object.
  const shown = patch.shown(patched);
  try {
    return decode();
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 400) throw error;
    const text = patch.tell(error.message.replace(/^.*? cannot be handled as a \w+: /, ''));
    const message = `Invalid value: ${JSON.stringify(shown)}: ${text}`;
    throw new ApiError(422, 'Invalid', ` "" is invalid: patch: ${message}`, {
      causes: [{ reason: 'FieldValueInvalid', message, field: 'patch' }],
    });
  }
}
