/**
 * Columns, selectable fields and subresources of a definition's version (apiextensions-apiserver
 * pkg/apis/apiextensions/validation/validation.go @v1.34).
 */
import { duplicate, type FieldError, invalidValue, required } from '../field-errors.ts';
import { isObject, type JsonObject, objectOf, stringOf } from '../json.ts';
import { followPath } from '../schema/schema-path.ts';
import type { VersionParts } from './definition-shape.ts';
import { isConvertible } from './structural-schema.ts';

const COLUMN_TYPES = ['boolean', 'date', 'integer', 'number', 'string'];
const COLUMN_FORMATS = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password'];
const MAX_SELECTABLE_FIELDS = 8;

/** Checks one column of tables. */
export function validateColumn(column: JsonObject, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const textOf = (key: string) => stringOf(column[key]) ?? '';
  const [type, format, jsonPath] = [textOf('type'), textOf('format'), textOf('jsonPath')];
  if (textOf('name') === '') errors.push(required(`${path}.name`));
  const types = `must be one of ${COLUMN_TYPES.join(',')}`;
  if (type === '') errors.push(required(`${path}.type`, types));
  else if (!COLUMN_TYPES.includes(type)) errors.push(invalidValue(`${path}.type`, type, types));
  if (format !== '' && !COLUMN_FORMATS.includes(format)) {
    const text = `must be one of ${COLUMN_FORMATS.join(',')}`;
    errors.push(invalidValue(`${path}.format`, format, text));
  }
  if (jsonPath === '') errors.push(required(`${path}.JSONPath`));
  return [...errors, ...problemsOfSimplePath(jsonPath, `${path}.JSONPath`)];
}

function problemsOfSimplePath(path: string, field: string): FieldError[] {
  if (path === '' || path.startsWith('.')) return [];
  return [invalidValue(field, path, 'must be a simple json path starting with .')];
}

/** Checks the paths of a scale. */
export function validateSubresources(subresources: JsonObject | undefined, path: string): FieldError[] {
  const { scale } = subresources ?? {};
  if (!isObject(scale)) return [];
  const check = (key: string, roots: readonly string[], places: string, isOptional = false) => {
    const text = stringOf(scale[key]) ?? '';
    const field = `${path}.scale.${key}`;
    if (text === '') return isOptional ? [] : [required(field)];
    const problems = problemsOfSimplePath(text, field);
    if (problems.length > 0) return problems;
    if (roots.some(root => text.startsWith(root))) return [];
    return [invalidValue(field, text, `should be a json path under ${places}`)];
  };
  return [
    ...check('specReplicasPath', ['.spec.'], '.spec'),
    ...check('statusReplicasPath', ['.status.'], '.status'),
    ...check('labelSelectorPath', ['.spec.', '.status.'], 'either .spec or .status', true),
  ];
}

/** Checks the fields by which objects can be selected. @param path - of the version, or of the spec */
export function validateSelectableFields(
  { selectableFields: fields }: VersionParts,
  validation: JsonObject | undefined,
  path: string,
): FieldError[] {
  const { openAPIV3Schema: schema } = validation ?? {};
  const at = `${path}.selectableFields`;
  if (fields.length === 0 || (isObject(schema) && !isConvertible(schema))) return [];
  if (!isObject(schema)) {
    const text =
      path === 'spec'
        ? 'may only be set when validations.schema is included'
        : 'may only be set when `version.schema.openAPIV3Schema` is not included';
    return [invalidValue(at, '', text)];
  }
  const seen = new Set<string>();
  const errors = fields.flatMap((field, index) =>
    problemsOfSelectable(stringOf(field['jsonPath']) ?? '', schema, `${at}[${index}].jsonPath`, seen),
  );
  if (seen.size > MAX_SELECTABLE_FIELDS) {
    const message = `Too many: ${seen.size}: must have at most ${MAX_SELECTABLE_FIELDS} items`;
    errors.push({ reason: 'FieldValueTooMany', field: at, message });
  }
  return errors;
}

function problemsOfSelectable(
  jsonPath: string,
  schema: JsonObject,
  at: string,
  seen: Set<string>,
): FieldError[] {
  if (jsonPath === '') return [required(at)];
  const found = followPath(jsonPath, schema, false);
  if (found instanceof Error) return [invalidValue(at, jsonPath, `is an invalid path: ${found.message}`)];
  const errors: FieldError[] = [];
  if (found.steps[0] === 'metadata')
    errors.push(invalidValue(at, jsonPath, 'must not point to fields in metadata'));
  if (!['string', 'boolean', 'integer'].includes(String(objectOf(found.schema)['type']))) {
    const types = 'must point to a field of type string, boolean or integer.';
    const text = `${types} Enum string fields and strings with formats are allowed.`;
    errors.push(invalidValue(at, jsonPath, text));
  }
  const name = found.steps.join('.');
  if (seen.has(name)) errors.push(duplicate(at, jsonPath));
  seen.add(name);
  return errors;
}

/** Checks the sentence that tells clients of a version that will go. */
export function validateDeprecation(
  isDeprecated: boolean,
  warning: string | undefined,
  path: string,
): FieldError[] {
  if (warning === undefined) return [];
  const problems: string[] = [];
  if (!isDeprecated) problems.push('can only be set for deprecated versions');
  else {
    if (Buffer.byteLength(warning) > 256) problems.push('must be <= 256 characters long');
    if (warning === '') problems.push('must not be an empty string');
    const unprintable = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.exec(warning);
    if (unprintable) {
      const index = Buffer.byteLength(warning.slice(0, unprintable.index));
      problems.push(
        `must only contain printable UTF-8 characters; non-printable character found at index ${index}`,
      );
    }
  }
  return problems.map(text => invalidValue(`${path}.deprecationWarning`, warning, text));
}
