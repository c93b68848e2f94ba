/** PodDisruptionBudgets and Leases (policy, coordination validation @v1.34). */
import { type FieldError, forbiddenValue, invalidValue } from '../field-errors.ts';
import { type KubernetesObject, objectOf } from '../json.ts';
import { atMostAll, intOrPercent } from './counts.ts';
import { isSet, nonNegative, numberOf, textOf, validateChoice } from './entries.ts';
import { validateSelector } from './metadata.ts';

/** Finds what is wrong with a PodDisruptionBudget. */
export function validateBudget(budget: KubernetesObject): FieldError[] {
  const spec = objectOf(budget['spec']);
  const errors: FieldError[] = [];
  const limits = ['minAvailable', 'maxUnavailable'].filter(key => isSet(spec[key]));
  if (limits.length === 2) {
    const shown = {
      MinAvailable: spec['minAvailable'],
      Selector: spec['selector'] ?? null,
      MaxUnavailable: spec['maxUnavailable'],
      UnhealthyPodEvictionPolicy: spec['unhealthyPodEvictionPolicy'] ?? null,
    };
    errors.push(invalidValue('spec', shown, 'minAvailable and maxUnavailable cannot be both set'));
  }
  for (const key of limits)
    errors.push(...intOrPercent(spec[key], `spec.${key}`), ...atMostAll(spec[key], `spec.${key}`));
  errors.push(...validateSelector(spec['selector'], 'spec.selector'));
  const policies = ['AlwaysAllow', 'IfHealthyBudget'];
  const policy = spec['unhealthyPodEvictionPolicy'];
  return [...errors, ...validateChoice(policy, 'spec.unhealthyPodEvictionPolicy', policies)];
}

/** Finds what is wrong with a Lease. Its strategy belongs to a feature that is off, and is dropped. */
export function validateLease(lease: KubernetesObject): FieldError[] {
  const spec = objectOf(lease['spec']);
  const seconds = spec['leaseDurationSeconds'];
  const errors: FieldError[] = [];
  if (isSet(seconds) && numberOf(seconds) <= 0)
    errors.push(invalidValue('spec.leaseDurationSeconds', seconds, 'must be greater than 0'));
  errors.push(...nonNegative(spec['leaseTransitions'], 'spec.leaseTransitions'));
  if (textOf(spec['preferredHolder']) !== '' && textOf(spec['strategy']) === '')
    errors.push(forbiddenValue('spec.preferredHolder', 'may only be specified if `strategy` is defined'));
  return errors;
}
