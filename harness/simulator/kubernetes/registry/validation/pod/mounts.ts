/** Where a container sees the volumes of its pod: mounts and block devices (ValidateVolumeMounts @v1.34). */
import {
  type FieldError,
  forbiddenValue,
  invalidValue,
  notFoundValue,
  notSupported,
  required,
} from '../../field-errors.ts';
import { isObject, type JsonObject, objectOf, objectsOf, valueAt } from '../../json.ts';
import { isSet, textOf, validateChoice } from '../entries.ts';
import { backsteps, descendingPath } from './paths.ts';

/** By name, the volumes that are in order. */
export type Volumes = ReadonlyMap<string, JsonObject>;

const PROPAGATIONS = ['Bidirectional', 'HostToContainer', 'None'];
const RECURSIVE = ['Disabled', 'Enabled', 'IfPossible'];

/** Checks the mounts of a container. */
export function validateMounts(container: JsonObject, field: string, volumes: Volumes): FieldError[] {
  const errors: FieldError[] = [];
  const paths = new Set<string>();
  const devices = objectsOf(container['volumeDevices']);
  for (const [index, mount] of objectsOf(container['volumeMounts']).entries()) {
    const path = `${field}[${index}]`;
    const [name, at] = [textOf(mount['name']), textOf(mount['mountPath'])];
    if (name === '') errors.push(required(`${path}.name`));
    if (!volumes.has(name)) errors.push(notFoundValue(`${path}.name`, name));
    if (at === '') errors.push(required(`${path}.mountPath`));
    if (paths.has(at)) errors.push(invalidValue(`${path}.mountPath`, at, 'must be unique'));
    paths.add(at);
    if (devices.some(device => textOf(device['name']) === name))
      errors.push(invalidValue(`${path}.name`, name, 'must not already exist in volumeDevices'));
    if (devices.some(device => textOf(device['devicePath']) === at)) {
      const text = 'must not already exist as a path in volumeDevices';
      errors.push(invalidValue(`${path}.mountPath`, at, text));
    }
    errors.push(...validatePart(mount, field, path));
    errors.push(...validatePropagation(mount, container, `${field}.mountPropagation`));
    errors.push(...validateRecursion(mount, `${field}.recursiveReadOnly`));
  }
  return errors;
}

/** Checks which part of a volume is mounted. The server names the list, not the mount, in most errors. */
function validatePart({ subPath, subPathExpr }: JsonObject, field: string, path: string): FieldError[] {
  const [part, expression] = [textOf(subPath), textOf(subPathExpr)];
  const errors = part === '' ? [] : descendingPath(part, `${field}.subPath`);
  if (expression === '') return errors;
  if (part !== '') {
    const text = 'subPathExpr and subPath are mutually exclusive';
    errors.push(invalidValue(`${path}.subPathExpr`, expression, text));
  }
  return [...errors, ...descendingPath(expression, `${field}.subPathExpr`)];
}

function validatePropagation(mount: JsonObject, container: JsonObject, field: string): FieldError[] {
  const propagation = mount['mountPropagation'];
  const errors = validateChoice(propagation, field, PROPAGATIONS);
  const isPrivileged = valueAt(container, 'securityContext', 'privileged') === true;
  if (propagation === 'Bidirectional' && !isPrivileged) {
    const text = 'Bidirectional mount propagation is available only to privileged containers';
    errors.push(forbiddenValue(field, text));
  }
  return errors;
}

function validateRecursion(mount: JsonObject, field: string): FieldError[] {
  const mode = mount['recursiveReadOnly'];
  if (!isSet(mode) || mode === 'Disabled') return [];
  if (!RECURSIVE.includes(String(mode))) return [notSupported(field, String(mode), RECURSIVE)];
  const errors: FieldError[] = [];
  if (mount['readOnly'] !== true)
    errors.push(forbiddenValue(field, 'may only be specified when readOnly is true'));
  if (isSet(mount['mountPropagation']) && mount['mountPropagation'] !== 'None') {
    errors.push(
      forbiddenValue(field, 'may only be specified when mountPropagation is None or not specified'),
    );
  }
  return errors;
}

/** Checks the block devices of a container (ValidateVolumeDevices). */
export function validateDevices(container: JsonObject, field: string, volumes: Volumes): FieldError[] {
  const errors: FieldError[] = [];
  const names = new Set<string>();
  const paths = new Set<string>();
  const mounts = objectsOf(container['volumeMounts']);
  for (const [index, device] of objectsOf(container['volumeDevices']).entries()) {
    const path = `${field}[${index}]`;
    const [name, at] = [textOf(device['name']), textOf(device['devicePath'])];
    const add = (key: string, value: string, text: string) =>
      errors.push(invalidValue(`${path}.${key}`, value, text));
    const volume = volumes.get(name);
    const isClaim =
      isObject(objectOf(volume)['persistentVolumeClaim']) || isObject(objectOf(volume)['ephemeral']);
    if (name === '') errors.push(required(`${path}.name`));
    if (names.has(name)) add('name', name, 'must be unique');
    if (volume && !isClaim) {
      add(
        'name',
        name,
        'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode',
      );
    }
    if (!volume) errors.push(notFoundValue(`${path}.name`, name));
    if (at === '') errors.push(required(`${path}.devicePath`));
    if (paths.has(at)) add('devicePath', at, 'must be unique');
    if (backsteps(at, field).length > 0) add('devicePath', at, "can not contain backsteps ('..')");
    else paths.add(at);
    if (mounts.some(mount => textOf(mount['name']) === name))
      add('name', name, 'must not already exist in volumeMounts');
    if (mounts.some(mount => textOf(mount['mountPath']) === at))
      add('devicePath', at, 'must not already exist as a path in volumeMounts');
    if (name !== '') names.add(name);
  }
  return errors;
}
