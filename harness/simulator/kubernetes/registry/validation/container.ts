/**
 * The rules of containers (pkg/apis/core/validation/validation.go @v1.32): image, ports, environment, mounts,
 * probes, resources.
 */
import { duplicate, type FieldError, forbiddenValue, invalidValue, required } from '../field-errors.ts';
import { isObject, type JsonObject, objectOf, objectsOf, stringOf } from '../json.ts';
import { parseQuantity } from '../quantity.ts';
import { invalidFor, portNumber, validateChoice, validateName } from './entries.ts';
import { regexText, whole } from './format-text.ts';

const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'];
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const PORT_NAME_FORMAT = whole('[-a-z0-9]+');
const ENV_NAME = '[-._a-zA-Z][-._a-zA-Z0-9]*';

/**
 * Finds what is wrong with a container.
 * @param names - of the containers before it; gets its own
 * @param volumes - the names of the pod's volumes
 */
export function validateContainer(
  container: JsonObject,
  field: string,
  names: Set<string>,
  volumes: ReadonlySet<string>,
): FieldError[] {
  const errors = [
    ...validateName(stringOf(container['name']) ?? '', `${field}.name`, names),
    ...validateImage(container, field),
    ...validatePorts(objectsOf(container['ports']), `${field}.ports`),
    ...validateEnv(objectsOf(container['env']), `${field}.env`),
    ...validateMounts(objectsOf(container['volumeMounts']), `${field}.volumeMounts`, volumes),
    ...validateResources(objectOf(container['resources']), `${field}.resources`),
  ];
  for (const probe of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
    if (isObject(container[probe])) errors.push(...validateProbe(container[probe], `${field}.${probe}`));
  }
  return errors;
}

function validateImage(container: JsonObject, field: string): FieldError[] {
  const image = stringOf(container['image']) ?? '';
  const errors: FieldError[] = [];
  if (image === '') errors.push(required(`${field}.image`));
  else if (image.trim() !== image) {
    errors.push(invalidValue(`${field}.image`, image, 'must not have leading or trailing whitespace'));
  }
  const policy = stringOf(container['imagePullPolicy']);
  return [...errors, ...validateChoice(policy, `${field}.imagePullPolicy`, PULL_POLICIES)];
}

function validatePorts(ports: readonly JsonObject[], field: string): FieldError[] {
  const errors: FieldError[] = [];
  const names = new Set<string>();
  for (const [index, port] of ports.entries()) {
    const path = `${field}[${index}]`;
    const name = stringOf(port['name']) ?? '';
    if (name !== '') {
      errors.push(...invalidFor(`${path}.name`, name, problemsOfPortName(name)));
      if (names.has(name)) errors.push(duplicate(`${path}.name`, name));
      names.add(name);
    }
    if (port['containerPort'] === undefined || port['containerPort'] === 0)
      errors.push(required(`${path}.containerPort`));
    else errors.push(...portNumber(port['containerPort'], `${path}.containerPort`));
    errors.push(...validateChoice(port['protocol'] ?? undefined, `${path}.protocol`, PROTOCOLS));
  }
  return errors;
}

/** Checks the name of a port (apimachinery pkg/util/validation/validation.go @v1.32, IsValidPortName). */
function problemsOfPortName(value: string): string[] {
  const problems: string[] = [];
  if (value.length > 15) problems.push('must be no more than 15 characters');
  if (!PORT_NAME_FORMAT.test(value))
    problems.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  if (!/[a-z]/.test(value)) problems.push('must contain at least one letter (a-z)');
  if (value.includes('--')) problems.push('must not contain consecutive hyphens');
  if (value.startsWith('-') || value.endsWith('-')) problems.push('must not begin or end with a hyphen');
  return problems;
}

function validateEnv(env: readonly JsonObject[], field: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const [index, entry] of env.entries()) {
    const path = `${field}[${index}]`;
    const key = stringOf(entry['name']) ?? '';
    if (key === '') errors.push(required(`${path}.name`));
    else errors.push(...invalidFor(`${path}.name`, key, problemsOfEnvName(key)));
    if (isObject(entry['valueFrom']) && (stringOf(entry['value']) ?? '') !== '') {
      errors.push(invalidValue(`${path}.valueFrom`, '', 'may not be specified when `value` is not empty'));
    }
  }
  return errors;
}

/** Checks the name of an environment variable (IsEnvVarName there). */
function problemsOfEnvName(value: string): string[] {
  // Since 1.32 all printable characters but the equals sign are taken.
  if (/^[\x20-\x3c\x3e-\x7e]+$/.test(value)) return [];
  return [
    regexText(
      "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit",
      ENV_NAME,
      'my.env-name',
      'MY_ENV.NAME',
      'MyEnvName1',
    ),
  ];
}

/** @param volumes - the names of the pod's volumes */
function validateMounts(
  mounts: readonly JsonObject[],
  field: string,
  volumes: ReadonlySet<string>,
): FieldError[] {
  const errors: FieldError[] = [];
  const paths = new Set<string>();
  for (const [index, mount] of mounts.entries()) {
    const path = `${field}[${index}]`;
    const volume = stringOf(mount['name']) ?? '';
    if (volume === '') errors.push(required(`${path}.name`));
    else if (!volumes.has(volume)) {
      errors.push({
        reason: 'FieldValueNotFound',
        field: `${path}.name`,
        message: `Not found: ${JSON.stringify(volume)}`,
      });
    }
    const at = stringOf(mount['mountPath']) ?? '';
    if (at === '') errors.push(required(`${path}.mountPath`));
    else if (paths.has(at)) errors.push(invalidValue(`${path}.mountPath`, at, 'must be unique'));
    paths.add(at);
  }
  return errors;
}

function validateProbe(probe: JsonObject, field: string): FieldError[] {
  const errors: FieldError[] = [];
  const handlers = ['exec', 'httpGet', 'tcpSocket', 'grpc'].filter(key => isObject(probe[key]));
  if (handlers.length === 0) errors.push(required(field, 'must specify a handler type'));
  if (handlers.length > 1) {
    errors.push(forbiddenValue(`${field}.${handlers[1]}`, 'may not specify more than 1 handler type'));
  }
  const get = probe['httpGet'];
  if (isObject(get) && typeof get['port'] === 'number')
    errors.push(...portNumber(get['port'], `${field}.httpGet.port`));
  return errors;
}

function validateResources(resources: JsonObject, field: string): FieldError[] {
  const errors: FieldError[] = [];
  const limits = objectOf(resources['limits']);
  for (const [name, amount] of Object.entries(objectOf(resources['requests']))) {
    const limit = limits[name];
    if (limit === undefined) continue;
    if (parseQuantity(String(amount)) > parseQuantity(String(limit))) {
      errors.push(
        invalidValue(
          `${field}.requests`,
          String(amount),
          `must be less than or equal to ${name} limit of ${String(limit)}`,
        ),
      );
    }
  }
  return errors;
}
