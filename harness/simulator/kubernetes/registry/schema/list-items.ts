/**
 * No two elements of a set are equal, and no two of a map have the same keys (apiextensions-apiserver
 * pkg/apiserver/schema/listtype/validation.go @v1.34).
 */
import { duplicate, type FieldError, inKeyOrder, invalidValue } from '../field-errors.ts';
import { join } from '../field-path.ts';
import { isObject, type JsonObject, listOf, objectOf } from '../json.ts';

/** Finds the elements that are there twice, in all lists of an object. */
export function checkListItems(value: unknown, schema: JsonObject, path = ''): FieldError[] {
  if (Array.isArray(value)) {
    const { items } = schema;
    const errors = problemsOfList(value, schema, path);
    if (isObject(items)) {
      value.forEach((element, index) => {
        errors.push(...checkListItems(element, items, `${path}[${index}]`));
      });
    }
    return errors;
  }
  if (!isObject(value)) return [];
  const properties = objectOf(schema['properties']);
  const additional = schema['additionalProperties'];
  const errors: FieldError[] = [];
  for (const key of Object.keys(value)) {
    const property = Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (isObject(property)) errors.push(...checkListItems(value[key], property, join(path, key)));
    else if (isObject(additional)) errors.push(...checkListItems(value[key], additional, `${path}[${key}]`));
  }
  return errors;
}

function problemsOfList(list: readonly unknown[], schema: JsonObject, path: string): FieldError[] {
  const listType = schema['x-kubernetes-list-type'];
  if (listType === 'set') return repeated(list, path);
  if (listType !== 'map') return [];
  const misfit = list.findIndex(element => element !== null && !isObject(element));
  if (misfit >= 0) {
    const text = 'must be an object for an array of list-type map';
    return [invalidValue(`${path}[${misfit}]`, list[misfit], text)];
  }
  const keys = listOf(schema['x-kubernetes-list-map-keys']).map(String);
  return repeated(
    list.map(element => {
      const fields = objectOf(element);
      return Object.fromEntries(keys.filter(key => key in fields).map(key => [key, fields[key]]));
    }),
    path,
  );
}

/** Reports the second appearance of each value, and no later one. */
function repeated(values: readonly unknown[], path: string): FieldError[] {
  if (values.length < 2) return [];
  const seen = new Map<string, number>();
  const errors: FieldError[] = [];
  values.forEach((value, index) => {
    const ordered = inKeyOrder(value);
    const text = JSON.stringify(ordered);
    const times = (seen.get(text) ?? 0) + 1;
    seen.set(text, times);
    if (times === 2) errors.push(duplicate(`${path}[${index}]`, ordered));
  });
  return errors;
}
