/** Spread over nodes, tolerations, gates (core/validation @v1.34, validateTopologySpreadConstraints). */
import { duplicate, type FieldError, invalidValue, notSupported, required } from '../../field-errors.ts';
import { type JsonObject, objectsOf } from '../../json.ts';
import { isSet, positive, qualifiedName, textOf, validateChoice } from '../entries.ts';
import { problemsOfLabelValue } from '../label-rules.ts';
import { validateSelector } from '../metadata.ts';
import { validateLabelKeys } from './affinity.ts';

const ACTIONS = ['DoNotSchedule', 'ScheduleAnyway'];
const TAINT_EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

/** Checks how pods are spread over the nodes. */
export function validateSpread(constraints: readonly JsonObject[], field: string): FieldError[] {
  return constraints.flatMap((constraint, index) => {
    const path = `${field}[${index}]`;
    const [key, action] = [textOf(constraint['topologyKey']), textOf(constraint['whenUnsatisfiable'])];
    const errors = positive(constraint['maxSkew'], `${path}.maxSkew`);
    if (key === '') errors.push(required(`${path}.topologyKey`, 'can not be empty'));
    if (!ACTIONS.includes(action)) errors.push(notSupported(`${path}.whenUnsatisfiable`, action, ACTIONS));
    const isRepeated = constraints
      .slice(index + 1)
      .some(other => textOf(other['topologyKey']) === key && textOf(other['whenUnsatisfiable']) === action);
    if (isRepeated) errors.push(duplicate(`${path}.{topologyKey, whenUnsatisfiable}`, `{${key}, ${action}}`));
    errors.push(...validateDomains(constraint['minDomains'], action, `${path}.minDomains`));
    for (const policy of ['nodeAffinityPolicy', 'nodeTaintsPolicy'])
      errors.push(...validateChoice(constraint[policy], `${path}.${policy}`, ['Honor', 'Ignore']));
    errors.push(...validateLabelKeys(constraint, path));
    return [...errors, ...validateSelector(constraint['labelSelector'], `${path}.labelSelector`)];
  });
}

function validateDomains(domains: unknown, action: string, field: string): FieldError[] {
  if (!isSet(domains)) return [];
  const errors = positive(domains, field);
  if (action !== 'DoNotSchedule') {
    const text = `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${action}`;
    errors.push(invalidValue(field, domains, text));
  }
  return errors;
}

/** Checks what a pod bears (ValidateTolerations). */
export function validateTolerations(tolerations: readonly JsonObject[], field: string): FieldError[] {
  return tolerations.flatMap((toleration, index) => {
    const path = `${field}[${index}]`;
    const [key, operator] = [textOf(toleration['key']), textOf(toleration['operator'])];
    const [value, effect] = [textOf(toleration['value']), textOf(toleration['effect'])];
    const errors = key === '' ? [] : qualifiedName(key, `${path}.key`);
    if (key === '' && operator !== 'Exists') {
      const text = 'operator must be Exists when `key` is empty, which means "match all values and all keys"';
      errors.push(invalidValue(`${path}.operator`, operator, text));
    }
    if (isSet(toleration['tolerationSeconds']) && effect !== 'NoExecute') {
      const text = "effect must be 'NoExecute' when `tolerationSeconds` is set";
      errors.push(invalidValue(`${path}.effect`, effect, text));
    }
    if (operator === 'Exists') {
      const text = "value must be empty when `operator` is 'Exists'";
      if (value !== '') errors.push(invalidValue(`${path}.operator`, value, text));
    } else if (operator === '' || operator === 'Equal') {
      const problems = problemsOfLabelValue(value);
      if (problems.length > 0) errors.push(invalidValue(`${path}.operator`, value, problems.join(';')));
    } else errors.push(notSupported(`${path}.operator`, operator, ['Equal', 'Exists']));
    if (effect !== '') errors.push(...validateChoice(effect, `${path}.effect`, TAINT_EFFECTS));
    return errors;
  });
}

/** Checks the taints of a node (validateNodeTaints). */
export function validateTaints(taints: readonly JsonObject[], field: string): FieldError[] {
  const taken = new Set<string>();
  return taints.flatMap((taint, index) => {
    const path = `${field}[${index}]`;
    const [key, value, effect] = [textOf(taint['key']), textOf(taint['value']), textOf(taint['effect'])];
    const errors = qualifiedName(key, `${path}.key`);
    const problems = problemsOfLabelValue(value);
    if (problems.length > 0) errors.push(invalidValue(`${path}.value`, value, problems.join(';')));
    if (effect === '') errors.push(required(`${path}.effect`));
    else errors.push(...validateChoice(effect, `${path}.effect`, TAINT_EFFECTS));
    const identity = `${key} ${effect}`;
    if (taken.has(identity)) {
      const shown = { Key: key, Value: value, Effect: effect, TimeAdded: taint['timeAdded'] ?? null };
      const twin = duplicate(path, shown);
      const why = 'taints must be unique by key and effect pair';
      errors.push({ ...twin, message: `${twin.message}: ${why}` });
    }
    taken.add(identity);
    return errors;
  });
}

/** Checks the gates that hold a pod back (validateSchedulingGates). */
export function validateGates(gates: readonly JsonObject[], field: string): FieldError[] {
  const taken = new Set<string>();
  return gates.flatMap((gate, index) => {
    const name = textOf(gate['name']);
    const errors = qualifiedName(name, `${field}[${index}]`);
    if (taken.has(name)) errors.push(duplicate(`${field}[${index}]`, name));
    taken.add(name);
    return errors;
  });
}

/** Checks the conditions that a pod waits for (validateReadinessGates). */
export const validateReadinessGates = (gates: readonly JsonObject[], field: string): FieldError[] =>
  objectsOf(gates).flatMap((gate, index) =>
    qualifiedName(textOf(gate['conditionType']), `${field}[${index}].conditionType`),
  );
