/** Finds all that is wrong with an object that a client wrote. */

import { isObject } from '../json.ts';
import type { Validator } from '../objects.ts';
import { keyOf } from '../resources.ts';
import { validateStructure } from '../schema/structural.ts';
import { KIND_VALIDATORS } from './kinds.ts';
import { validateMetadata } from './metadata.ts';

/** A status, a binding and a finalizer are written by components that know what they do. */
const UNCHECKED: readonly string[] = ['status', 'binding', 'finalize'];

export const validateObject: Validator = (type, object, old, { subresource, version }) => {
  if (UNCHECKED.includes(subresource)) return [];
  const errors = validateMetadata(type, object);
  if (type.custom) {
    const schema = type.custom.schemas[version];
    return isObject(schema) ? [...errors, ...validateStructure(object, schema)] : errors;
  }
  return [...errors, ...(KIND_VALIDATORS[keyOf(type)]?.(object, old) ?? [])];
};
