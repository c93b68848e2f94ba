/** The body of a PATCH request, by its content type. */

import { isObject, type JsonObject, type KubernetesObject } from '../../registry/json.ts';
import { jsonPatch } from '../../registry/json-patch.ts';
import type { ResourceType } from '../../registry/resources.ts';
import { badRequest, unsupportedMediaType } from '../../registry/status.ts';
import { checkShape, parseYaml } from '../body.ts';
import { jsonProblem } from '../go-json.ts';
import { mergeTreeFor } from './custom-merge-keys.ts';
import { mergePatch } from './merge-patch.ts';
import { goMap, strategicPatch } from './strategic.ts';

/** A patch that is read: server-side apply, or a function from a state to the next. */
export type Patch =
  | {
      readonly kind: 'change';
      apply(object: KubernetesObject, type: ResourceType, version: string): JsonObject;
      /** The patch as error texts show it. */
      readonly shown: string;
    }
  | { readonly kind: 'apply'; readonly apply: JsonObject };

/** Applies a patch to an object. @throws ApiError 400, 415, 422 */
export function readPatch(body: Buffer, mediaType: string, type: ResourceType): Patch {
  switch (mediaType) {
    case 'application/json-patch+json': {
      const patch = parse(body);
      return { kind: 'change', apply: object => jsonPatch(object, patch), shown: body.toString() };
    }
    case 'application/merge-patch+json': {
      const patch = parseObject(body);
      // An object as patch makes an object.
      return {
        kind: 'change',
        apply: object => mergePatch(object, patch) as JsonObject,
        shown: goMap(patch),
      };
    }
    case 'application/strategic-merge-patch+json': {
      if (type.custom) break;
      const patch = parseObject(body);
      return {
        kind: 'change',
        apply: (object, own, version) => strategicPatch(object, patch, mergeTreeFor(own, version)),
        shown: goMap(patch),
      };
    }
    case 'application/apply-patch+yaml':
      return { kind: 'apply', apply: parseYaml(body, type.kind) };
  }
  if (type.custom) {
    throw unsupportedMediaType(
      'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml',
    );
  }
  throw unsupportedMediaType('415: Unsupported Media Type');
}

function parse(body: Buffer): unknown {
  const text = body.toString();
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw badRequest(`error decoding patch: ${jsonProblem(error, text)}`);
  }
  checkShape(value);
  return value;
}

function parseObject(body: Buffer): JsonObject {
  const value = parse(body);
  if (isObject(value)) return value;
  const found = Array.isArray(value) ? 'array' : typeof value;
  throw badRequest(
    `error decoding patch: json: cannot unmarshal ${found} into Go value of type map[string]interface {}`,
  );
}
