/** Request bodies: read with a limit, and decoded by their content type. */
import type { IncomingMessage } from 'node:http';
import { jsonProblem, jsonTypeOf } from '../registry/go-json.ts';
import { isObject, type JsonObject } from '../registry/json.ts';
import { keepBuiltIn } from '../registry/schema/built-in.ts';
import { ApiError, badRequest, unsupportedMediaType } from '../registry/status.ts';
import { jsonDuplicates, loadYaml, noteDuplicates, type YamlDocument } from './duplicate-keys.ts';
import { decodeProtobuf, isProtobuf } from './protobuf/decode.ts';

/** The limit of the real server: 3 MiB. */
export const MAX_BODY_BYTES = 3 * 1024 * 1024;

/** Reads the body of a request. @throws ApiError 413 for a body that is too large */
export function readBody(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= MAX_BODY_BYTES) chunks.push(chunk);
    });
    request.on('end', () => {
      if (length <= MAX_BODY_BYTES) {
        resolve(Buffer.concat(chunks));
        return;
      }
      reject(
        new ApiError(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${MAX_BODY_BYTES}`),
      );
    });
    request.on('error', reject);
    request.on('aborted', () => reject(badRequest('the client went away')));
  });
}

/** Returns the media type of the body in lower case, without parameters; empty if none is given. */
export function mediaTypeOf(request: IncomingMessage): string {
  return (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}

/**
 * Reads the object in a body, as JSON, YAML or protobuf.
 * @param kind - what is expected, for the error texts
 * @throws ApiError 400, 415
 */
export function decodeObject(body: Buffer, mediaType: string, kind: string): JsonObject {
  if (mediaType === 'application/vnd.kubernetes.protobuf' || isProtobuf(body)) return decodeProtobuf(body);
  if (mediaType === 'application/yaml') return parseYaml(body, kind);
  if (mediaType !== '' && mediaType !== 'application/json') {
    throw unsupportedMediaType(
      'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf',
    );
  }
  return parseJson(body, kind);
}

const unrecognized = (kind: string, problem: string, body: Buffer): ApiError =>
  badRequest(
    `the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; json parse error: ${problem} (${summaryOf(body)})`,
  );

const MAX_SUMMARY_BYTES = 30;

/**
 * Returns the beginning of a body, in hexadecimal unless it looks like JSON
 * (staging/src/k8s.io/apiserver/pkg/endpoints/handlers/rest.go @v1.32).
 */
function summaryOf(body: Buffer): string {
  if (body.length === 0) return '<empty>';
  const start = body.subarray(0, MAX_SUMMARY_BYTES);
  const text = start[0] === 0x7b ? start.toString() : start.toString('hex');
  return body.length > MAX_SUMMARY_BYTES ? `${text} ...` : text;
}

/** Deeper than any object of Kubernetes, and no danger to the stack. */
const MAX_DEPTH = 1000;
/** More than fits a body, except by aliases of YAML that multiply each other. */
const MAX_VALUES = 1_000_000;

/**
 * Checks that a value is no danger.
 * @returns the number of keys in all its objects
 * @throws ApiError 400 for what is too deep, a ring, or blown up by aliases
 */
export function checkShape(value: unknown): number {
  let count = 0;
  let keys = 0;
  const visit = (current: unknown, depth: number): void => {
    if (typeof current !== 'object' || current === null) return;
    if (depth > MAX_DEPTH) throw badRequest('exceeded max depth');
    const entries = Object.values(current);
    if (!Array.isArray(current)) keys += entries.length;
    for (const entry of entries) {
      if (++count > MAX_VALUES)
        throw badRequest('error converting YAML to JSON: yaml: document contains excessive aliasing');
      visit(entry, depth + 1);
    }
  };
  visit(value, 0);
  return keys;
}

/**
 * Reads the body of a subresource or a review, whose fields are held against their types as those of stored
 * objects are. Unknown fields are dropped.
 * @throws ApiError 400 for what is no object of the kind, or has a value of another type
 */
export function decodeTyped(
  body: Buffer,
  mediaType: string,
  { apiVersion, kind }: { readonly apiVersion: string; readonly kind: string },
): JsonObject {
  const object = decodeObject(body, mediaType, kind);
  keepBuiltIn(apiVersion, kind, object);
  return object;
}

function parseJson(body: Buffer, kind: string): JsonObject {
  const text = body.toString();
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw unrecognized(kind, jsonProblem(error, text), body);
  }
  const keyCount = checkShape(value);
  // An object whose fields are all absent, as Go has it.
  if (value === null) return {};
  if (!isObject(value)) {
    throw unrecognized(
      kind,
      `json: cannot unmarshal ${jsonTypeOf(value)} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`,
      body,
    );
  }
  noteDuplicates(value, jsonDuplicates(text, keyCount));
  return value;
}

/** Reads a document of YAML; JSON is YAML too. @throws ApiError 400 */
const parseYaml = (body: Buffer, kind: string): JsonObject => readYaml(body, kind).object;

/**
 * Reads a document of YAML, and tells of the lines that repeat a key: `line 3: key "a" already set in map`.
 * @throws ApiError 400
 */
export function readYaml(
  body: Buffer,
  kind: string,
): { readonly object: JsonObject; readonly lines: readonly string[] } {
  let document: YamlDocument;
  try {
    document = loadYaml(body.toString());
  } catch (error) {
    throw badRequest(
      `error decoding YAML: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'not YAML'}`,
    );
  }
  const { value, duplicates } = document;
  checkShape(value);
  if (!isObject(value))
    throw unrecognized(kind, `json: cannot unmarshal ${jsonTypeOf(value)} into Go value`, body);
  noteDuplicates(value, duplicates);
  return { object: value, lines: duplicates?.lines ?? [] };
}
