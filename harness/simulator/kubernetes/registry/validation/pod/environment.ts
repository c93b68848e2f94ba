/**
 * The environment of a container: variables, and what their values are (core/validation @v1.34, ValidateEnv).
 */
import { type FieldError, invalidValue, notSupported, required } from '../../field-errors.ts';
import { isObject, type JsonObject, objectOf } from '../../json.ts';
import { parseQuantity } from '../../quantity.ts';
import { invalidFor, qualifiedName, requiredText, subdomainText, textOf } from '../entries.ts';
import { problemsOfConfigKey, problemsOfSubdomain } from '../names.ts';

const FIELDS_IN_ENVIRONMENT = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];
/** What `fieldRef` knows at all (pkg/apis/core/pods/helpers.go, ConvertDownwardAPIFieldLabel). */
const POD_FIELDS = [
  ...FIELDS_IN_ENVIRONMENT,
  'metadata.annotations',
  'metadata.labels',
  'spec.restartPolicy',
  'spec.schedulerName',
  'spec.host',
  'status.phase',
];
const RESOURCES = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
];
const BYTE_UNITS = ['1', '1k', '1M', '1G', '1T', '1P', '1E', '1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei'];

/** Checks the variables of a container, one by one. */
export function validateEnv(env: readonly JsonObject[], field: string): FieldError[] {
  return env.flatMap((entry, index) => {
    const path = `${field}[${index}]`;
    const name = textOf(entry['name']);
    const errors = name === '' ? [required(`${path}.name`)] : problemsOfVariable(name, `${path}.name`);
    if (!isObject(entry['valueFrom'])) return errors;
    return [...errors, ...validateSource(entry, entry['valueFrom'], `${path}.valueFrom`)];
  });
}

/** All printable ASCII characters but the equals sign are taken (IsRelaxedEnvVarName). */
function problemsOfVariable(name: string, field: string): FieldError[] {
  if (/^[\x20-\x3c\x3e-\x7e]+$/.test(name)) return [];
  const problem =
    "a valid environment variable name must consist only of printable ASCII characters other than '='";
  return [invalidValue(field, name, problem)];
}

/** Checks that a value has one source, and that source. */
function validateSource(entry: JsonObject, source: JsonObject, field: string): FieldError[] {
  const errors: FieldError[] = [];
  let count = 0;
  const check = (key: string, validate: (value: JsonObject, path: string) => FieldError[]): void => {
    const value = source[key];
    if (!isObject(value)) return;
    count++;
    errors.push(...validate(value, `${field}.${key}`));
  };
  check('fieldRef', (value, path) => validateFieldRef(value, path, FIELDS_IN_ENVIRONMENT));
  check('resourceFieldRef', (value, path) => validateResourceRef(value, path, false));
  check('configMapKeyRef', validateKeyRef);
  check('secretKeyRef', validateKeyRef);
  if (count === 0) {
    const one = 'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`';
    errors.push(invalidValue(field, '', one));
  } else if (textOf(entry['value']) !== '') {
    errors.push(invalidValue(field, '', 'may not be specified when `value` is not empty'));
  } else if (count > 1) {
    errors.push(invalidValue(field, '', 'may not have more than one field specified at a time'));
  }
  return errors;
}

/**
 * Checks a reference to a field of the pod (validateObjectFieldSelector).
 * @param supported - the fields that may be named here, sorted
 */
export function validateFieldRef(
  { apiVersion, fieldPath }: JsonObject,
  field: string,
  supported: readonly string[],
): FieldError[] {
  const path = textOf(fieldPath);
  const version = textOf(apiVersion);
  if (version === '') return [required(`${field}.apiVersion`)];
  if (path === '') return [required(`${field}.fieldPath`)];
  const problem = (text: string) => [
    invalidValue(`${field}.fieldPath`, path, `error converting fieldPath: ${text}`),
  ];
  if (version !== 'v1') return problem(`unsupported pod version: ${version}`);
  const [, map, key] = /^([^[]+)\['(.*)'\]$/.exec(path) ?? [];
  if (map !== undefined && key !== undefined) {
    if (map === 'metadata.annotations') return qualifiedName(key.toLowerCase(), field);
    if (map === 'metadata.labels') return qualifiedName(key, field);
    return problem(`field label does not support subscript: ${path}`);
  }
  if (!POD_FIELDS.includes(path)) return problem(`field label not supported: ${path}`);
  const own = path === 'spec.host' ? 'spec.nodeName' : path;
  return supported.includes(own) ? [] : [notSupported(`${field}.fieldPath`, own, supported)];
}

/**
 * Checks a reference to a resource of a container (validateContainerResourceFieldSelector).
 * @param inVolume - whether the container must be named
 */
export function validateResourceRef(ref: JsonObject, field: string, inVolume: boolean): FieldError[] {
  const resource = textOf(ref['resource']);
  const errors: FieldError[] = [];
  if (inVolume && textOf(ref['containerName']) === '') errors.push(required(`${field}.containerName`));
  else if (resource === '') errors.push(required(`${field}.resource`));
  else if (!RESOURCES.includes(resource) && !/^(requests|limits)\.hugepages-/.test(resource)) {
    errors.push(notSupported(`${field}.resource`, resource, RESOURCES));
  }
  return [...errors, ...validateDivisor(resource, ref['divisor'], `${field}.divisor`)];
}

function validateDivisor(resource: string, divisor: unknown, field: string): FieldError[] {
  const text = String(divisor ?? '0');
  if (parseQuantity(text) === 0) return [];
  const kind = /^(?:limits|requests)\.(.*)$/.exec(resource)?.[1] ?? '';
  if (kind === 'cpu') {
    if (['1m', '1'].includes(text)) return [];
    return [
      invalidValue(field, resource, "only divisor's values 1m and 1 are supported with the cpu resource"),
    ];
  }
  const name = ['memory', 'ephemeral-storage'].includes(kind)
    ? kind.replace('ephemeral', 'local ephemeral').replace('-', ' ')
    : kind.startsWith('hugepages-')
      ? 'hugepages'
      : undefined;
  if (name === undefined || BYTE_UNITS.includes(text)) return [];
  const detail = `only divisor's values ${BYTE_UNITS.join(', ')} are supported with the ${name} resource`;
  return [invalidValue(field, resource, detail)];
}

function validateKeyRef({ name, key }: JsonObject, field: string): FieldError[] {
  const errors = invalidFor(`${field}.name`, textOf(name), problemsOfSubdomain(textOf(name)));
  const text = textOf(key);
  if (text === '') return [...errors, required(`${field}.key`)];
  return [...errors, ...invalidFor(`${field}.key`, text, problemsOfConfigKey(text))];
}

/** Checks the maps that a container takes its environment from (ValidateEnvFrom). */
export function validateEnvFrom(sources: readonly JsonObject[], field: string): FieldError[] {
  return sources.flatMap((source, index) => {
    const path = `${field}[${index}]`;
    const prefix = textOf(source['prefix']);
    const errors = prefix === '' ? [] : problemsOfVariable(prefix, `${path}.prefix`);
    const named = ['configMapRef', 'secretRef'].filter(key => isObject(source[key]));
    for (const key of named) {
      const name = textOf(objectOf(source[key])['name']);
      errors.push(...requiredText(name, `${path}.${key}.name`));
      // A name that is a prefix may end with a hyphen.
      const checked = name.endsWith('-') ? `${name}a` : name;
      if (name !== '')
        errors.push(
          ...(subdomainText(checked, `${path}.${key}.name`).length > 0
            ? subdomainText(name, `${path}.${key}.name`)
            : []),
        );
    }
    if (named.length === 0)
      errors.push(invalidValue(field, '', 'must specify one of: `configMapRef` or `secretRef`'));
    if (named.length > 1)
      errors.push(invalidValue(field, '', 'may not have more than one field specified at a time'));
    return errors;
  });
}

/** The fields that a file of a volume may show, sorted. */
export const FIELDS_IN_VOLUMES: readonly string[] = [
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
];
