/** HorizontalPodAutoscalers (pkg/apis/autoscaling/validation @v1.34). */
import { type FieldError, forbiddenValue, invalidValue, notSupported, required } from '../field-errors.ts';
import { isObject, type JsonObject, type KubernetesObject, objectOf, objectsOf } from '../json.ts';
import { parseQuantity } from '../quantity.ts';
import { invalidFor, isSet, labelText, numberOf, positive, requiredText, textOf } from './entries.ts';
import { problemsOfPathSegment } from './names.ts';

const SOURCES = ['ContainerResource', 'External', 'Object', 'Pods', 'Resource'];
/** In the order in which the server looks at them: only the first of several is looked at. */
const SOURCE_FIELDS = ['object', 'external', 'pods', 'resource', 'containerResource'];
const MAX_WINDOW_SECONDS = 3600;
const MAX_PERIOD_SECONDS = 1800;

/** Finds what is wrong with a HorizontalPodAutoscaler. */
export function validateAutoscaler(
  autoscaler: KubernetesObject,
  old: KubernetesObject | undefined,
): FieldError[] {
  const spec = objectOf(autoscaler['spec']);
  const errors: FieldError[] = [];
  const [least, most] = [spec['minReplicas'], numberOf(spec['maxReplicas'])];
  if (isSet(least) && numberOf(least) < 1)
    errors.push(invalidValue('spec.minReplicas', least, 'must be greater than or equal to 1'));
  if (most < 1) errors.push(invalidValue('spec.maxReplicas', most, 'must be greater than 0'));
  if (isSet(least) && most < numberOf(least))
    errors.push(invalidValue('spec.maxReplicas', most, 'must be greater than or equal to `minReplicas`'));
  const target = objectOf(spec['scaleTargetRef']);
  const before = objectOf(objectOf(old?.['spec'])['scaleTargetRef']);
  errors.push(...validateReference(target, 'spec.scaleTargetRef'));
  const isKept = old && before['apiVersion'] === target['apiVersion'] && before['kind'] === target['kind'];
  if (!isKept) errors.push(...validateGroup(target, 'spec.scaleTargetRef.apiVersion'));
  errors.push(...validateMetrics(objectsOf(spec['metrics']), least));
  const behavior = objectOf(spec['behavior']);
  for (const direction of ['scaleUp', 'scaleDown']) {
    const rules = behavior[direction];
    if (isObject(rules)) errors.push(...validateRules(rules, `spec.behavior.${direction}`));
  }
  return errors;
}

/** Checks a name of a thing of any kind (ValidateCrossVersionObjectReference). */
function validateReference(reference: JsonObject, field: string): FieldError[] {
  return ['kind', 'name'].flatMap(key => segment(reference[key], `${field}.${key}`, ''));
}

/** Checks that what is scaled has a group; a kind of the core group has none. */
function validateGroup(reference: JsonObject, field: string): FieldError[] {
  const version = textOf(reference['apiVersion']);
  const parts = version.split('/').length;
  if (parts > 2) return [invalidValue(field, version, `unexpected GroupVersion string: ${version}`)];
  if (parts === 2 || reference['kind'] === 'ReplicationController') return [];
  return [invalidValue(field, version, 'apiVersion must specify API group')];
}

const segment = (value: unknown, field: string, detail: string): FieldError[] =>
  textOf(value) === ''
    ? [required(field, detail)]
    : invalidFor(field, textOf(value), problemsOfPathSegment(textOf(value)));

function validateMetrics(metrics: readonly JsonObject[], least: unknown): FieldError[] {
  const errors = metrics.flatMap((metric, index) => validateMetric(metric, `spec.metrics[${index}]`));
  const canWake = metrics.some(({ type }) => type === 'Object' || type === 'External');
  if (least === 0 && !canWake) {
    const text = 'must specify at least one Object or External metric to support scaling to zero replicas';
    errors.push(forbiddenValue('spec.metrics', text));
  }
  return errors;
}

function validateMetric(metric: JsonObject, field: string): FieldError[] {
  const type = textOf(metric['type']);
  const errors: FieldError[] = [];
  if (type === '') errors.push(required(`${field}.type`, 'must specify a metric source type'));
  if (!SOURCES.includes(type)) errors.push(notSupported(`${field}.type`, type, SOURCES));
  const present = SOURCE_FIELDS.filter(key => isObject(metric[key]));
  const [first] = present;
  if (first !== undefined)
    errors.push(...validateSource(first, objectOf(metric[first]), `${field}.${first}`));
  const expected = `${type.slice(0, 1).toLowerCase()}${type.slice(1)}`;
  if (!SOURCES.includes(type)) errors.push(notSupported(`${field}.type`, type, SOURCES));
  else if (!present.includes(expected))
    errors.push(required(`${field}.${expected}`, 'must populate information for the given metric source'));
  if (present.length === 1) return errors;
  const others = present.filter(key => key !== expected);
  return [
    ...errors,
    ...others.map(key => forbiddenValue(`${field}.${key}`, 'must populate the given metric source only')),
  ];
}

function validateSource(kind: string, source: JsonObject, field: string): FieldError[] {
  const target = objectOf(source['target']);
  const at = `${field}.target`;
  const isResource = kind === 'resource' || kind === 'containerResource';
  const errors: FieldError[] = [];
  if (kind === 'object')
    errors.push(...validateReference(objectOf(source['describedObject']), `${field}.describedObject`));
  if (isResource)
    errors.push(...requiredText(source['name'], `${field}.name`, 'must specify a resource name'));
  else {
    const { name } = objectOf(source['metric']);
    errors.push(...segment(name, `${field}.metric.name`, 'must specify a metric name'));
  }
  if (kind === 'containerResource') {
    const container = textOf(source['container']);
    if (container === '') errors.push(required(`${field}.container`, 'must specify a container'));
    else errors.push(...labelText(container, `${field}.container`));
  }
  return [...errors, ...validateTarget(target, at), ...validateValues(kind, target, at)];
}

function validateTarget(target: JsonObject, field: string): FieldError[] {
  const type = textOf(target['type']);
  const errors = requiredText(type, `${field}.type`, 'must specify a metric target type');
  if (!['Utilization', 'Value', 'AverageValue'].includes(type))
    errors.push(invalidValue(`${field}.type`, type, 'must be either Utilization, Value, or AverageValue'));
  for (const key of ['value', 'averageValue']) {
    const amount = target[key];
    if (isSet(amount) && parseQuantity(String(amount)) <= 0)
      errors.push(invalidValue(`${field}.${key}`, String(amount), 'must be positive'));
  }
  const utilization = target['averageUtilization'];
  if (isSet(utilization) && numberOf(utilization) < 1)
    errors.push(invalidValue(`${field}.averageUtilization`, utilization, 'must be greater than 0'));
  return errors;
}

/** Checks that a target has the values which its source asks for. */
function validateValues(kind: string, target: JsonObject, field: string): FieldError[] {
  const has = (key: string) => isSet(target[key]);
  const average = `${field}.averageValue`;
  switch (kind) {
    case 'object':
      if (has('value') || has('averageValue')) return [];
      return [required(average, 'must set either a target value or averageValue')];
    case 'external':
      if (!has('value') && !has('averageValue'))
        return [required(average, 'must set either a target value for metric or a per-pod target')];
      if (!has('value') || !has('averageValue')) return [];
      return [
        forbiddenValue(`${field}.value`, 'may not set both a target value for metric and a per-pod target'),
      ];
    case 'pods':
      return has('averageValue') ? [] : [required(average, 'must specify a positive target averageValue')];
    default: {
      const text = 'a target raw value and a target utilization';
      const both = has('averageUtilization') && has('averageValue');
      if (both) return [forbiddenValue(average, `may not set both ${text}`)];
      if (has('averageUtilization') || has('averageValue')) return [];
      return [
        required(`${field}.averageUtilization`, 'must set either a target raw value or a target utilization'),
      ];
    }
  }
}

function validateRules(rules: JsonObject, field: string): FieldError[] {
  const errors: FieldError[] = [];
  const seconds = rules['stabilizationWindowSeconds'];
  const at = `${field}.stabilizationWindowSeconds`;
  if (numberOf(seconds) < 0) errors.push(invalidValue(at, seconds, 'must be greater than or equal to zero'));
  if (numberOf(seconds) > MAX_WINDOW_SECONDS)
    errors.push(invalidValue(at, seconds, `must be less than or equal to ${MAX_WINDOW_SECONDS}`));
  const choice = rules['selectPolicy'];
  const choices = ['Disabled', 'Max', 'Min'];
  if (isSet(choice) && !choices.includes(String(choice)))
    errors.push(notSupported(`${field}.selectPolicy`, String(choice), choices));
  const policies = objectsOf(rules['policies']);
  if (policies.length === 0) errors.push(required(`${field}.policies`, 'must specify at least one Policy'));
  for (const [index, policy] of policies.entries()) {
    const path = `${field}.policies[${index}]`;
    const type = textOf(policy['type']);
    if (type !== 'Pods' && type !== 'Percent')
      errors.push(notSupported(`${path}.type`, type, ['Percent', 'Pods']));
    errors.push(...positive(policy['value'], `${path}.value`));
    errors.push(...positive(policy['periodSeconds'], `${path}.periodSeconds`));
    if (numberOf(policy['periodSeconds']) > MAX_PERIOD_SECONDS) {
      const text = `must be less than or equal to ${MAX_PERIOD_SECONDS}`;
      errors.push(invalidValue(`${path}.periodSeconds`, policy['periodSeconds'], text));
    }
  }
  return errors;
}
