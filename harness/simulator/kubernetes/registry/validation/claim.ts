/** The rules of claims (pkg/apis/core/validation/validation.go @v1.34: ValidatePersistentVolumeClaim). */
import { type FieldError, forbiddenValue, invalidValue, notSupported, required } from '../field-errors.ts';
import {
  copy,
  equal,
  isObject,
  type JsonObject,
  type KubernetesObject,
  listOf,
  objectOf,
  stringOf,
  valueAt,
} from '../json.ts';
import { parseQuantity } from '../quantity.ts';
import { unchanged, validateSelector } from './metadata.ts';
import { problemsOfLabel, problemsOfSubdomain } from './names.ts';

const MODES = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];
const VOLUME_MODES = ['Block', 'Filesystem'];
const ONLY_REQUESTS =
  'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';

/** Finds what is wrong with a PersistentVolumeClaim. */
export function validateClaim(claim: KubernetesObject, old: KubernetesObject | undefined): FieldError[] {
  const errors = validateClaimSpec(objectOf(claim['spec']), 'spec');
  return old ? [...errors, ...validateClaimUpdate(claim, old)] : errors;
}

/** Checks the modes in which a volume may be mounted. @param detail - follows `Required value` */
export function validateModes(modes: readonly unknown[], field: string, detail = ''): FieldError[] {
  const errors: FieldError[] = modes.length === 0 ? [required(field, detail)] : [];
  for (const mode of modes) {
    if (!MODES.includes(String(mode))) errors.push(notSupported(field, String(mode), MODES));
  }
  const known = modes.filter(mode => MODES.includes(String(mode)));
  if (known.includes('ReadWriteOncePod') && known.some(mode => mode !== 'ReadWriteOncePod'))
    errors.push(forbiddenValue(field, 'may not use ReadWriteOncePod with other access modes'));
  return errors;
}

/** Checks that a volume is a block device or a file system. */
export function validateVolumeMode(mode: unknown, field: string): FieldError[] {
  if (mode === undefined || VOLUME_MODES.includes(String(mode))) return [];
  return [notSupported(field, String(mode), VOLUME_MODES)];
}

/** Checks the name of a class, which may be empty. */
export function validateClassName(name: unknown, field: string): FieldError[] {
  const text = stringOf(name) ?? '';
  return text === '' ? [] : problemsOfSubdomain(text).map(problem => invalidValue(field, text, problem));
}

/** Finds what is wrong with the spec of a claim, or of a template of claims. @param path - of the spec */
export function validateClaimSpec(spec: JsonObject, path: string): FieldError[] {
  const errors = validateModes(
    listOf(spec['accessModes']),
    `${path}.accessModes`,
    'at least 1 access mode is required',
  );
  if (isObject(spec['selector'])) errors.push(...validateSelector(spec['selector'], `${path}.selector`));
  errors.push(...validateRequest(spec, `${path}.resources[storage]`));
  errors.push(...validateClassName(spec['storageClassName'], `${path}.storageClassName`));
  errors.push(...validateVolumeMode(spec['volumeMode'], `${path}.volumeMode`));
  errors.push(...validateSources(spec, path));
  errors.push(...validateClassName(spec['volumeAttributesClassName'], `${path}.volumeAttributesClassName`));
  return errors;
}

function validateRequest(spec: JsonObject, field: string): FieldError[] {
  const storage = objectOf(objectOf(spec['resources'])['requests'])['storage'];
  if (storage === undefined) return [required(field)];
  if (parseQuantity(storage as string) > 0) return [];
  return [invalidValue(field, storage, 'must be greater than zero')];
}

function validateSources(spec: JsonObject, path: string): FieldError[] {
  const { dataSource: source, dataSourceRef: reference } = spec;
  const errors: FieldError[] = [];
  if (isObject(source)) errors.push(...validateSource(source, `${path}.dataSource`));
  if (isObject(reference)) {
    errors.push(...validateSource(reference, `${path}.dataSourceRef`));
    const namespace = stringOf(reference['namespace']) ?? '';
    if (namespace !== '') {
      const field = `${path}.dataSourceRef.namespace`;
      errors.push(...problemsOfLabel(namespace).map(problem => invalidValue(field, namespace, problem)));
    }
  }
  if (!isObject(source) || !isObject(reference)) return errors;
  // The real server shows a path as if it were the value.
  if (!equal(sourceOf(source), sourceOf(reference)))
    errors.push(invalidValue(path, {}, 'must match dataSourceRef'));
  return errors;
}

const sourceOf = ({ apiGroup, kind, name }: JsonObject) => ({ apiGroup: apiGroup ?? '', kind, name });

function validateSource({ name, kind, apiGroup }: JsonObject, field: string): FieldError[] {
  const errors: FieldError[] = [];
  if ((stringOf(name) ?? '') === '') errors.push(required(`${field}.name`));
  if ((stringOf(kind) ?? '') === '') errors.push(required(`${field}.kind`));
  const group = stringOf(apiGroup) ?? '';
  if (group === '' && kind !== 'PersistentVolumeClaim') {
    const text = "must be 'PersistentVolumeClaim' when referencing the default apiGroup";
    errors.push(invalidValue(field, kind ?? '', text));
  }
  if (group !== '')
    errors.push(
      ...problemsOfSubdomain(group).map(problem => invalidValue(`${field}.apiGroup`, group, problem)),
    );
  return errors;
}

/** Finds what an update changes that it must not. The real text goes on with the difference. */
function validateClaimUpdate(claim: KubernetesObject, old: KubernetesObject): FieldError[] {
  const errors: FieldError[] = [];
  const isBound = valueAt(claim, 'status', 'phase') === 'Bound';
  if (!equal(fixedPartOf(claim, old, isBound), fixedPartOf(old, old, isBound)))
    errors.push(forbiddenValue('spec', ONLY_REQUESTS));
  const size = (object: KubernetesObject, ...path: readonly string[]) =>
    parseQuantity(valueAt(object, ...path, 'storage') as string | undefined);
  const wanted = size(claim, 'spec', 'resources', 'requests');
  const isSmaller = wanted < size(old, 'spec', 'resources', 'requests');
  if (isSmaller && wanted <= size(old, 'status', 'capacity')) {
    const text = 'field can not be less than status.capacity';
    errors.push(forbiddenValue('spec.resources.requests.storage', text));
  }
  const mode = unchanged(claim, old, ['spec', 'volumeMode']);
  return [...errors, ...mode.map(error => ({ ...error, field: 'volumeMode' }))];
}

/** Returns the part of a claim's spec that does not change: the volume and the class may come later. */
function fixedPartOf(claim: KubernetesObject, old: KubernetesObject, isBound: boolean): JsonObject {
  const part = copy(objectOf(claim['spec']));
  const before = objectOf(old['spec']);
  if ((stringOf(before['volumeName']) ?? '') === '') delete part['volumeName'];
  if (before['storageClassName'] === undefined) delete part['storageClassName'];
  if (!isBound) return part;
  delete part['volumeAttributesClassName'];
  delete objectOf(objectOf(part['resources'])['requests'])['storage'];
  return part;
}
