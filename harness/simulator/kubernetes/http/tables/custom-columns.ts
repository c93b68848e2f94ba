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
        cell: (object, now) => {
          const value = readPath(object, path);
          if (value === undefined || value === null) return null;
          if (type === 'date') return age(value, now);
          if (type === 'string' && (isObject(value) || Array.isArray(value))) return JSON.stringify(value);
          return value;
        },
      };
    }),
  ];
}
