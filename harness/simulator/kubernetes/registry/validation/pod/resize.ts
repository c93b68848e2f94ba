/** Whether a pod may be resized (pkg/apis/core/validation/validation.go @v1.34, ValidatePodResize). */
import { amountOf } from '../../amount.ts';
import { type FieldError, forbiddenValue, invalidValue } from '../../field-errors.ts';
import { equal, type JsonObject, type KubernetesObject, objectOf, objectsOf, valueAt } from '../../json.ts';
import { qosClass } from '../../pod-defaults.ts';

const RESIZABLE = ['cpu', 'memory'];
const KINDS = ['requests', 'limits'] as const;

const refused = (text: string): FieldError => forbiddenValue('', text);

/** Says why no resize of a pod is possible. */
function refusalOf(spec: JsonObject, old: KubernetesObject): FieldError | undefined {
  const before = objectOf(old['spec']);
  const hasOwn = (pod: JsonObject) =>
    KINDS.some(kind => Object.keys(objectOf(objectOf(pod['resources'])[kind])).length > 0);
  if (hasOwn(before) || hasOwn(spec)) return refused('pods with pod-level resources cannot be resized');
  if (old.metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined)
    return refused('static pods cannot be resized');
  if (valueAt(before, 'os', 'name') === 'windows') return refused('windows pods cannot be resized');
  return undefined;
}

/** Finds containers that are added, removed or renamed. */
function changesOfOrder(spec: JsonObject, before: JsonObject): FieldError[] {
  return ['containers', 'initContainers'].flatMap(list => {
    const [now, then] = [objectsOf(spec[list]), objectsOf(before[list])];
    if (now.length !== then.length)
      return [forbiddenValue(`spec.${list}`, `${list} may not be added or removed on resize`)];
    return then.flatMap(({ name }, index) =>
      now[index]?.['name'] === name
        ? []
        : [
            forbiddenValue(
              `spec.${list}[${index}].name`,
              `${list} may not be renamed or reordered on resize`,
            ),
          ],
    );
  });
}

function removedOf(now: JsonObject, then: JsonObject, path: string): FieldError[] {
  return KINDS.flatMap(kind => {
    const [after, before] = [objectOf(objectOf(now['resources'])[kind]), objectOf(then['resources'])[kind]];
    const isRemoved = Object.keys(objectOf(before)).some(name => after[name] === undefined);
    const text = `resource ${kind} cannot be removed`;
    return isRemoved ? [forbiddenValue(`${path}.resources.${kind}`, text)] : [];
  });
}

/** A container as it would be had its CPU and memory not changed; what was never asked for is not seen. */
function withoutResize(now: JsonObject, then: JsonObject): JsonObject {
  const resources: JsonObject = {};
  for (const kind of KINDS) {
    const before = objectOf(then['resources'])[kind];
    if (before === undefined) continue;
    const left: JsonObject = { ...objectOf(objectOf(now['resources'])[kind]) };
    for (const name of RESIZABLE) {
      const amount = objectOf(before)[name];
      if (amount === undefined) delete left[name];
      else left[name] = amount;
    }
    resources[kind] = sameAmounts(left, objectOf(before)) ? before : left;
  }
  return { ...now, resources };
}

const sameAmounts = (one: JsonObject, other: JsonObject): boolean =>
  Object.keys(one).length === Object.keys(other).length &&
  Object.entries(one).every(([name, value]) => amountOf(value).nano === amountOf(other[name]).nano);

const isSame = (now: JsonObject, then: JsonObject): boolean =>
  equal(now, { ...then, resources: objectOf(then['resources']) });

const isSidecar = (container: JsonObject): boolean => container['restartPolicy'] === 'Always';

/** Finds changes of anything but CPU and memory. */
function otherChanges(spec: JsonObject, before: JsonObject): FieldError[] {
  const pairs = (list: string) =>
    objectsOf(spec[list]).map((now, index) => [now, objectsOf(before[list])[index] ?? {}] as const);
  const refuse = (text: string) => forbiddenValue('spec', text);
  const main = pairs('containers')
    .filter(([now, then]) => !isSame(withoutResize(now, then), then))
    .map(() => refuse('only cpu and memory resources are mutable'));
  const init = pairs('initContainers').flatMap(([now, then]) => {
    if (!isSidecar(now))
      return equal(now, then) ? [] : [refuse('resources for non-sidecar init containers are immutable')];
    if (isSame(withoutResize(now, then), then)) return [];
    return [refuse('only cpu and memory resources for sidecar containers are mutable')];
  });
  return [...main, ...init];
}

/** Whether the node's kubelet can resize: it tells what running containers have. */
function isSupported(pod: KubernetesObject): boolean {
  const running = objectsOf(valueAt(pod, 'status', 'containerStatuses')).find(
    status => valueAt(status, 'state', 'running') !== undefined,
  );
  return running === undefined || running['resources'] !== undefined;
}

/**
 * Finds what a resize changes that it must not.
 * @param errors - what is wrong with the pod anyway
 */
export function changesOfResize(
  pod: KubernetesObject,
  old: KubernetesObject,
  errors: readonly FieldError[],
): FieldError[] {
  const [spec, before] = [objectOf(pod['spec']), objectOf(old['spec'])];
  const refusal = refusalOf(spec, old);
  if (refusal) return [refusal];
  const found = [...errors];
  const quality = valueAt(old, 'status', 'qosClass') ?? qosClass(before);
  if (qosClass(spec) !== quality)
    found.push(invalidValue('spec', quality, 'Pod QOS Class may not change as a result of resizing'));
  if (!isSupported(old)) found.push(forbiddenValue('spec', 'Pod running on node without support for resize'));
  const order = changesOfOrder(spec, before);
  if (order.length > 0) return [...found, ...order];
  for (const list of ['initContainers', 'containers'])
    for (const [index, then] of objectsOf(before[list]).entries())
      if (list === 'containers' || isSidecar(then))
        found.push(...removedOf(objectsOf(spec[list])[index] ?? {}, then, `spec.${list}[${index}]`));
  return [...found, ...otherChanges(spec, before)];
}
