/** Files in volumes: of maps, of the pod, tokens (core/validation @v1.34, validateProjectionSources). */
import { type FieldError, forbiddenValue, invalidValue, required } from '../../field-errors.ts';
import { isObject, type JsonObject, objectsOf } from '../../json.ts';
import { isSet, numberOf, requiredText, textOf } from '../entries.ts';
import { FIELDS_IN_VOLUMES, validateFieldRef, validateResourceRef } from './environment.ts';
import { nonReservedPath } from './paths.ts';

const MAX_MODE = 0o777;
const MIN_TOKEN_SECONDS = 600;
const MAX_TOKEN_SECONDS = 2 ** 32;

/** Checks the permissions of files. */
export function validateMode(mode: unknown, field: string): FieldError[] {
  if (!isSet(mode) || (numberOf(mode) >= 0 && numberOf(mode) <= MAX_MODE)) return [];
  const text = 'must be a number between 0 and 0777 (octal), both inclusive';
  return [invalidValue(field, mode, text)];
}

/** Checks which keys of a map become files (validateKeyToPath). */
export function validateItems(items: readonly JsonObject[], field: string): FieldError[] {
  return items.flatMap(({ key, path, mode }, index) => {
    const at = `${field}[${index}]`;
    return [
      ...requiredText(key, `${at}.key`),
      ...requiredText(path, `${at}.path`),
      ...nonReservedPath(textOf(path), `${at}.path`),
      ...validateMode(mode, `${at}.mode`),
    ];
  });
}

/** Checks which fields of the pod become files; the server's errors name the volume, not the file. */
export function validateDownwardItems(items: readonly JsonObject[], field: string): FieldError[] {
  return items.flatMap(({ path, fieldRef, resourceFieldRef, mode }) => {
    const errors = [
      ...requiredText(path, `${field}.path`),
      ...nonReservedPath(textOf(path), `${field}.path`),
    ];
    if (isObject(fieldRef)) {
      errors.push(...validateFieldRef(fieldRef, `${field}.fieldRef`, FIELDS_IN_VOLUMES));
      if (isObject(resourceFieldRef)) {
        const text = 'fieldRef and resourceFieldRef can not be specified simultaneously';
        errors.push(invalidValue(field, 'resource', text));
      }
    } else if (isObject(resourceFieldRef)) {
      errors.push(...validateResourceRef(resourceFieldRef, `${field}.resourceFieldRef`, true));
    } else errors.push(required(field, 'one of fieldRef and resourceFieldRef is required'));
    return [...errors, ...validateMode(mode, `${field}.mode`)];
  });
}

/** Checks a volume of several sources. */
export function validateProjected(source: JsonObject, field: string): FieldError[] {
  const errors = validateMode(source['defaultMode'], `${field}.defaultMode`);
  const taken = new Set<string>();
  for (const [index, part] of objectsOf(source['sources']).entries()) {
    const at = `${field}.sources[${index}]`;
    const kinds = ['secret', 'configMap', 'downwardAPI', 'serviceAccountToken', 'clusterTrustBundle'].filter(
      kind => isObject(part[kind]),
    );
    for (const kind of kinds) errors.push(...validatePart(kind, part[kind], { at, field, taken }));
    if (kinds.length > 1)
      errors.push(forbiddenValue(at, 'may not specify more than 1 volume type per source'));
  }
  return errors;
}

interface PartPlace {
  /** The source. */
  readonly at: string;
  /** The volume, which the errors about paths name. */
  readonly field: string;
  /** The paths before it. */
  readonly taken: Set<string>;
}

function validatePart(kind: string, value: unknown, { at, field, taken }: PartPlace): FieldError[] {
  const part = isObject(value) ? value : {};
  const path = `${at}.${kind}`;
  const items = objectsOf(part['items']);
  if (kind === 'serviceAccountToken') return validateToken(part, path, field);
  if (kind === 'clusterTrustBundle') {
    const isNamed = isSet(part['name']) || isSet(part['signerName']);
    return isNamed ? [] : [required(path, 'either name or signerName must be specified')];
  }
  const errors = kind === 'downwardAPI' ? [] : requiredText(part['name'], `${path}.name`);
  for (const [index, item] of items.entries()) {
    if (kind === 'downwardAPI') errors.push(...validateDownwardItems([item], path));
    else {
      const found = validateItems([item], `${path}.items`);
      errors.push(...found.map(error => ({ ...error, field: error.field.replace('[0]', `[${index}]`) })));
    }
    const target = textOf(item['path']);
    if (target !== '' && taken.has(target)) {
      const shown = kind === 'downwardAPI' ? target : textOf(part['name']);
      errors.push(invalidValue(field, shown, 'conflicting duplicate paths'));
    }
    taken.add(target);
  }
  return errors;
}

function validateToken({ expirationSeconds, path }: JsonObject, at: string, field: string): FieldError[] {
  const seconds = numberOf(expirationSeconds);
  const errors: FieldError[] = [];
  const bad = (text: string) => errors.push(invalidValue(`${at}.expirationSeconds`, seconds, text));
  if (seconds < MIN_TOKEN_SECONDS) bad('may not specify a duration less than 10 minutes');
  if (seconds > MAX_TOKEN_SECONDS) bad('may not specify a duration larger than 2^32 seconds');
  if (textOf(path) === '') return [...errors, required(`${field}.path`)];
  return [...errors, ...nonReservedPath(textOf(path), `${field}.path`)];
}
