/** The columns of volumes, claims and the kinds around them. */
import { type KubernetesObject, listOf, objectOf, objectsOf, stringOf } from '../../registry/json.ts';
import { AGE, type Column, integer, NAME, NONE, spec, status, strings, text, UNSET, wide } from './column.ts';

/** In the order in which they are shown (pkg/apis/core/helper/helpers.go, GetAccessModesAsString). */
const MODES: readonly (readonly [string, string])[] = [
  ['ReadWriteOnce', 'RWO'],
  ['ReadOnlyMany', 'ROX'],
  ['ReadWriteMany', 'RWX'],
  ['ReadWriteOncePod', 'RWOP'],
];

const modesText = (modes: unknown): string =>
  MODES.filter(([mode]) => listOf(modes).includes(mode))
    .map(([, short]) => short)
    .join(',');

const CLASS_ANNOTATION = 'volume.beta.kubernetes.io/storage-class';
const DEFAULT_CLASS = 'storageclass.kubernetes.io/is-default-class';

const classOf = (object: KubernetesObject): string =>
  stringOf(object.metadata.annotations?.[CLASS_ANNOTATION]) ??
  stringOf(spec(object)['storageClassName']) ??
  '';

const phaseOf = (object: KubernetesObject): unknown =>
  object.metadata.deletionTimestamp === undefined ? (status(object)['phase'] ?? '') : 'Terminating';

const orUnset = (field: string) => (object: KubernetesObject) => stringOf(spec(object)[field]) ?? UNSET;

const ATTRIBUTES = text('VolumeAttributesClass', orUnset('volumeAttributesClassName'));
const MODE = wide('VolumeMode', orUnset('volumeMode'));

/** printPersistentVolume. */
export const VOLUME: readonly Column[] = [
  NAME,
  text('Capacity', volume => String(objectOf(spec(volume)['capacity'])['storage'] ?? '0')),
  text('Access Modes', volume => modesText(spec(volume)['accessModes'])),
  text('Reclaim Policy', volume => spec(volume)['persistentVolumeReclaimPolicy'] ?? ''),
  text('Status', phaseOf),
  text('Claim', volume => {
    const claim = spec(volume)['claimRef'];
    if (claim === undefined) return '';
    const { namespace = '', name = '' } = objectOf(claim);
    return `${String(namespace)}/${String(name)}`;
  }),
  text('StorageClass', classOf),
  ATTRIBUTES,
  text('Reason', volume => status(volume)['reason'] ?? ''),
  AGE,
  MODE,
];

const isBound = (claim: KubernetesObject): boolean => (stringOf(spec(claim)['volumeName']) ?? '') !== '';

/** printPersistentVolumeClaim. */
export const CLAIM: readonly Column[] = [
  NAME,
  text('Status', phaseOf),
  text('Volume', claim => spec(claim)['volumeName'] ?? ''),
  text('Capacity', claim =>
    isBound(claim) ? String(objectOf(status(claim)['capacity'])['storage'] ?? '0') : '',
  ),
  text('Access Modes', claim => (isBound(claim) ? modesText(status(claim)['accessModes']) : '')),
  text('StorageClass', classOf),
  ATTRIBUTES,
  AGE,
  MODE,
];

/** printStorageClass. */
export const STORAGE_CLASS: readonly Column[] = [
  {
    ...NAME,
    cell: object =>
      `${object.metadata.name}${object.metadata.annotations?.[DEFAULT_CLASS] === 'true' ? ' (default)' : ''}`,
  },
  text('Provisioner', object => object['provisioner']),
  text('ReclaimPolicy', object => object['reclaimPolicy'] ?? 'Delete'),
  text('VolumeBindingMode', object => object['volumeBindingMode'] ?? 'Immediate'),
  { name: 'AllowVolumeExpansion', type: 'string', cell: object => object['allowVolumeExpansion'] === true },
  AGE,
];

const flag = (name: string, byDefault: boolean): Column => {
  const field = `${name.slice(0, 1).toLowerCase()}${name.slice(1)}`;
  return { name, type: 'boolean', cell: object => spec(object)[field] ?? byDefault };
};

/** printCSIDriver. */
export const CSI_DRIVER: readonly Column[] = [
  NAME,
  flag('AttachRequired', true),
  flag('PodInfoOnMount', false),
  flag('StorageCapacity', false),
  text('TokenRequests', driver => {
    const { tokenRequests } = spec(driver);
    return Array.isArray(tokenRequests)
      ? objectsOf(tokenRequests)
          .map(({ audience }) => String(audience ?? ''))
          .join(',')
      : UNSET;
  }),
  flag('RequiresRepublish', false),
  text('Modes', driver => strings(spec(driver)['volumeLifecycleModes']).join(',') || NONE),
  AGE,
];

/** printCSINode. */
export const CSI_NODE: readonly Column[] = [
  NAME,
  integer('Drivers', node => listOf(spec(node)['drivers']).length),
  AGE,
];

/** printVolumeAttachment. */
export const ATTACHMENT: readonly Column[] = [
  NAME,
  { name: 'Attacher', format: 'name', cell: object => spec(object)['attacher'] ?? '' },
  text('PV', object => objectOf(spec(object)['source'])['persistentVolumeName'] ?? ''),
  text('Node', object => spec(object)['nodeName'] ?? ''),
  { name: 'Attached', type: 'boolean', cell: object => status(object)['attached'] === true },
  AGE,
];

/** printVolumeAttributesClass. */
export const ATTRIBUTES_CLASS: readonly Column[] = [
  NAME,
  text('DriverName', object => object['driverName'] ?? ''),
  AGE,
];
