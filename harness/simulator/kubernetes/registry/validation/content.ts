/** ConfigMaps and Secrets: keys, sizes, and what an immutable one keeps (core/validation @v1.34). */
import {
  type FieldError,
  forbiddenValue,
  IMMUTABLE,
  invalidValue,
  required,
  tooLongValue,
} from '../field-errors.ts';
import { equal, type JsonObject, type KubernetesObject, objectOf } from '../json.ts';
import { invalidFor, textOf } from './entries.ts';
import { jsonProblem } from './json-problem.ts';
import { isConfigKey, problemsOfConfigKey } from './names.ts';

const MAX_CONTENT_BYTES = 1024 * 1024;

/** How many bytes a text in base64 stands for. */
const decodedBytes = (text: string): number => Buffer.byteLength(text, 'base64');

const badKeys = (content: JsonObject, field: string): FieldError[] =>
  Object.keys(content)
    .filter(key => !isConfigKey(key))
    .flatMap(key => invalidFor(`${field}[${key}]`, key, problemsOfConfigKey(key)));

const sizeOf = (content: JsonObject, count: (text: string) => number): number =>
  Object.values(content).reduce<number>((sum, value) => sum + count(textOf(value)), 0);

/** Finds what is wrong with the keys and the size of a ConfigMap, and with changes of an immutable one. */
export function validateConfigMap(map: KubernetesObject, old: KubernetesObject | undefined): FieldError[] {
  const [data, binary] = [objectOf(map['data']), objectOf(map['binaryData'])];
  const twice = Object.keys(data)
    .filter(key => Object.hasOwn(binary, key))
    .map(key => invalidValue(`data[${key}]`, key, 'duplicate of key present in binaryData'));
  const size = sizeOf(data, Buffer.byteLength) + sizeOf(binary, decodedBytes);
  return [
    ...(old ? changesOfImmutable(map, old, ['data', 'binaryData']) : []),
    ...badKeys(data, 'data'),
    ...twice,
    ...badKeys(binary, 'binaryData'),
    ...(size > MAX_CONTENT_BYTES ? [tooLongValue('[]', MAX_CONTENT_BYTES)] : []),
  ];
}

/** Finds what has changed of an object that must not change any more. */
function changesOfImmutable(
  object: KubernetesObject,
  old: KubernetesObject,
  maps: readonly string[],
): FieldError[] {
  if (old['immutable'] !== true) return [];
  const refusal = (field: string) => forbiddenValue(field, 'field is immutable when `immutable` is set');
  return [
    ...(object['immutable'] === true ? [] : [refusal('immutable')]),
    ...maps.filter(map => !equal(object[map], old[map])).map(refusal),
  ];
}

/** Finds what is wrong with a Secret: keys, size, what its type asks for. */
export function validateSecret(secret: KubernetesObject, old: KubernetesObject | undefined): FieldError[] {
  const data = objectOf(secret['data']);
  const isChanged = old !== undefined && secret['type'] !== old['type'];
  return [
    ...(isChanged ? [invalidValue('type', secret['type'], IMMUTABLE)] : []),
    ...(old ? changesOfImmutable(secret, old, ['data']) : []),
    ...badKeys(data, 'data'),
    ...(sizeOf(data, decodedBytes) > MAX_CONTENT_BYTES ? [tooLongValue('data', MAX_CONTENT_BYTES)] : []),
    ...contentForType(secret, data),
  ];
}

const ACCOUNT = 'kubernetes.io/service-account.name';

/** Finds what the type of a Secret asks for and the Secret does not have. */
function contentForType(secret: KubernetesObject, data: JsonObject): FieldError[] {
  const missing = (...keys: string[]) =>
    keys.filter(key => data[key] === undefined).map(key => required(`data[${key}]`));
  switch (secret['type']) {
    case 'kubernetes.io/service-account-token':
      return secret.metadata.annotations?.[ACCOUNT] ? [] : [required(`metadata.annotations[${ACCOUNT}]`)];
    case 'kubernetes.io/tls':
      return missing('tls.crt', 'tls.key');
    case 'kubernetes.io/basic-auth': {
      const both = missing('username', 'password');
      return both.length === 2 ? both : [];
    }
    case 'kubernetes.io/ssh-auth':
      return textOf(data['ssh-privatekey']) === '' ? [required('data[ssh-privatekey]')] : [];
    case 'kubernetes.io/dockercfg':
      return jsonContent(data, '.dockercfg');
    case 'kubernetes.io/dockerconfigjson':
      return jsonContent(data, '.dockerconfigjson');
    default:
      return [];
  }
}

/** Checks that a key is there and holds an object in JSON. */
function jsonContent(data: JsonObject, key: string): FieldError[] {
  if (data[key] === undefined) return [required(`data[${key}]`)];
  const problem = jsonProblem(Buffer.from(textOf(data[key]), 'base64').toString());
  if (problem === undefined) return [];
  return [invalidValue(`data[${key}]`, '<secret contents redacted>', problem)];
}
