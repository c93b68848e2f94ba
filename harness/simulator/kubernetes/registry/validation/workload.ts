/** Deployments and ReplicaSets (pkg/apis/apps/validation @v1.34). */
import {
  type FieldError,
  forbiddenValue,
  IMMUTABLE,
  invalidValue,
  notSupported,
  required,
} from '../field-errors.ts';
import { equal, isObject, type JsonObject, type KubernetesObject, objectOf } from '../json.ts';
import { amountOf, atMostAll, intOrPercent } from './counts.ts';
import { isSet, nonNegative, numberOf, textOf } from './entries.ts';
import { unselected, validateEndless, validateSelection, validateTemplate } from './pod/template.ts';

const TEMPLATE = 'spec.template';

/** Finds what is wrong with a Deployment: selector, template, strategy, counts. */
export function validateDeployment(
  deployment: KubernetesObject,
  old: KubernetesObject | undefined,
): FieldError[] {
  const spec = objectOf(deployment['spec']);
  const errors = [...nonNegative(spec['replicas'], 'spec.replicas'), ...validateSelected(spec, 'deployment')];
  errors.push(...validateStrategy(objectOf(spec['strategy']), 'spec.strategy'));
  errors.push(...nonNegative(spec['minReadySeconds'], 'spec.minReadySeconds'));
  errors.push(...nonNegative(spec['revisionHistoryLimit'], 'spec.revisionHistoryLimit'));
  const deadline = spec['progressDeadlineSeconds'];
  if (isSet(deadline)) {
    const at = 'spec.progressDeadlineSeconds';
    errors.push(...nonNegative(deadline, at));
    if (numberOf(deadline) <= numberOf(spec['minReadySeconds']))
      errors.push(invalidValue(at, deadline, 'must be greater than minReadySeconds'));
  }
  return [...errors, ...changeOfSelector(spec, old)];
}

/** Finds what is wrong with a ReplicaSet or a ReplicationController's successor. */
export function validateReplicaSet(set: KubernetesObject, old: KubernetesObject | undefined): FieldError[] {
  const spec = objectOf(set['spec']);
  return [
    ...nonNegative(spec['replicas'], 'spec.replicas'),
    ...nonNegative(spec['minReadySeconds'], 'spec.minReadySeconds'),
    ...validateSelected(spec, 'deployment'),
    ...changeOfSelector(spec, old),
  ];
}

/** @param kind - in the sentence about an empty selector: that of a ReplicaSet says deployment, too */
function validateSelected(spec: JsonObject, kind: string): FieldError[] {
  const template = objectOf(spec['template']);
  const errors = isObject(spec['selector']) ? [] : [required('spec.selector')];
  const { errors: found, matches } = validateSelection(spec, 'spec.selector', kind);
  errors.push(...found);
  if (matches === undefined)
    return [...errors, invalidValue('spec.selector', spec['selector'], 'invalid label selector')];
  if (!matches) errors.push(unselected(spec, TEMPLATE));
  errors.push(...validateTemplate(template, TEMPLATE));
  return [...errors, ...validateEndless(template, TEMPLATE, 'ReplicaSet')];
}

function changeOfSelector(spec: JsonObject, old: KubernetesObject | undefined): FieldError[] {
  if (!old || equal(objectOf(old['spec'])['selector'], spec['selector'])) return [];
  return [invalidValue('spec.selector', spec['selector'], IMMUTABLE)];
}

/** Checks how old pods make room for new ones (ValidateDeploymentStrategy). */
function validateStrategy(strategy: JsonObject, field: string): FieldError[] {
  const { rollingUpdate } = strategy;
  const at = `${field}.rollingUpdate`;
  if (strategy['type'] === 'Recreate') {
    if (!isSet(rollingUpdate)) return [];
    return [forbiddenValue(at, "may not be specified when strategy `type` is 'Recreate'")];
  }
  if (strategy['type'] !== 'RollingUpdate') {
    const shown = { Type: textOf(strategy['type']), RollingUpdate: rollingUpdate ?? null };
    return [notSupportedStruct(field, shown, ['Recreate', 'RollingUpdate'])];
  }
  const { maxUnavailable, maxSurge } = objectOf(rollingUpdate);
  const errors = [
    ...intOrPercent(maxUnavailable, `${at}.maxUnavailable`),
    ...intOrPercent(maxSurge, `${at}.maxSurge`),
  ];
  if (amountOf(maxUnavailable) === 0 && amountOf(maxSurge) === 0)
    errors.push(invalidValue(`${at}.maxUnavailable`, maxUnavailable, 'may not be 0 when `maxSurge` is 0'));
  return [...errors, ...atMostAll(maxUnavailable, `${at}.maxUnavailable`)];
}

/** The problem of a struct of which one field has no supported value; the server shows all of it. */
function notSupportedStruct(field: string, shown: JsonObject, supported: readonly string[]): FieldError {
  const plain = notSupported(field, '', supported);
  return { ...plain, message: plain.message.replace('""', JSON.stringify(shown)) };
}
