/** The rules of DaemonSets (pkg/apis/apps/validation/validation.go: ValidateDaemonSet @v1.34). */
import { type FieldError, IMMUTABLE, invalidValue, required } from '../field-errors.ts';
import { equal, isObject, type JsonObject, type KubernetesObject, objectOf } from '../json.ts';
import { selectorFromObject } from '../selectors/label-selector.ts';
import { amountOf, atMostAll, intOrPercent, nonNegative } from './counts.ts';
import { validateSelector } from './metadata.ts';
import { shownSelector } from './shown.ts';
import { matchesTemplate, NOTHING, validateEndless, validateTemplate } from './template.ts';

const STRATEGIES = '"RollingUpdate", "OnDelete"';

/** Finds what is wrong with a DaemonSet. */
export function validateDaemonSet(set: KubernetesObject, old: KubernetesObject | undefined): FieldError[] {
  const spec = objectOf(set['spec']);
  const { selector, template, minReadySeconds, revisionHistoryLimit } = spec;
  const errors: FieldError[] = [];
  if (old && !equal(objectOf(old['spec'])['selector'], selector))
    errors.push(invalidValue('spec.selector', selector, IMMUTABLE, shownSelector(selector)));
  errors.push(...validateSelector(selector, 'spec.selector'));
  errors.push(...matchesTemplate(isObject(selector) ? selector : NOTHING, template, 'spec.template'));
  if (isObject(selector) && selectorFromObject(selector)?.length === 0)
    errors.push(invalidValue('spec.selector', {}, 'empty selector is invalid for daemonset'));
  errors.push(...validateTemplate(template, 'spec.template'));
  errors.push(...validateEndless(template, 'spec.template', 'DaemonSet'));
  errors.push(...nonNegative(minReadySeconds, 'spec.minReadySeconds'));
  errors.push(...validateStrategy(objectOf(spec['updateStrategy'])));
  errors.push(...nonNegative(revisionHistoryLimit, 'spec.revisionHistoryLimit'));
  return errors;
}

function validateStrategy({ type, rollingUpdate }: JsonObject): FieldError[] {
  const field = 'spec.updateStrategy';
  if (type === 'OnDelete') return [];
  if (type !== 'RollingUpdate') {
    const limits = isObject(rollingUpdate)
      ? { MaxUnavailable: rollingUpdate['maxUnavailable'], MaxSurge: rollingUpdate['maxSurge'] }
      : null;
    const shown = JSON.stringify({ Type: type, RollingUpdate: limits });
    const message = `Unsupported value: ${shown}: supported values: ${STRATEGIES}`;
    return [{ reason: 'FieldValueNotSupported', message, field }];
  }
  if (!isObject(rollingUpdate)) return [required(`${field}.rollingUpdate`)];
  return validateLimits(rollingUpdate, `${field}.rollingUpdate`);
}

function validateLimits({ maxUnavailable, maxSurge }: JsonObject, field: string): FieldError[] {
  const unavailable = `${field}.maxUnavailable`;
  const surge = `${field}.maxSurge`;
  const errors = [
    ...intOrPercent(maxUnavailable, unavailable),
    ...intOrPercent(maxSurge, surge),
    ...atMostAll(maxUnavailable, unavailable),
    ...atMostAll(maxSurge, surge),
  ];
  const hasUnavailable = amountOf(maxUnavailable) !== 0;
  const hasSurge = amountOf(maxSurge) !== 0;
  if (hasUnavailable && hasSurge)
    errors.push(invalidValue(surge, maxSurge, 'may not be set when maxUnavailable is non-zero'));
  else if (!hasUnavailable && !hasSurge) errors.push(required(unavailable, 'cannot be 0 when maxSurge is 0'));
  return errors;
}
