/** Lists that a strategic merge patch merges by a key, item by item. docs/reference/kubernetes.md K5 */

/** Patterns of paths without indices, and the key by which the items of the list there are known. */
const MERGE_KEYS: readonly (readonly [RegExp, string])[] = [
  [/(^|\.)(containers|initContainers|ephemeralContainers)$/, 'name'],
  [/(^|\.)(containers|initContainers|ephemeralContainers)\.ports$/, 'containerPort'],
  [/(^|\.)(containers|initContainers|ephemeralContainers)\.env$/, 'name'],
  [/(^|\.)(containers|initContainers|ephemeralContainers)\.volumeMounts$/, 'mountPath'],
  [/(^|\.)(containers|initContainers|ephemeralContainers)\.volumeDevices$/, 'devicePath'],
  [/(^|\.)spec\.volumes$/, 'name'],
  [/(^|\.)spec\.imagePullSecrets$/, 'name'],
  [/(^|\.)spec\.hostAliases$/, 'ip'],
  [/(^|\.)spec\.schedulingGates$/, 'name'],
  [/(^|\.)spec\.topologySpreadConstraints$/, 'topologyKey'],
  [/^spec\.ports$/, 'port'],
  [/^secrets$/, 'name'],
  [/^metadata\.ownerReferences$/, 'uid'],
  [/^status\.conditions$/, 'type'],
  [/^webhooks(\.matchConditions)?$/, 'name'],
];

/** Lists of plain values that are merged as sets. */
export const PRIMITIVE_SETS = /^metadata\.finalizers$/;

/** Returns the key of the items of the list at this path; undefined if the list is replaced as a whole. */
export const mergeKeyAt = (path: string) => MERGE_KEYS.find(([pattern]) => pattern.test(path))?.[1];

/** Every key by which items of some list are known. */
export const ITEM_KEYS = [...new Set(MERGE_KEYS.map(([, key]) => key))];
