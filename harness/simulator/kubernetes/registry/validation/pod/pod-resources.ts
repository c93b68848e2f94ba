/** The resources of a pod as a whole, beside those of its containers (validatePodResources @v1.34). */

import { canonicalQuantity } from '../../canonical-quantity.ts';
import { type FieldError, forbiddenValue, invalidValue } from '../../field-errors.ts';
import { isObject, type JsonObject, objectOf, objectsOf, valueAt } from '../../json.ts';
import { parseQuantity } from '../../quantity.ts';
import { isSet } from '../entries.ts';
import { validateResources } from './resources.ts';

/** Checks them, and that they are enough for the containers. */
export function validatePodResources(
  spec: JsonObject,
  field: string,
  claims: ReadonlySet<string>,
): FieldError[] {
  const { resources } = spec;
  if (!isObject(resources)) return [];
  if (valueAt(spec, 'os', 'name') === 'windows')
    return [forbiddenValue(field, 'may not be set for a windows pod')];
  const errors: FieldError[] = [];
  if (isSet(resources['claims']))
    errors.push(forbiddenValue(`${field}.claims`, 'claims may not be set for Resources at pod-level'));
  errors.push(...validateResources(resources, field, { of: 'pod', claims }));
  return [...errors, ...tooLittle(spec, resources, field), ...tooMuch(spec, resources, field)];
}

/** Containers that run together need the sum, those that run one by one the largest. */
function needOf(spec: JsonObject, name: string): number {
  const ask = (container: JsonObject) =>
    parseQuantity(String(valueAt(container, 'resources', 'requests', name) ?? '0'));
  let [beside, most] = [0, 0];
  for (const container of objectsOf(spec['initContainers'])) {
    if (container['restartPolicy'] === 'Always') beside += ask(container);
    most = Math.max(most, beside + (container['restartPolicy'] === 'Always' ? 0 : ask(container)));
  }
  const together = objectsOf(spec['containers']).reduce((sum, container) => sum + ask(container), beside);
  return Math.max(most, together);
}

function tooLittle(spec: JsonObject, resources: JsonObject, field: string): FieldError[] {
  return Object.entries(objectOf(resources['requests'])).flatMap(([name, amount]) => {
    const need = needOf(spec, name);
    if (need <= parseQuantity(String(amount))) return [];
    const shown = canonicalQuantity(String(need), 'milli');
    const text = `must be greater than or equal to aggregate container requests of ${shown}`;
    return [invalidValue(`${field}.requests[${name}]`, String(amount), text)];
  });
}

function tooMuch(spec: JsonObject, resources: JsonObject, field: string): FieldError[] {
  const limits = objectOf(resources['limits']);
  return objectsOf(spec['containers']).flatMap((container, index) =>
    Object.entries(objectOf(objectOf(container['resources'])['limits'])).flatMap(([name, amount]) => {
      const most = limits[name];
      if (most === undefined || parseQuantity(String(amount)) <= parseQuantity(String(most))) return [];
      const text = `must be less than or equal to pod limits of ${String(most)}`;
      return [invalidValue(`${field}.containers[${index}][${name}].limits`, String(amount), text)];
    }),
  );
}
