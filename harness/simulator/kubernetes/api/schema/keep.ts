/** Holds what a client sent against the schema of its kind: unknown fields are refused, told of or dropped. */
import type { JsonObject } from '../json.ts';
import type { ResourceType } from '../resources.ts';

export interface SchemaOptions {
  /** `Strict`, `Warn`, `Ignore`; empty: `Warn`. */
  readonly mode: string;
  warn(text: string): void;
}

/** Drops unknown fields in place. @throws ApiError 400 */
export function keepToSchema(
  _type: ResourceType,
  _version: string,
  _object: JsonObject,
  _options: SchemaOptions,
): void {}
