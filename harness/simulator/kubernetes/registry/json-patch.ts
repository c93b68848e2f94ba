/** JSON Patch, RFC 6902, with the server's refusals. */
import jsonPatchLibrary, { type Operation } from 'fast-json-patch';
import { copy, isObject, type JsonObject } from './json.ts';
import { ApiError, badRequest } from './status.ts';

const OPERATIONS: readonly string[] = ['add', 'remove', 'replace', 'move', 'copy', 'test'];

/** The real server refuses longer ones. */
const MAX_OPERATIONS = 10_000;

/** What copies may add (evanphx/json-patch, AccumulatedCopySizeLimit, which the server sets to 3 MiB). */
const MAX_COPIED_BYTES = 3 * 1024 * 1024;

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
    const result = applied(copy(original), copy(listed) as Operation[]); // checked above, and by the library
    if (!isObject(result)) throw new Error('not an object');
    return result;
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw new ApiError(422, 'Invalid', 'the server rejected our request due to an error in our request', {});
  }
}

/** Applies operations, in place. @throws Error for one that cannot be done, ApiError 413 */
function applied(original: JsonObject, operations: readonly Operation[]): unknown {
  let document: unknown = original;
  let copied = 0;
  for (const [index, operation] of operations.entries()) {
    if (operation.op === 'move' && operation.path.startsWith(`${operation.from}/`))
      throw new Error('a value cannot be moved into itself'); // RFC 6902, 4.4; the library does it
    if (operation.op === 'copy') {
      copied += sizeAt(document, operation.from);
      if (copied > MAX_COPIED_BYTES) throw tooMuchCopied(copied);
    }
    const done = operation.op === 'replace' && isNew(document, operation.path) ? added(operation) : operation;
    document = jsonPatchLibrary.applyOperation(document, done, true, true, true, index).newDocument;
  }
  return document;
}

/**
 * The server's library replaces what is not there, if it would be a field (evanphx/json-patch v4, replace).
 */
function isNew(document: unknown, pointer: string): boolean {
  const at = pointer.lastIndexOf('/');
  const parent: unknown = at <= 0 ? document : valueOrNothing(document, pointer.slice(0, at));
  return isObject(parent) && valueOrNothing(document, pointer) === undefined;
}

function valueOrNothing(document: unknown, pointer: string): unknown {
  try {
    return jsonPatchLibrary.getValueByPointer(document, pointer);
  } catch {
    return undefined; // a part of the way is not there
  }
}

const added = (operation: Operation): Operation => ({ ...operation, op: 'add' }) as Operation; // has a value

const sizeAt = (document: unknown, pointer: string): number =>
  JSON.stringify(jsonPatchLibrary.getValueByPointer(document, pointer))?.length ?? 0;

/** Without a limit few copies of a whole into itself would fill any memory. */
const tooMuchCopied = (bytes: number): ApiError =>
  new ApiError(
    413,
    'RequestEntityTooLarge',
    `Unable to complete the copy, the accumulated size increase of copy is ${bytes}, ` +
      `exceeding the limit ${MAX_COPIED_BYTES}`,
  );

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
