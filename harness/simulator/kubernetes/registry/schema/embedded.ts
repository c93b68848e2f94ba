/**
 * Objects within objects: what the schema marks with `x-kubernetes-embedded-resource` has a kind, and
 * metadata of its own (apiextensions-apiserver pkg/apiserver/schema/objectmeta @v1.34).
 */
import { type FieldError, inKeyOrder, invalidValue, required } from '../field-errors.ts';
import { join } from '../field-path.ts';
import { isObject, type JsonObject, objectOf } from '../json.ts';
import { keepStruct } from './built-in.ts';

/** The rules that embedded objects have in common with all others. */
export interface EmbeddedRules {
  metadata(metadata: JsonObject, field: string): readonly FieldError[];
  /** @returns the server's sentences */
  kind(kind: string): readonly string[];
}

/** Calls back for each embedded object, with its path. */
function visitEmbedded(
  value: unknown,
  schema: JsonObject,
  path: string,
  visit: (object: JsonObject, path: string) => void,
): void {
  if (Array.isArray(value)) {
    const { items } = schema;
    if (!isObject(items)) return;
    value.forEach((element, index) => {
      visitEmbedded(element, items, `${path}[${index}]`, visit);
    });
    return;
  }
  if (!isObject(value)) return;
  if (schema['x-kubernetes-embedded-resource'] === true) visit(value, path);
  const properties = objectOf(schema['properties']);
  const additional = schema['additionalProperties'];
  for (const key of Object.keys(value)) {
    const property = Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (isObject(property)) visitEmbedded(value[key], property, join(path, key), visit);
    else if (isObject(additional)) visitEmbedded(value[key], additional, `${path}[${key}]`, visit);
  }
}

const embedding = new WeakMap<JsonObject, boolean>();

/** Tells whether a schema has embedded objects anywhere; each schema is searched once. */
function embeds(schema: JsonObject): boolean {
  let known = embedding.get(schema);
  if (known === undefined) {
    const inner = [
      schema['items'],
      schema['additionalProperties'],
      ...Object.values(objectOf(schema['properties'])),
    ];
    known =
      schema['x-kubernetes-embedded-resource'] === true ||
      inner.some(entry => isObject(entry) && embeds(entry));
    embedding.set(schema, known);
  }
  return known;
}

/**
 * Drops what embedded metadata cannot have, in place.
 * @param unknown - gets the paths of what is dropped
 * @returns what cannot be read, as a sentence; undefined if all can
 */
export function keepEmbedded(object: JsonObject, schema: JsonObject, unknown: string[]): string | undefined {
  if (!embeds(schema)) return undefined;
  let problem: string | undefined;
  visitEmbedded(object, schema, '', (embedded, path) => {
    for (const key of ['apiVersion', 'kind']) {
      const value = embedded[key];
      if (value === undefined || typeof value === 'string') continue;
      const { field, message } = invalidValue(join(path, key), value, 'must be a string');
      problem ??= `${field}: ${message}`;
    }
    const { metadata } = embedded;
    if (metadata === undefined) return;
    const field = join(path, 'metadata');
    if (!isObject(metadata)) {
      delete embedded['metadata'];
      return;
    }
    const kept = keepStruct(metadata, 'meta/v1.ObjectMeta');
    unknown.push(...kept.unknown.map(name => `${field}.${name}`));
    if (kept.problem !== undefined) {
      const { message } = invalidValue(field, inKeyOrder(metadata), kept.problem);
      problem ??= `${field}: ${message}`;
    }
    if (metadata['creationTimestamp'] === null) delete metadata['creationTimestamp'];
  });
  return problem;
}

/** Finds embedded objects without a kind, or with metadata that no object may have. */
export function checkEmbedded(object: JsonObject, schema: JsonObject, rules?: EmbeddedRules): FieldError[] {
  if (!embeds(schema)) return [];
  const errors: FieldError[] = [];
  visitEmbedded(object, schema, '', (embedded, path) => {
    for (const key of ['apiVersion', 'kind']) if (!(key in embedded)) errors.push(required(join(path, key)));
    const { apiVersion, kind, metadata } = embedded;
    if (apiVersion === '') errors.push(invalidValue(join(path, 'apiVersion'), '', 'must not be empty'));
    else if (typeof apiVersion === 'string' && apiVersion.split('/').length > 2) {
      const text = `unexpected GroupVersion string: ${apiVersion}`;
      errors.push(invalidValue(join(path, 'apiVersion'), apiVersion, text));
    }
    if (kind === '') errors.push(invalidValue(join(path, 'kind'), '', 'must not be empty'));
    else if (typeof kind === 'string') {
      const problems = rules?.kind(kind) ?? [];
      const text = `may have mixed case, but should otherwise match: ${problems.join(',')}`;
      if (problems.length > 0) errors.push(invalidValue(join(path, 'kind'), kind, text));
    }
    if (isObject(metadata) && rules) errors.push(...rules.metadata(metadata, join(path, 'metadata')));
  });
  return errors;
}
