/** The rules of the kinds around volumes (pkg/apis/storage/validation/validation.go @v1.34). */
import { duplicate, type FieldError, invalidValue, notSupported, required } from '../field-errors.ts';
import {
  isObject,
  type KubernetesObject,
  listOf,
  objectOf,
  objectsOf,
  stringOf,
  stringsOf,
} from '../json.ts';
import { parseQuantity } from '../quantity.ts';
import { nonNegative } from './counts.ts';
import { problemsOfQualifiedName } from './label-rules.ts';
import { unchanged, validateSelector } from './metadata.ts';
import { problemsOfSubdomain } from './names.ts';
import { driverName } from './persistent-volume.ts';

const GROUP_POLICIES = ['File', 'None', 'ReadWriteOnceWithFSType'];
const LIFECYCLES = ['Persistent', 'Ephemeral'];
const MOST_NODE_ID_LETTERS = 256;
const SHORTEST_TOKEN_SECONDS = 600;

function chosen(value: unknown, field: string, choices: readonly string[]): FieldError[] {
  if (value === undefined || choices.includes(String(value))) return [];
  return [notSupported(field, String(value), choices)];
}

/** Checks the name of a provisioner or driver: a qualified name in letters of any case. */
function provisionerName(value: unknown, field: string): FieldError[] {
  const name = stringOf(value) ?? '';
  if (name === '') return [required(field)];
  const text = name.toLowerCase();
  return problemsOfQualifiedName(text).map(problem => invalidValue(field, text, problem));
}

/** Finds what is wrong with a VolumeAttributesClass beside the fields that keep their first value. */
export function validateAttributesClass(attributes: KubernetesObject): FieldError[] {
  const count = Object.keys(stringsOf(attributes['parameters'])).length;
  return [
    ...provisionerName(attributes['driverName'], 'driverName'),
    ...(count === 0 ? [required('parameters', 'must contain at least one key/value pair')] : []),
  ];
}

/** Finds what is wrong with a CSIDriver. */
export function validateDriver(driver: KubernetesObject, old: KubernetesObject | undefined): FieldError[] {
  const spec = objectOf(driver['spec']);
  const errors = chosen(spec['fsGroupPolicy'], 'spec.fsGroupPolicy', GROUP_POLICIES);
  const audiences = new Set<unknown>();
  for (const [index, { audience = '', expirationSeconds }] of objectsOf(spec['tokenRequests']).entries()) {
    const path = `spec.tokenRequests[${index}]`;
    if (audiences.has(audience)) errors.push(duplicate(`${path}.audience`, audience));
    else if (Number(expirationSeconds ?? SHORTEST_TOKEN_SECONDS) < SHORTEST_TOKEN_SECONDS) {
      const text = 'may not specify a duration less than 10 minutes';
      errors.push(invalidValue(`${path}.expirationSeconds`, expirationSeconds, text));
    }
    audiences.add(audience);
  }
  for (const mode of listOf(spec['volumeLifecycleModes']))
    errors.push(...chosen(mode, 'spec.volumeLifecycleModes', LIFECYCLES));
  if (!old) return errors;
  const attach = unchanged(driver, old, ['spec', 'attachRequired']);
  return [
    ...errors,
    ...attach.map(error => ({ ...error, field: 'spec.attachedRequired' })),
    ...unchanged(driver, old, ['spec', 'volumeLifecycleModes']),
  ];
}

/** Finds what is wrong with a CSINode. */
export function validateCsiNode(node: KubernetesObject): FieldError[] {
  const names = new Set<string>();
  return objectsOf(objectOf(node['spec'])['drivers']).flatMap((driver, index) => {
    const path = `spec.drivers[${index}]`;
    const name = stringOf(driver['name']) ?? '';
    const id = stringOf(driver['nodeID']) ?? '';
    const errors = driverName(name, `${path}.name`);
    if (id === '') errors.push(required(`${path}.nodeID`));
    if (id.length > MOST_NODE_ID_LETTERS) {
      const text = `must be ${MOST_NODE_ID_LETTERS} characters or less`;
      errors.push(invalidValue(`${path}.nodeID`, id, text));
    }
    errors.push(...nonNegative(objectOf(driver['allocatable'])['count'], `${path}.allocatable.count`));
    if (names.has(name)) errors.push(duplicate(`${path}.name`, name));
    names.add(name);
    return errors;
  });
}

/** Finds what is wrong with a CSIStorageCapacity. */
export function validateCapacity(object: KubernetesObject, old: KubernetesObject | undefined): FieldError[] {
  const name = stringOf(object['storageClassName']) ?? '';
  const errors = validateSelector(object['nodeTopology'], 'nodeTopology');
  errors.push(...problemsOfSubdomain(name).map(problem => invalidValue('storageClassName', name, problem)));
  const { capacity } = object;
  if (capacity !== undefined && parseQuantity(capacity as string) < 0)
    errors.push(invalidValue('capacity', capacity, 'must be greater than or equal to 0'));
  if (!old) return errors;
  return [
    ...errors,
    ...unchanged(object, old, ['nodeTopology']),
    ...unchanged(object, old, ['storageClassName']),
  ];
}

/** Finds what is wrong with a VolumeAttachment. */
export function validateAttachment(
  object: KubernetesObject,
  old: KubernetesObject | undefined,
): FieldError[] {
  const { attacher, source, nodeName } = objectOf(object['spec']);
  const { inlineVolumeSpec: inline, persistentVolumeName: volume } = objectOf(source);
  const errors: FieldError[] = (stringOf(attacher) ?? '') === '' ? [required('spec.attacher')] : [];
  const one = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName';
  if (!isObject(inline) && volume === undefined) errors.push(required('spec.source', one));
  else if (isObject(inline) && volume !== undefined) {
    errors.push({ reason: 'FieldValueForbidden', message: `Forbidden: ${one}`, field: 'spec.source' });
  } else if (volume === '') {
    const text = 'must specify non empty persistentVolumeName';
    errors.push(required('spec.source.persistentVolumeName', text));
  }
  const node = stringOf(nodeName) ?? '';
  errors.push(...problemsOfSubdomain(node).map(problem => invalidValue('spec.nodeName', node, problem)));
  if (!old) {
    errors.push(...driverName(stringOf(attacher) ?? '', 'spec.attacher'));
    const field = 'spec.source.persistentVolumeName';
    if (typeof volume === 'string')
      errors.push(...problemsOfSubdomain(volume).map(problem => invalidValue(field, volume, problem)));
  }
  return old ? [...errors, ...unchanged(object, old, ['spec'])] : errors;
}
