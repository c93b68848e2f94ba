/** Finds all that is wrong with an object that a client wrote. */

import { DEFINITIONS } from '../definitions.ts';
import type { FieldError } from '../field-errors.ts';
import { isObject, type KubernetesObject, objectOf, objectsOf } from '../json.ts';
import { keyOf } from '../resources.ts';
import { problemsOfRules } from '../schema/rules.ts';
import { validateStructure } from '../schema/structural.ts';
import type { Validator } from '../validator.ts';
import { KIND_VALIDATORS } from './kinds.ts';
import { validateMetadata } from './metadata.ts';

/** A status, a binding and a finalizer are written by components that know what they do; metadata is not. */
const UNCHECKED: readonly string[] = ['status', 'binding', 'finalize'];

/** Finds all that is wrong with an object, its metadata first. */
export const validateObject: Validator = (type, object, old, { subresource, version, warn }) => {
  if (UNCHECKED.includes(subresource)) return subresource === 'status' ? validateMetadata(type, object) : [];
  const errors = validateMetadata(type, object);
  if (type.custom) {
    const schema = type.custom.schemas[version];
    return isObject(schema) ? [...errors, ...validateStructure(object, old, schema)] : errors;
  }
  const own = KIND_VALIDATORS[keyOf(type)]?.(object, old) ?? [];
  const rules = keyOf(type) === DEFINITIONS ? rulesIn(object, warn) : [];
  return [...errors, ...own, ...rules];
};

function rulesIn(definition: KubernetesObject, warn: (text: string) => void): FieldError[] {
  return objectsOf(objectOf(definition['spec'])['versions']).flatMap(({ schema }, index) =>
    problemsOfRules(
      objectOf(schema)['openAPIV3Schema'],
      `spec.versions[${index}].schema.openAPIV3Schema`,
      warn,
    ),
  );
}
