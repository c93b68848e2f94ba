/**
 * The columns that a CustomResourceDefinition declares (apiextensions-apiserver
 * pkg/registry/customresource/tableconvertor @v1.32).
 */
import { isObject, objectsOf, stringOf } from '../../registry/json.ts';
import { age } from './age.ts';
import { type Column, NAME } from './column.ts';
import { readPath } from './json-path.ts';

const CREATED: Column = {
  name: 'Age',
  type: 'date',
  cell: (object, now) => age(object.metadata.creationTimestamp, now),
};

/** @param declared - `additionalPrinterColumns`; without any there is the age */
export function customColumns(declared: readonly unknown[] | undefined): readonly Column[] {
  if (!declared) return [NAME, CREATED];
  return [
    NAME,
    ...objectsOf(declared).map((column): Column => {
      const type = stringOf(column['type']) ?? 'string';
      const path = stringOf(column['jsonPath']) ?? '';
      return {
        name: stringOf(column['name']) ?? '',
        type,
        format: stringOf(column['format']) ?? '',
        priority: Number(column['priority'] ?? 0),
        description: stringOf(column['description']) ?? '',
        cell: (object, now) => cellOf(type, readPath(object, path), now),
      };
    }),
  ];
}

/** Shows a value that fits its column; others are left out (tableconvertor.go, cellForJSONValue). */
function cellOf(type: string, value: unknown, now: number): unknown {
  if (value === undefined || value === null) return null;
  switch (type) {
    case 'integer':
      return typeof value === 'number' ? Math.trunc(value) : null;
    case 'number':
      return typeof value === 'number' ? value : null;
    case 'boolean':
      return typeof value === 'boolean' ? value : null;
    case 'date':
      return typeof value === 'string' ? age(value, now) : null;
    default:
      return isObject(value) || Array.isArray(value) ? JSON.stringify(value) : String(value);
  }
}
