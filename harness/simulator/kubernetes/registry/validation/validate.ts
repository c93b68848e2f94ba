/** Finds all that is wrong with an object that a client wrote. */

import { define } from '../define-resource.ts';
import { DEFINITIONS } from '../definitions.ts';
import type { FieldError } from '../field-errors.ts';
import { isObject, type JsonObject, type KubernetesObject, stringOf } from '../json.ts';
import { NAMESPACES } from '../namespaces.ts';
import { type CustomResource, keyOf, type ResourceType } from '../resources.ts';
import type { EmbeddedRules } from '../schema/embedded.ts';
import { problemsOfRules } from '../schema/rule-problems.ts';
import { validateStatus, validateStructure } from '../schema/structural.ts';
import type { Validator } from '../validator.ts';
import { schemasOf } from './definition.ts';
import { warnOfFormats } from './definition-formats.ts';
import { KIND_VALIDATORS, STATUS_VALIDATORS } from './kinds.ts';
import { validateMetadata, warnOfFinalizers } from './metadata.ts';
import { problemsOfLabel1035 } from './names.ts';
import { validateFinalize } from './namespace-finalizers.ts';

/** A binding and a finalizer are written by components that know what they do. */
const UNCHECKED: readonly string[] = ['binding', 'finalize'];

/** Finds all that is wrong with an object, its metadata first. */
export const validateObject: Validator = (type, object, old, { subresource, version, warn }) => {
  if (type.custom) return validateCustom(type.custom, object, old, { type, subresource, version, warn });
  if (subresource === 'status')
    return [...validateMetadata(type, object), ...(STATUS_VALIDATORS[keyOf(type)]?.(object, old) ?? [])];
  if (keyOf(type) === NAMESPACES && subresource === 'finalize') return validateFinalize(object);
  if (UNCHECKED.includes(subresource)) return [];
  const errors = validateMetadata(type, object);
  errors.push(...(KIND_VALIDATORS[keyOf(type)]?.(object, old, subresource) ?? []));
  if (keyOf(type) !== DEFINITIONS) return errors;
  // A schema that is not well-formed otherwise has no types to hold expressions against.
  if (!errors.some(({ field }) => field.includes('openAPIV3Schema'))) errors.push(...rulesIn(object));
  if (errors.length === 0) warnOfFormats(object, old, warn);
  return errors;
};

/** Looks at the rules in CEL of a definition that is well-formed otherwise. */
function rulesIn(definition: KubernetesObject): FieldError[] {
  return schemasOf(definition).flatMap(([schema, path]) => problemsOfRules(schema, path));
}

interface CustomWrite {
  readonly type: ResourceType;
  readonly subresource: string;
  readonly version: string;
  readonly warn: (text: string) => void;
}

function validateCustom(
  custom: CustomResource,
  object: KubernetesObject,
  old: KubernetesObject | undefined,
  { type, subresource, version, warn }: CustomWrite,
): FieldError[] {
  const errors = validateMetadata(type, object);
  const schema = custom.schemas[version];
  if (!isObject(schema)) return errors;
  const structure = { schema, scale: custom.scales[version], embedded: EMBEDDED_RULES, warn };
  if (subresource === 'status') return validateStatus(object, old, structure, errors);
  const found = validateStructure(object, old, structure, errors);
  if (found.length === 0) warnOfFinalizers(object, old, warn);
  return found;
}

/** Embedded objects need no name, and theirs may be that of any kind. */
function checkEmbeddedMetadata(metadata: JsonObject, field: string): FieldError[] {
  const named = { ...metadata, name: stringOf(metadata['name']) || 'fakename' };
  const errors = validateMetadata(EMBEDDED, { kind: '', apiVersion: '', metadata: named });
  return errors.map(error => ({ ...error, field: error.field.replace(/^metadata/, field) }));
}

const EMBEDDED_RULES: EmbeddedRules = {
  metadata: checkEmbeddedMetadata,
  kind: kind => problemsOfLabel1035(kind.toLowerCase()),
};

const EMBEDDED: ResourceType = define('', ['v1'], 'embedded', 'Embedded', { nameRule: 'path-segment' });
