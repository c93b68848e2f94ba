/**
 * What an alternative of a schema speaks of must be declared outside it (apiextensions-apiserver
 * pkg/apiserver/schema/complete.go @v1.34).
 */
import { type FieldError, required } from '../field-errors.ts';
import { isObject, type JsonObject, objectOf, objectsOf } from '../json.ts';

/** Where a schema is declared, and where an alternative speaks of it. */
interface Place {
  readonly declared: string;
  readonly used: string;
}

/** Finds the fields and items that only `allOf`, `anyOf`, `oneOf` or `not` name. */
export function validateCompleteness(schema: JsonObject, path: string): FieldError[] {
  return problemsOfAlternatives(schema, schema, { declared: path, used: path });
}

function problemsOfAlternatives(value: JsonObject, schema: JsonObject, at: Place): FieldError[] {
  const errors: FieldError[] = [];
  const visit = (nested: JsonObject, step: string) =>
    errors.push(...problemsOfNested(nested, schema, { ...at, used: `${at.used}.${step}` }));
  if (isObject(value['not'])) visit(value['not'], 'not');
  for (const list of ['allOf', 'anyOf', 'oneOf']) {
    objectsOf(value[list]).forEach((entry, index) => {
      visit(entry, `${list}[${index}]`);
    });
  }
  return errors;
}

function problemsOfNested(value: JsonObject, schema: JsonObject, at: Place): FieldError[] {
  const errors = problemsOfAlternatives(value, schema, at);
  const visit = (nested: unknown, declared: unknown, step: string) => {
    if (!isObject(nested)) return;
    const place = { declared: `${at.declared}.${step}`, used: `${at.used}.${step}` };
    errors.push(
      ...(isObject(declared)
        ? problemsOfNested(nested, declared, place)
        : [required(place.declared, `because it is defined in ${place.used}`)]),
    );
  };
  visit(value['items'], schema['items'], 'items');
  const properties = objectOf(schema['properties']);
  for (const [name, property] of Object.entries(objectOf(value['properties'])))
    visit(property, properties[name], `properties[${name}]`);
  return errors;
}
