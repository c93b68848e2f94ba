/**
 * Deployments, ReplicaSets and what scales them (pkg/apis/apps/validation, pkg/apis/autoscaling/validation
 * @v1.32).
 */

import {
  type FieldError,
  forbiddenValue,
  IMMUTABLE,
  invalidValue,
  notSupported,
  required,
} from '../field-errors.ts';
import { equal, isObject, type JsonObject, type KubernetesObject, objectOf, stringsOf } from '../json.ts';
import { matchesLabels, selectorFromObject } from '../selectors/label-selector.ts';
import { validateLabels, validateReference, validateSelector } from './metadata.ts';
import { validatePodSpec } from './pod/spec.ts';

/** Prints a label selector as Go prints a map of strings. */
function goStringMap(map: Readonly<Record<string, string>>): string {
  const entries = Object.keys(map)
    .sort()
    .map(key => `${JSON.stringify(key)}:${JSON.stringify(map[key])}`);
  return `map[string]string{${entries.join(', ')}}`;
}

/** Finds what is wrong with a Deployment or ReplicaSet: selector, template, counts. */
export function validateWorkload(object: KubernetesObject, old: KubernetesObject | undefined): FieldError[] {
  const errors: FieldError[] = [];
  const spec = objectOf(object['spec']);
  const template = objectOf(spec['template']);
  const selector = spec['selector'];
  const replicas = spec['replicas'];
  if (typeof replicas === 'number' && replicas < 0) {
    errors.push(invalidValue('spec.replicas', replicas, 'must be greater than or equal to 0'));
  }
  const labels = stringsOf(objectOf(template['metadata'])['labels']);
  errors.push(...validateSelection(selector, labels));
  errors.push(...validateLabels(labels, 'spec.template.labels'));
  errors.push(...validatePodSpec(objectOf(template['spec']), 'spec.template.spec'));
  const restart = objectOf(template['spec'])['restartPolicy'];
  if (restart === 'OnFailure' || restart === 'Never') {
    errors.push(notSupported('spec.template.spec.restartPolicy', restart, ['Always']));
  }
  errors.push(...validateStrategy(objectOf(spec['strategy'])));
  if (old && !equal(objectOf(old['spec'])['selector'], selector)) {
    errors.push(invalidValue('spec.selector', selector, IMMUTABLE, goSelector(selector)));
  }
  return errors;
}

/** Checks that there is a selector, and that it selects the pods of the template. */
function validateSelection(selector: unknown, labels: Readonly<Record<string, string>>): FieldError[] {
  const parsed = selectorFromObject(selector);
  if (!parsed) return [required('spec.selector')];
  const errors = validateSelector(selector, 'spec.selector');
  if (parsed.length === 0) {
    errors.push(invalidValue('spec.selector', {}, 'empty selector is invalid for deployment', '{}'));
  } else if (!matchesLabels(parsed, labels)) {
    errors.push(
      invalidValue(
        'spec.template.metadata.labels',
        labels,
        '`selector` does not match template `labels`',
        goStringMap(labels),
      ),
    );
  }
  return errors;
}

/** Checks the type of a strategy, and that only a rolling update has limits. */
function validateStrategy({ type, rollingUpdate }: JsonObject): FieldError[] {
  const errors: FieldError[] = [];
  if (type !== undefined && !['Recreate', 'RollingUpdate'].includes(String(type))) {
    errors.push(notSupported('spec.strategy.type', String(type), ['Recreate', 'RollingUpdate']));
  }
  if (type === 'Recreate' && isObject(rollingUpdate)) {
    errors.push(
      forbiddenValue(
        'spec.strategy.rollingUpdate',
        "may not be specified when strategy `type` is 'Recreate'",
      ),
    );
  }
  return errors;
}

function goSelector(selector: unknown): string {
  const labels = stringsOf(objectOf(selector)['matchLabels']);
  return `v1.LabelSelector{MatchLabels:${goStringMap(labels)}, MatchExpressions:[]v1.LabelSelectorRequirement(nil)}`;
}

/** Finds what is wrong with a HorizontalPodAutoscaler. */
export function validateAutoscaler(autoscaler: KubernetesObject): FieldError[] {
  const errors: FieldError[] = [];
  const spec = objectOf(autoscaler['spec']);
  const target = objectOf(spec['scaleTargetRef']);
  const most = spec['maxReplicas'];
  if (typeof most !== 'number' || most < 1)
    errors.push(invalidValue('spec.maxReplicas', most ?? 0, 'must be greater than 0'));
  else if (Number(spec['minReplicas'] ?? 1) > most) {
    errors.push(invalidValue('spec.maxReplicas', most, 'must be greater than or equal to `minReplicas`'));
  }
  errors.push(
    ...validateReference(target['kind'], 'spec.scaleTargetRef.kind').filter(
      error => error.reason === 'FieldValueRequired',
    ),
  );
  errors.push(...validateReference(target['name'], 'spec.scaleTargetRef.name'));
  return errors;
}
