/** The rules of volumes (pkg/apis/core/validation/validation.go @v1.34: ValidatePersistentVolume). */
import { type FieldError, forbiddenValue, invalidValue, notSupported, required } from '../field-errors.ts';
import {
  equal,
  isObject,
  type JsonObject,
  type KubernetesObject,
  listOf,
  objectOf,
  stringOf,
} from '../json.ts';
import { parseQuantity } from '../quantity.ts';
import { validateClassName, validateModes, validateVolumeMode } from './claim.ts';
import { unchanged } from './metadata.ts';
import { problemsOfSubdomain } from './names.ts';

const POLICIES = ['Delete', 'Recycle', 'Retain'];

/** The kinds of volumes, in the order in which they are looked at. */
const SOURCES = [
  'hostPath',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'glusterfs',
  'flocker',
  'nfs',
  'rbd',
  'quobyte',
  'cephfs',
  'iscsi',
  'cinder',
  'fc',
  'flexVolume',
  'azureFile',
  'vsphereVolume',
  'photonPersistentDisk',
  'portworxVolume',
  'azureDisk',
  'scaleIO',
  'local',
  'storageos',
  'csi',
];

/** Finds what is wrong with a PersistentVolume. */
export function validateVolume(volume: KubernetesObject, old: KubernetesObject | undefined): FieldError[] {
  const spec = objectOf(volume['spec']);
  const errors = validateModes(listOf(spec['accessModes']), 'spec.accessModes');
  errors.push(...validateCapacity(spec['capacity']));
  const policy = stringOf(spec['persistentVolumeReclaimPolicy']) ?? '';
  if (policy !== '' && !POLICIES.includes(policy))
    errors.push(notSupported('spec.persistentVolumeReclaimPolicy', policy, POLICIES));
  errors.push(...validateAffinity(spec['nodeAffinity']));
  errors.push(...validateSources(spec));
  const path = stringOf(objectOf(spec['hostPath'])['path']) ?? '';
  if (/^\/+\.?$/.test(path) && policy === 'Recycle') {
    const text = "may not be 'recycle' for a hostPath mount of '/'";
    errors.push(forbiddenValue('spec.persistentVolumeReclaimPolicy', text));
  }
  errors.push(...validateClassName(spec['storageClassName'], 'spec.storageClassName'));
  errors.push(...validateVolumeMode(spec['volumeMode'], 'spec.volumeMode'));
  return old ? [...errors, ...validateVolumeUpdate(volume, old)] : errors;
}

function validateCapacity(capacity: unknown): FieldError[] {
  const field = 'spec.capacity';
  const entries = Object.entries(objectOf(capacity));
  const errors: FieldError[] = entries.length === 0 ? [required(field)] : [];
  if (entries.length !== 1 || entries[0]?.[0] !== 'storage') {
    const shown = JSON.stringify(isObject(capacity) ? capacity : null);
    const message = `Unsupported value: ${shown}: supported values: "storage"`;
    errors.push({ reason: 'FieldValueNotSupported', message, field });
  }
  for (const [name, quantity] of entries) {
    const amount = parseQuantity(quantity as string);
    const at = `${field}[${name}]`;
    if (amount < 0) errors.push(invalidValue(at, Math.ceil(amount), 'must be a valid resource quantity'));
    if (amount <= 0) errors.push(invalidValue(at, quantity, 'must be greater than zero'));
  }
  return errors;
}

function validateAffinity(affinity: unknown): FieldError[] {
  if (!isObject(affinity) || isObject(affinity['required'])) return [];
  return [required('spec.nodeAffinity.required', 'must specify required node constraints')];
}

function validateSources(spec: JsonObject): FieldError[] {
  const present = SOURCES.filter(source => isObject(spec[source]));
  const [first, ...others] = present;
  if (first === undefined) return [required('spec', 'must specify a volume type')];
  return [
    ...validateSource(spec, first),
    ...others.map(source => forbiddenValue(`spec.${source}`, 'may not specify more than 1 volume type')),
  ];
}

/** Checks the sources that the simulator's nodes have, and drivers'; of others, only that they are there. */
function validateSource(spec: JsonObject, source: string): FieldError[] {
  const content = objectOf(spec[source]);
  const field = `spec.${source}`;
  const text = (key: string) => stringOf(content[key]) ?? '';
  const missing = (key: string) => (text(key) === '' ? [required(`${field}.${key}`)] : []);
  switch (source) {
    case 'hostPath':
      return [...missing('path'), ...backsteps(text('path'), `${field}.path`)];
    case 'local': {
      const affinity = isObject(spec['nodeAffinity'])
        ? []
        : [required('spec.nodeAffinity', 'Local volume requires node affinity')];
      return [...missing('path'), ...backsteps(text('path'), `${field}.path`), ...affinity];
    }
    case 'nfs': {
      const isAbsolute = text('path').startsWith('/');
      const relative = isAbsolute
        ? []
        : [invalidValue(`${field}.path`, text('path'), 'must be an absolute path')];
      return [...missing('server'), ...missing('path'), ...relative];
    }
    case 'csi':
      return [...driverName(text('driver'), `${field}.driver`), ...missing('volumeHandle')];
    default:
      return [];
  }
}

const backsteps = (path: string, field: string): FieldError[] =>
  path.split('/').includes('..') ? [invalidValue(field, path, "must not contain '..'")] : [];

/** Checks the name of a storage driver (ValidateCSIDriverName). */
export function driverName(name: string, field: string): FieldError[] {
  const errors: FieldError[] = name === '' ? [required(field)] : [];
  if (name.length > 63)
    errors.push({ reason: 'FieldValueTooLong', message: 'Too long: may not be more than 63 bytes', field });
  errors.push(...problemsOfSubdomain(name.toLowerCase()).map(problem => invalidValue(field, name, problem)));
  return errors;
}

/** Finds what an update changes that it must not. The real text goes on with the difference. */
function validateVolumeUpdate(volume: KubernetesObject, old: KubernetesObject): FieldError[] {
  const sources = ({ spec }: KubernetesObject) => SOURCES.map(source => objectOf(spec)[source] ?? null);
  const errors: FieldError[] = [];
  if (!equal(sources(volume), sources(old))) {
    const text = 'spec.persistentvolumesource is immutable after creation';
    errors.push(forbiddenValue('spec.persistentvolumesource', text));
  }
  const rename = (from: readonly FieldError[], field: string) => from.map(error => ({ ...error, field }));
  errors.push(...rename(unchanged(volume, old, ['spec', 'volumeMode']), 'volumeMode'));
  if (isObject(objectOf(old['spec'])['nodeAffinity']))
    errors.push(...rename(unchanged(volume, old, ['spec', 'nodeAffinity']), 'nodeAffinity'));
  return errors;
}
