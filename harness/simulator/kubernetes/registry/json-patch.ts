/** JSON Patch, RFC 6902, with the server's refusals. */
import jsonPatchLibrary, { type Operation } from 'fast-json-patch';
import { copy, isObject, type JsonObject } from './json.ts';
import { ApiError, badRequest } from './status.ts';

const OPERATIONS: readonly string[] = ['add', 'remove', 'replace', 'move', 'copy', 'test'];

/** The real server refuses longer ones. */
const MAX_OPERATIONS = 10_000;

/**
 * Applies a JSON patch.
 * @returns the patched object; the argument is not changed
 * @throws ApiError 400 if the patch is no list of operations, 422 if one of them cannot be done
 */
export function jsonPatch(original: JsonObject, patch: unknown): JsonObject {
  const listed = operationsIn(patch);
  try {
    for (const operation of listed) {
      if (!isObject(operation) || !OPERATIONS.includes(String(operation['op'])))
        throw new Error('unknown operation');
    }
    // Copied: the library keeps references to values of the patch.
    const operations = copy(listed) as Operation[]; // checked above, and again by the library
    const result: unknown = jsonPatchLibrary.applyPatch(copy(original), operations, true, true).newDocument;
    if (!isObject(result)) throw new Error('not an object');
    return result;
  } catch {
    throw new ApiError(422, 'Invalid', 'the server rejected our request due to an error in our request', {});
  }
}

/** Reads the operations of a patch. @throws ApiError 400 for what is no list, 413 for one that is too long */
function operationsIn(patch: unknown): readonly unknown[] {
  if (!Array.isArray(patch)) {
    const found = isObject(patch) ? 'object' : patch === null ? 'null' : typeof patch;
    throw badRequest(
      `error decoding patch: json: cannot unmarshal ${found} into Go value of type []handlers.jsonPatchOp`,
    );
  }
  if (patch.length > MAX_OPERATIONS) {
    throw new ApiError(
      413,
      'RequestEntityTooLarge',
      `The allowed maximum operations in a JSON patch is ${MAX_OPERATIONS}, got ${patch.length}`,
    );
  }
  return patch;
}
