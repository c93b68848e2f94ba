/** ConfigMaps and Secrets: keys, sizes, and what an immutable one keeps (pkg/apis/core/validation @v1.32). */

import { type FieldError, forbiddenValue, IMMUTABLE, invalidValue, required } from '../field-errors.ts';
import { equal, type KubernetesObject, objectOf } from '../json.ts';
import { problemsOfConfigKey } from './names.ts';

const MAX_CONTENT_BYTES = 1024 * 1024;

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
  if (old?.['immutable'] === true) errors.push(...changesOfImmutable(object, old));
  return errors;
}

/** Finds what has changed of an object that must not change any more. */
function changesOfImmutable(object: KubernetesObject, old: KubernetesObject): FieldError[] {
  const refusal = (field: string) => forbiddenValue(field, 'field is immutable when `immutable` is set');
  return [
    ...(object['immutable'] === true ? [] : [refusal('immutable')]),
    ...['data', 'binaryData'].filter(map => !equal(object[map], old[map])).map(refusal),
  ];
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
  return [...errors, ...missingForType(secret)];
}

/** Finds what the type of a Secret asks for and the Secret does not have. */
function missingForType(secret: KubernetesObject): FieldError[] {
  const data = objectOf(secret['data']);
  const absent = (...keys: string[]) =>
    keys.filter(key => data[key] === undefined).map(key => required(`data[${key}]`));
  switch (secret['type']) {
    case 'kubernetes.io/service-account-token':
      return secret.metadata.annotations?.['kubernetes.io/service-account.name']
        ? []
        : [required('metadata.annotations[kubernetes.io/service-account.name]')];
    case 'kubernetes.io/tls':
      return absent('tls.crt', 'tls.key');
    case 'kubernetes.io/dockerconfigjson':
      return absent('.dockerconfigjson');
    default:
      return [];
  }
}
