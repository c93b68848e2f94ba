/** Holds what a client sent against the schema of its kind: it refuses, warns of or drops unknown fields. */
import { isObject, type JsonObject } from '../json.ts';
import { dropNulls } from '../nulls.ts';
import { prune } from '../prune.ts';
import { apiVersionOf, type ResourceType } from '../resources.ts';
import { applySchemaDefaults } from '../schema-defaults.ts';
import { type ApiError, badRequest } from '../status.ts';
import { keepBuiltIn, keepStruct } from './built-in.ts';
import { keepEmbedded } from './embedded.ts';

/** How to treat unknown fields: the query's `fieldValidation`. */
export interface SchemaOptions {
  /** `Strict`, `Warn`, `Ignore`; empty: `Warn`. */
  readonly mode: string;
  /** The minor version of Kubernetes, 34 for 1.34. */
  readonly minor: number;
  /** False: custom resources keep what they lack; it is filled in later. */
  readonly fillsDefaults?: boolean;
  /**
   * Puts the unknown fields together with those that the body has twice. Absent: it has none twice.
   * @param isTyped - the fields of built-in kinds are found one after the other
   */
  problemsWith?(unknown: readonly string[], isTyped: boolean): FieldProblems;
  warn(text: string): void;
}

/** What a client is told of its fields: in one refusal, or as warnings. */
export interface FieldProblems {
  readonly texts: readonly string[];
  readonly warnings: readonly string[];
}

const unknownAlone = (unknown: readonly string[]): FieldProblems => {
  const texts = unknown.map(field => `unknown field ${JSON.stringify(field)}`);
  return { texts, warnings: texts };
};

/** Drops unknown fields in place. @throws ApiError 400 */
export function keepToSchema(
  type: ResourceType,
  version: string,
  object: JsonObject,
  { mode, minor, fillsDefaults = true, problemsWith, warn }: SchemaOptions,
): void {
  const unknown = unknownFields(type, version, object, minor);
  if (fillsDefaults) fillDefaults(type, version, object);
  if (unknown.length === 0 && !problemsWith) return;
  const { texts, warnings } = (problemsWith ?? unknownAlone)(unknown, !type.custom);
  if (mode === 'Strict') {
    throw badRequest(
      `${type.kind} in version ${JSON.stringify(version)} cannot be handled as a ${type.kind}: strict decoding error: ${texts.join(', ')}`,
    );
  }
  if (mode !== 'Ignore') for (const text of warnings) warn(text);
}

function unknownFields(
  type: ResourceType,
  version: string,
  object: JsonObject,
  minor: number,
): readonly string[] {
  if (!type.custom) return keepBuiltIn(apiVersionOf(type.group, version), type.kind, object, minor) ?? [];
  const schema = type.custom.schemas[version];
  if (!isObject(schema)) return [];
  const unknown: string[] = [];
  if (isObject(object['metadata'])) {
    const { unknown: names, problem } = keepStruct(object['metadata'], 'meta/v1.ObjectMeta');
    unknown.push(...names.map(name => `metadata.${name}`));
    if (problem !== undefined) throw cannotBeHandled(type, version, problem);
  }
  prune(object, schema, '', unknown, true);
  unknown.sort();
  dropNulls(object, schema);
  const problem = keepEmbedded(object, schema, unknown);
  if (problem !== undefined) {
    throw cannotBeHandled(type, version, problem);
  }
  return unknown;
}

const cannotBeHandled = ({ kind }: ResourceType, version: string, problem: string): ApiError =>
  badRequest(`${kind} in version ${JSON.stringify(version)} cannot be handled as a ${kind}: ${problem}`);

/** Fills in what a custom resource lacks and its schema has a default for, in place. */
export function fillDefaults(type: ResourceType, version: string, object: JsonObject): void {
  const schema = type.custom?.schemas[version];
  if (isObject(schema)) applySchemaDefaults(object, schema);
}
