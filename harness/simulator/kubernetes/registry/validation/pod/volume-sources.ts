/** The sources of volumes, in the order in which the server looks for them (validateVolumeSource @v1.34). */
import { type FieldError, forbiddenValue, invalidValue, notSupported, required } from '../../field-errors.ts';
import { isObject, type JsonObject, listOf, objectOf, objectsOf } from '../../json.ts';
import { parseQuantity } from '../../quantity.ts';
import {
  inRange,
  invalidFor,
  isSet,
  numberOf,
  requiredChoice,
  requiredText,
  subdomainText,
  textOf,
} from '../entries.ts';
import { problemsOfSubdomain } from '../names.ts';
import { validateClaimTemplate } from './claim-template.ts';
import { backsteps, descendingPath } from './paths.ts';
import { validateDownwardItems, validateItems, validateMode, validateProjected } from './projections.ts';

/** One kind of volume. */
interface Source {
  /** The field of a volume that has it. */
  readonly key: string;
  /** The name in errors, if it is another: the server has slips. */
  readonly shown?: string;
  /** The name in the error for a second source, if it is another. */
  readonly second?: string;
  readonly validate: (
    source: JsonObject,
    field: string,
    context: { readonly isOfPod: boolean },
  ) => FieldError[];
}

const need =
  (...keys: readonly string[]) =>
  (source: JsonObject, field: string): FieldError[] =>
    keys.flatMap(key => {
      const value = source[key];
      const isThere = Array.isArray(value) ? value.length > 0 : textOf(value) !== '';
      return isThere ? [] : [required(`${field}.${key}`)];
    });

const PARTITION = 'must be an integer between 1 and 255 (inclusive), or 0 or unspecified for the entire disk';

const disk =
  (id: string) =>
  (source: JsonObject, field: string): FieldError[] => {
    const errors = need(id)(source, field);
    const partition = numberOf(source['partition']);
    if (partition < 0 || partition > 255)
      errors.push(invalidValue(`${field}.partition`, partition, PARTITION));
    return errors;
  };

const HOST_PATH_TYPES = [
  '',
  'BlockDevice',
  'CharDevice',
  'Directory',
  'DirectoryOrCreate',
  'File',
  'FileOrCreate',
  'Socket',
];

function validateHostPath({ path, type }: JsonObject, field: string): FieldError[] {
  const text = textOf(path);
  if (text === '') return [required(`${field}.path`)];
  const errors = backsteps(text, `${field}.path`);
  if (isSet(type) && !HOST_PATH_TYPES.includes(String(type)))
    errors.push(notSupported(`${field}.type`, String(type), HOST_PATH_TYPES));
  return errors;
}

function validateEmptyDir({ sizeLimit }: JsonObject, field: string): FieldError[] {
  if (!isSet(sizeLimit) || parseQuantity(String(sizeLimit)) >= 0) return [];
  return [forbiddenValue(`${field}.sizeLimit`, 'SizeLimit field must be a valid resource quantity')];
}

const named =
  (key: string) =>
  (source: JsonObject, field: string): FieldError[] => [
    ...requiredText(source[key], `${field}.${key}`),
    ...validateMode(source['defaultMode'], `${field}.defaultMode`),
    ...validateItems(objectsOf(source['items']), `${field}.items`),
  ];

function validateNfs(source: JsonObject, field: string): FieldError[] {
  const path = textOf(source['path']);
  const errors = need('server', 'path')(source, field);
  if (!path.startsWith('/')) errors.push(invalidValue(`${field}.path`, path, 'must be an absolute path'));
  return errors;
}

/** Names of iSCSI: RFC 3721, RFC 3980. */
const ISCSI_NAMES: Readonly<Record<string, RegExp>> = {
  iqn: /^iqn\.\d{4}-\d{2}\.([a-z0-9_-]+)(\.[a-z0-9_-]+)*(:[^,;*&$|\s]+)$/i,
  eui: /^eui\.[0-9a-fA-F]{16}$/,
  naa: /^naa\.[0-9a-fA-F]{32}$/,
};

function iscsiName(name: string, field: string): FieldError[] {
  const kind = Object.keys(ISCSI_NAMES).find(prefix => name.startsWith(prefix));
  if (kind === undefined)
    return [invalidValue(field, name, 'must be valid format starting with iqn, eui, or naa')];
  return ISCSI_NAMES[kind]?.test(name) ? [] : [invalidValue(field, name, 'must be valid format')];
}

function validateIscsi(source: JsonObject, field: string): FieldError[] {
  const errors = need('targetPortal')(source, field);
  const iqn = textOf(source['iqn']);
  if (iqn === '') errors.push(required(`${field}.iqn`));
  else errors.push(...iscsiName(iqn, `${field}.iqn`));
  errors.push(...inRange(source['lun'], `${field}.lun`, 0, 255));
  const asks = source['chapAuthDiscovery'] === true || source['chapAuthSession'] === true;
  if (asks && !isObject(source['secretRef'])) errors.push(required(`${field}.secretRef`));
  if (isSet(source['initiatorName']))
    errors.push(...iscsiName(textOf(source['initiatorName']), `${field}.initiatorname`));
  return errors;
}

function validateFibreChannel(source: JsonObject, field: string): FieldError[] {
  const [names, ids] = [listOf(source['targetWWNs']), listOf(source['wwids'])];
  const errors: FieldError[] = [];
  const at = `${field}.targetWWNs`;
  if (names.length === 0 && ids.length === 0)
    errors.push(required(at, 'must specify either targetWWNs or wwids, but not both'));
  if (names.length === 0) return errors;
  if (ids.length > 0)
    errors.push(invalidValue(at, names, 'targetWWNs and wwids can not be specified simultaneously'));
  if (!isSet(source['lun']))
    return [...errors, required(`${field}.lun`, 'lun is required if targetWWNs is specified')];
  return [...errors, ...inRange(source['lun'], `${field}.lun`, 0, 255)];
}

function validateFlex(source: JsonObject, field: string): FieldError[] {
  const errors = need('driver')(source, field);
  for (const key of Object.keys(objectOf(source['options']))) {
    const domain = `.${(key.split('/')[0] ?? '').toLowerCase()}`;
    if (!domain.endsWith('.kubernetes.io') && !domain.endsWith('.k8s.io')) continue;
    const text = 'kubernetes.io and k8s.io namespaces are reserved';
    errors.push(invalidValue(`${field}.options[${key}]`, key, text));
  }
  return errors;
}

function validateCsi(source: JsonObject, field: string): FieldError[] {
  const driver = textOf(source['driver']);
  const errors = requiredText(driver, `${field}.driver`);
  errors.push(...invalidFor(`${field}.driver`, driver, problemsOfSubdomain(driver.toLowerCase())));
  const secret = source['nodePublishSecretRef'];
  if (!isObject(secret)) return errors;
  const name = textOf(secret['name']);
  if (name === '') return [...errors, required(`${field}.nodePublishSecretRef.name`)];
  return [...errors, ...subdomainText(name, `${field}.name`)];
}

const validateDownward: Source['validate'] = (source, field) => [
  ...validateMode(source['defaultMode'], `${field}.defaultMode`),
  ...validateDownwardItems(objectsOf(source['items']), field),
];

const validateEphemeral: Source['validate'] = (source, field) => {
  const template = source['volumeClaimTemplate'];
  const at = `${field}.volumeClaimTemplate`;
  return isObject(template) ? validateClaimTemplate(template, at) : [required(at)];
};

const validateImage: Source['validate'] = (source, field, { isOfPod }) => [
  ...(isOfPod ? need('reference')(source, field) : []),
  ...requiredChoice(source['pullPolicy'], `${field}.pullPolicy`, ['Always', 'IfNotPresent', 'Never']),
];

/** In the server's order: of two sources the later one is refused. */
export const SOURCES: readonly Source[] = [
  { key: 'emptyDir', validate: validateEmptyDir },
  { key: 'hostPath', validate: validateHostPath },
  {
    key: 'gitRepo',
    validate: (source, field) => [
      ...need('repository')(source, field),
      ...descendingPath(textOf(source['directory']), `${field}.directory`),
    ],
  },
  { key: 'gcePersistentDisk', shown: 'persistentDisk', validate: disk('pdName') },
  { key: 'awsElasticBlockStore', validate: disk('volumeID') },
  { key: 'secret', validate: named('secretName') },
  { key: 'nfs', validate: validateNfs },
  { key: 'iscsi', validate: validateIscsi },
  { key: 'glusterfs', validate: need('endpoints', 'path') },
  { key: 'persistentVolumeClaim', validate: need('claimName') },
  { key: 'rbd', validate: need('monitors', 'image') },
  { key: 'cinder', validate: need('volumeID') },
  { key: 'cephfs', second: 'cephFS', validate: need('monitors') },
  { key: 'downwardAPI', second: 'downwarAPI', validate: validateDownward },
  { key: 'fc', validate: validateFibreChannel },
  { key: 'flexVolume', validate: validateFlex },
  { key: 'configMap', validate: named('name') },
  { key: 'azureFile', validate: need('secretName', 'shareName') },
  { key: 'vsphereVolume', validate: need('volumePath') },
  { key: 'photonPersistentDisk', validate: need('pdID') },
  { key: 'portworxVolume', validate: need('volumeID') },
  { key: 'azureDisk', validate: need('diskName', 'diskURI') },
  { key: 'projected', validate: validateProjected },
  { key: 'csi', validate: validateCsi },
  { key: 'ephemeral', validate: validateEphemeral },
  { key: 'image', validate: validateImage },
];
