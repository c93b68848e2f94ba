/** The body of a PATCH request, by its content type. */

import { jsonProblem } from '../../registry/go-json.ts';
import { isObject, type JsonObject, type KubernetesObject, listOf, objectOf } from '../../registry/json.ts';
import { jsonPatch } from '../../registry/json-patch.ts';
import type { ResourceType } from '../../registry/resources.ts';
import { badRequest, unsupportedMediaType } from '../../registry/status.ts';
import { checkShape, readYaml } from '../body.ts';
import { type Duplicates, duplicateText, repeatedPaths, toldBefore, unknownText } from '../duplicate-keys.ts';
import { conversionProblem } from './conversion-problem.ts';
import { mergeTreeFor } from './custom-merge-keys.ts';
import { mergePatch } from './merge-patch.ts';
import { shownPatched, sortedKeys, touchedBy } from './shown-patched.ts';
import { goMap, leftOver, strategicPatch } from './strategic.ts';

/** A patch that is read: server-side apply, or a function from a state to the next. */
export type Patch =
  | {
      readonly kind: 'change';
      apply(object: KubernetesObject, type: ResourceType, version: string): JsonObject;
      /** Returns what error texts show, once the patch is applied: the patch, or the patched object. */
      shown(patched: JsonObject): string;
      /**
       * Returns what is said of a result that is no object of its kind.
       * @param problem - the decoder's text
       */
      tell(problem: string): string;
      /** Fields of the patch that are there twice, or that no operation has. */
      readonly duplicates: Duplicates | undefined;
    }
  | {
      readonly kind: 'apply';
      readonly apply: JsonObject;
      /** Lines of keys that are there twice. */
      readonly lines: readonly string[];
    };

const asItIs = (problem: string): string => problem;

/** Applies a patch to an object. @throws ApiError 400, 415, 422 */
export function readPatch(body: Buffer, mediaType: string, type: ResourceType): Patch {
  switch (mediaType) {
    case 'application/json-patch+json': {
      const { value, keyCount, text } = parse(body);
      return {
        kind: 'change',
        apply: object => jsonPatch(type.custom ? sortedKeys(object) : object, value),
        shown: patched => shownPatched(patched, touchedBy(value)),
        tell: asItIs,
        duplicates: toldBefore(operationProblems(value, repeatedPaths(text, keyCount))),
      };
    }
    case 'application/merge-patch+json': {
      const { patch, duplicates } = parseObject(body);
      // An object as patch makes an object.
      return {
        kind: 'change',
        apply: object => mergePatch(object, patch) as JsonObject,
        shown: patched => shownPatched(patched, type.custom ? patched : patch),
        tell: asItIs,
        duplicates,
      };
    }
    case 'application/strategic-merge-patch+json': {
      if (type.custom) break;
      const { patch, duplicates } = parseObject(body);
      let original: JsonObject = {};
      return {
        kind: 'change',
        apply: (object, own, version) => {
          original = object;
          return strategicPatch(object, patch, mergeTreeFor(own, version));
        },
        shown: () => goMap(leftOver(patch, original)),
        tell: conversionProblem,
        duplicates,
      };
    }
    case 'application/apply-patch+yaml': {
      const { object, lines } = readYaml(body, type.kind);
      return { kind: 'apply', apply: object, lines };
    }
  }
  if (type.custom) {
    throw unsupportedMediaType(
      'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml',
    );
  }
  throw unsupportedMediaType('415: Unsupported Media Type');
}

/** The fields of an operation (apiserver pkg/endpoints/handlers/patch.go @v1.34, jsonPatchOp). */
const OPERATION_FIELDS: readonly string[] = ['op', 'from', 'path', 'value'];

function operationProblems(operations: unknown, repeated: readonly string[]): string[] {
  const unknown = listOf(operations).flatMap((operation, index) =>
    Object.keys(objectOf(operation))
      .filter(key => !OPERATION_FIELDS.includes(key))
      .map(key => `[${index}].${key}`),
  );
  return [...repeated.map(duplicateText), ...unknown.map(unknownText)].map(text => `json patch ${text}`);
}

interface ParsedPatch {
  readonly value: unknown;
  readonly text: string;
  /** Of all its objects. */
  readonly keyCount: number;
}

function parse(body: Buffer): ParsedPatch {
  const text = body.toString();
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw badRequest(`error decoding patch: ${jsonProblem(error, text)}`);
  }
  return { value, text, keyCount: checkShape(value) };
}

function parseObject(body: Buffer): {
  readonly patch: JsonObject;
  readonly duplicates: Duplicates | undefined;
} {
  const { value, text, keyCount } = parse(body);
  if (isObject(value))
    return { patch: value, duplicates: toldBefore(repeatedPaths(text, keyCount).map(duplicateText)) };
  const found = Array.isArray(value) ? 'array' : typeof value;
  throw badRequest(
    `error decoding patch: json: cannot unmarshal ${found} into Go value of type map[string]interface {}`,
  );
}
