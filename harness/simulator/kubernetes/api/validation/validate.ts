/** Finds all that is wrong with an object that a client wrote. */
import type { Validator } from '../objects.ts';
import { keyOf } from '../resources.ts';
import { KIND_VALIDATORS } from './kinds.ts';
import { validateMetadata } from './metadata.ts';

/** A status, a binding and a finalizer are written by components that know what they do. */
const UNCHECKED: readonly string[] = ['status', 'binding', 'finalize'];

export const validateObject: Validator = (type, object, old, { subresource }) => {
  if (UNCHECKED.includes(subresource)) return [];
  const errors = validateMetadata(type, object);
  return [...errors, ...(KIND_VALIDATORS[keyOf(type)]?.(object, old) ?? [])];
};
