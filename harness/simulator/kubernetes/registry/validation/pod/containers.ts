/** The three lists of containers of a pod (validateContainers, validateInitContainers @v1.34). */
import {
  duplicate,
  type FieldError,
  forbiddenValue,
  notFoundValue,
  notSupported,
  required,
} from '../../field-errors.ts';
import { isObject, type JsonObject, objectsOf } from '../../json.ts';
import { isSet, numberOf, textOf } from '../entries.ts';
import { type PodContext, validateContainer } from './container.ts';
import { validateLifecycle, validateProbe } from './probes.ts';

const PROBES = ['liveness', 'readiness', 'startup'] as const;

/** Checks the containers that do the pod's work. */
export function validateContainers(
  containers: readonly JsonObject[],
  field: string,
  pod: PodContext,
): FieldError[] {
  if (containers.length === 0) return [required(field)];
  const errors: FieldError[] = [];
  const names = new Set<string>();
  for (const [index, container] of containers.entries()) {
    const path = `${field}[${index}]`;
    const name = textOf(container['name']);
    errors.push(...validateContainer(container, path, pod));
    if (names.has(name)) errors.push(duplicate(`${path}.name`, name));
    names.add(name);
    errors.push(...validateWatching(container, path, pod));
    if (isSet(container['restartPolicy']))
      errors.push(forbiddenValue(`${path}.restartPolicy`, 'may not be set for non-init containers'));
  }
  return [...errors, ...takenHostPorts(containers, field)];
}

/** Checks hooks and probes. */
function validateWatching(container: JsonObject, path: string, pod: PodContext): FieldError[] {
  const errors: FieldError[] = [];
  const { lifecycle } = container;
  if (isObject(lifecycle))
    errors.push(...validateLifecycle(lifecycle, `${path}.lifecycle`, pod.grace, pod.os));
  for (const kind of PROBES) {
    const probe = container[`${kind}Probe`];
    if (isObject(probe)) errors.push(...validateProbe(probe, `${path}.${kind}Probe`, kind));
  }
  return errors;
}

/** Checks the containers that run before; those that go on beside the others have probes and hooks. */
export function validateInitContainers(
  containers: readonly JsonObject[],
  regular: readonly JsonObject[],
  field: string,
  pod: PodContext,
): FieldError[] {
  const errors: FieldError[] = [];
  const names = new Set(regular.map(container => textOf(container['name'])));
  for (const [index, container] of containers.entries()) {
    const path = `${field}[${index}]`;
    const name = textOf(container['name']);
    const restart = container['restartPolicy'];
    errors.push(...validateContainer(container, path, pod));
    if (isSet(restart) && restart !== 'Always')
      errors.push(notSupported(`${path}.restartPolicy`, String(restart), ['Always']));
    if (names.has(name)) errors.push(duplicate(`${path}.name`, name));
    else if (name !== '') names.add(name);
    errors.push(...takenHostPorts([container], field));
    if (restart === 'Always') errors.push(...validateWatching(container, path, pod));
    else {
      for (const key of ['lifecycle', ...PROBES.map(kind => `${kind}Probe`)]) {
        if (!isObject(container[key])) continue;
        const text = 'may not be set for init containers without restartPolicy=Always';
        errors.push(forbiddenValue(`${path}.${key}`, text));
      }
    }
  }
  return errors;
}

const NOT_EPHEMERAL = [
  'ports',
  'resources',
  'resizePolicy',
  'restartPolicy',
  'restartPolicyRules',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
];

/** Checks the containers that are added to look at a pod (validateEphemeralContainers). */
export function validateEphemeralContainers(
  containers: readonly JsonObject[],
  others: readonly JsonObject[],
  field: string,
  pod: PodContext,
): FieldError[] {
  const targets = new Set(others.map(container => textOf(container['name'])));
  const names = new Set(targets);
  const forbidden = 'cannot be set for an Ephemeral Container';
  return containers.flatMap((container, index) => {
    const path = `${field}[${index}]`;
    const [name, target] = [textOf(container['name']), textOf(container['targetContainerName'])];
    const errors = validateContainer(container, path, pod);
    if (names.has(name)) errors.push(duplicate(`${path}.name`, name));
    names.add(name);
    if (target !== '' && !targets.has(target))
      errors.push(notFoundValue(`${path}.targetContainerName`, target));
    for (const key of NOT_EPHEMERAL) {
      const value = container[key];
      const isEmpty = isObject(value) ? Object.keys(value).length === 0 : objectsOf(value).length === 0;
      if (isSet(value) && !(isEmpty && typeof value === 'object'))
        errors.push(forbiddenValue(`${path}.${key}`, forbidden));
    }
    for (const [at, mount] of objectsOf(container['volumeMounts']).entries()) {
      for (const key of ['subPath', 'subPathExpr'])
        if (textOf(mount[key]) !== '')
          errors.push(forbiddenValue(`${path}.volumeMounts[${at}].${key}`, forbidden));
    }
    return errors;
  });
}

/** Checks that no two containers take one port of the node. */
function takenHostPorts(containers: readonly JsonObject[], field: string): FieldError[] {
  const taken = new Set<string>();
  return containers.flatMap((container, index) =>
    objectsOf(container['ports']).flatMap((port, at) => {
      const number = numberOf(port['hostPort']);
      if (number === 0) return [];
      const key = `${textOf(port['protocol'])}/${textOf(port['hostIP'])}/${number}`;
      if (taken.has(key)) return [duplicate(`${field}[${index}].ports[${at}].hostPort`, key)];
      taken.add(key);
      return [];
    }),
  );
}
