/** Request bodies in protobuf (`application/vnd.kubernetes.protobuf`), which Go clients send for built-in types. */
import type { JsonObject } from './json.ts';
import { unsupportedMediaType } from './status.ts';

const MAGIC = Buffer.from('k8s\0', 'latin1');

export function isProtobuf(body: Buffer): boolean {
  return body.subarray(0, MAGIC.length).equals(MAGIC);
}

/** @throws ApiError 415 for a type without a description */
export function decodeProtobuf(_body: Buffer): JsonObject {
  throw unsupportedMediaType('protobuf bodies');
}
