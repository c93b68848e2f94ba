/** What a pod of one operating system must not have (core/validation @v1.34, validateOS, validateWindows). */
import { type FieldError, forbiddenValue, notSupported, required } from '../../field-errors.ts';
import { isObject, type JsonObject, objectOf, objectsOf } from '../../json.ts';
import { isSet, textOf } from '../entries.ts';

const NOT_ON_WINDOWS = 'cannot be set for a windows pod';

/** Of the pod, in the server's order; a dot leads into its security context. */
const OF_POD = [
  '.appArmorProfile',
  '.seLinuxOptions',
  'hostUsers',
  'hostPID',
  'hostIPC',
  '.seccompProfile',
  '.fsGroup',
  '.fsGroupChangePolicy',
  '.sysctls',
  'shareProcessNamespace',
  '.runAsUser',
  '.runAsGroup',
  '.supplementalGroups',
  '.supplementalGroupsPolicy',
  '.seLinuxChangePolicy',
];
const OF_CONTAINER = [
  'appArmorProfile',
  'seLinuxOptions',
  'seccompProfile',
  'capabilities',
  'readOnlyRootFilesystem',
  'privileged',
  'allowPrivilegeEscalation',
  'procMount',
  'runAsUser',
  'runAsGroup',
];
const LISTS = ['initContainers', 'containers', 'ephemeralContainers'];

/** Checks the system of a pod, and what it excludes. */
export function validateOs(spec: JsonObject, field: string): FieldError[] {
  const { os } = spec;
  if (!isObject(os)) return [];
  const name = textOf(os['name']);
  if (name === '') return [required(`${field}.os.name`)];
  if (name !== 'linux' && name !== 'windows')
    return [notSupported(`${field}.os`, name, ['linux', 'windows'])];
  return name === 'linux' ? linuxOnly(spec, field) : windowsOnly(spec, field);
}

function linuxOnly(spec: JsonObject, field: string): FieldError[] {
  const text = 'windows options cannot be set for a linux pod';
  return contextsOf(spec, field)
    .filter(({ context }) => isSet(context['windowsOptions']))
    .map(({ path }) => forbiddenValue(`${path}.windowsOptions`, text));
}

function windowsOnly(spec: JsonObject, field: string): FieldError[] {
  const context = objectOf(spec['securityContext']);
  const isThere = (value: unknown) =>
    isSet(value) && value !== false && !(Array.isArray(value) && value.length === 0);
  const errors = OF_POD.filter(key =>
    key.startsWith('.')
      ? isThere(context[key.slice(1)])
      : key === 'hostUsers' || key === 'shareProcessNamespace'
        ? isSet(spec[key])
        : isThere(spec[key]),
  ).map(key =>
    forbiddenValue(`${field}.${key.startsWith('.') ? `securityContext${key}` : key}`, NOT_ON_WINDOWS),
  );
  for (const { context: own, path } of contextsOf(spec, field).slice(1)) {
    for (const key of OF_CONTAINER)
      if (isSet(own[key])) errors.push(forbiddenValue(`${path}.${key}`, NOT_ON_WINDOWS));
  }
  return errors;
}

/** Returns all security contexts, that of the pod first. */
function contextsOf(spec: JsonObject, field: string) {
  const own = { context: objectOf(spec['securityContext']), path: `${field}.securityContext` };
  const others = LISTS.flatMap(list =>
    objectsOf(spec[list]).map((container, index) => ({
      context: objectOf(container['securityContext']),
      path: `${field}.${list}[${index}].securityContext`,
    })),
  );
  return [own, ...others];
}
