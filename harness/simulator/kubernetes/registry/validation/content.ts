/** ConfigMaps and Secrets: keys, sizes, and what an immutable one keeps (pkg/apis/core/validation @v1.32). */

import { type FieldError, forbiddenValue, IMMUTABLE, invalidValue, required } from '../field-errors.ts';
import { equal, type KubernetesObject, objectOf } from '../json.ts';
import { regexText, tooLong, whole } from './format-text.ts';

const MAX_CONTENT_BYTES = 1024 * 1024;
const CONFIG_KEY = '[-._a-zA-Z0-9]+';
const CONFIG_KEY_FORMAT = whole(CONFIG_KEY);

/** Finds what is wrong with the keys and the size of a ConfigMap, and with changes of an immutable one. */
export function validateContent(object: KubernetesObject, old: KubernetesObject | undefined): FieldError[] {
  const errors: FieldError[] = [];
  let size = 0;
  for (const map of ['data', 'binaryData']) {
    for (const [key, value] of Object.entries(objectOf(object[map]))) {
      for (const problem of problemsOfConfigKey(key))
        errors.push(invalidValue(`${map}[${key}]`, key, problem));
      size += Buffer.byteLength(String(value));
    }
  }
  // Secrets and binary data are in base64 here, which is longer by a third.
  if (size > MAX_CONTENT_BYTES * (object.kind === 'Secret' ? 4 / 3 : 1)) {
    errors.push({
      reason: 'FieldValueInvalid',
      field: object.kind === 'Secret' ? 'data' : '',
      message: `Too long: may not be more than ${MAX_CONTENT_BYTES} bytes`,
    });
  }
  if (old?.['immutable'] === true) {
    if (object['immutable'] !== true)
      errors.push(forbiddenValue('immutable', 'field is immutable when `immutable` is set'));
    for (const map of ['data', 'binaryData']) {
      if (!equal(object[map], old[map]))
        errors.push(forbiddenValue(map, 'field is immutable when `immutable` is set'));
    }
  }
  return errors;
}

/** Checks a key of a ConfigMap or Secret (apimachinery pkg/util/validation/validation.go @v1.32). */
function problemsOfConfigKey(value: string): string[] {
  const problems: string[] = [];
  if (value.length > 253) problems.push(tooLong(253));
  if (!CONFIG_KEY_FORMAT.test(value)) {
    problems.push(
      regexText(
        "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
        CONFIG_KEY,
        'key.name',
        'KEY_NAME',
        'key-name',
      ),
    );
  }
  if (value === '.') problems.push("must not be '.'");
  if (value === '..') problems.push("must not be '..'");
  else if (value.startsWith('..')) problems.push("must not start with '..'");
  return problems;
}

/** Finds what is wrong with a Secret: keys, size, what its type asks for. */
export function validateSecret(secret: KubernetesObject, old: KubernetesObject | undefined): FieldError[] {
  const errors = validateContent(secret, old);
  if (old && secret['type'] !== old['type']) errors.push(invalidValue('type', secret['type'], IMMUTABLE));
  for (const [key, value] of Object.entries(objectOf(secret['data']))) {
    if (typeof value === 'string' && !/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(value)) {
      errors.push(invalidValue(`data[${key}]`, '<secret contents redacted>', 'illegal base64 data'));
    }
  }
  const data = objectOf(secret['data']);
  switch (secret['type']) {
    case 'kubernetes.io/service-account-token':
      if (!secret.metadata.annotations?.['kubernetes.io/service-account.name']) {
        errors.push(required('metadata.annotations[kubernetes.io/service-account.name]'));
      }
      break;
    case 'kubernetes.io/tls':
      for (const key of ['tls.crt', 'tls.key'])
        if (data[key] === undefined) errors.push(required(`data[${key}]`));
      break;
    case 'kubernetes.io/dockerconfigjson':
      if (data['.dockerconfigjson'] === undefined) errors.push(required('data[.dockerconfigjson]'));
      break;
  }
  return errors;
}
