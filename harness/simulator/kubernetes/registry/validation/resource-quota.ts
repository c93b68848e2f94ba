/** The rules of ResourceQuotas (pkg/apis/core/validation/validation.go @v1.34: ValidateResourceQuota). */
import { amountText } from '../amount.ts';
import { type FieldError, IMMUTABLE, invalidValue, required } from '../field-errors.ts';
import {
  isObject,
  type JsonObject,
  type KubernetesObject,
  listOf,
  objectOf,
  objectsOf,
  stringOf,
} from '../json.ts';
import { amountsOf } from '../pod-amounts.ts';
import { COUNTED, isOfHugePages, OF_QUOTAS } from '../resource-names.ts';
import { isExtended, resourceName } from './pod/resources.ts';

const POD_RESOURCES = [
  'pods',
  'cpu',
  'memory',
  'limits.cpu',
  'limits.memory',
  'requests.cpu',
  'requests.memory',
];
/** What a scope can be applied to. */
const SCOPES: Readonly<Record<string, readonly string[]>> = {
  Terminating: POD_RESOURCES,
  NotTerminating: POD_RESOURCES,
  BestEffort: ['pods'],
  NotBestEffort: POD_RESOURCES,
  PriorityClass: POD_RESOURCES,
  VolumeAttributesClass: ['persistentvolumeclaims', 'requests.storage'],
  CrossNamespacePodAffinity: POD_RESOURCES,
};
const ONLY_EXISTS = [
  'BestEffort',
  'NotBestEffort',
  'Terminating',
  'NotTerminating',
  'CrossNamespacePodAffinity',
];
const PAIRS = [
  ['BestEffort', 'NotBestEffort'],
  ['Terminating', 'NotTerminating'],
];
const NANO = 1_000_000_000n;

const isStandard = (name: string): boolean => OF_QUOTAS.includes(name) || isOfHugePages(name);

/** Finds what is wrong with a ResourceQuota. */
export function validateResourceQuota(
  quota: KubernetesObject,
  old: KubernetesObject | undefined,
): FieldError[] {
  const spec = objectOf(quota['spec']);
  const status = objectOf(quota['status']);
  const errors = [
    ...validateAmounts(spec['hard'], 'spec.hard'),
    ...validateScopes(spec),
    ...validateSelector(spec),
    ...validateAmounts(status['hard'], 'status.hard'),
    ...validateAmounts(status['used'], 'status.used'),
  ];
  if (!old) return errors;
  const scopesOf = (one: JsonObject) => [...listOf(one['scopes'])].sort().join();
  if (scopesOf(spec) !== scopesOf(objectOf(old['spec'])))
    errors.push(invalidValue('spec.scopes', listOf(spec['scopes']), IMMUTABLE));
  return errors;
}

function validateAmounts(list: unknown, path: string): FieldError[] {
  return [...amountsOf(list)].flatMap(([name, amount]) => {
    const field = `${path}[${name}]`;
    const errors = resourceName(name, field);
    if (!name.includes('/') && !isStandard(name))
      errors.push(invalidValue(field, name, 'must be a standard resource for quota'));
    const text = amountText(amount);
    if (amount.nano < 0n) errors.push(invalidValue(field, text, 'must be greater than or equal to 0'));
    if ((COUNTED.includes(name) || isExtended(name)) && amount.nano % NANO !== 0n)
      errors.push(invalidValue(field, text, 'must be an integer'));
    return errors;
  });
}

/** The hard limits that a scope has no meaning for. */
const unfit = (spec: JsonObject, scope: string): readonly string[] =>
  Object.keys(objectOf(spec['hard'])).filter(
    name => isStandard(name) && SCOPES[scope]?.includes(name) === false,
  );

const areInConflict = (scopes: readonly string[]): boolean =>
  PAIRS.some(pair => pair.every(scope => scopes.includes(scope)));

function validateScopes(spec: JsonObject): FieldError[] {
  const scopes = listOf(spec['scopes']).map(String);
  const refuse = (text: string) => invalidValue('spec.scopes', scopes, text);
  const errors = scopes.flatMap(scope => [
    ...(scope in SCOPES ? [] : [refuse('unsupported scope')]),
    ...unfit(spec, scope).map(() => refuse('unsupported scope applied to resource')),
  ]);
  return areInConflict(scopes) ? [...errors, refuse('conflicting scopes')] : errors;
}

function validateSelector(spec: JsonObject): FieldError[] {
  const selector = spec['scopeSelector'];
  if (!isObject(selector)) return [];
  const path = 'spec.scopeSelector.matchExpressions';
  const expressions = objectsOf(selector['matchExpressions']);
  const errors = expressions.flatMap(expression => {
    const scope = stringOf(expression['scopeName']) ?? '';
    return [
      ...(scope in SCOPES ? [] : [invalidValue(`${path}.scopeName`, scope, 'unsupported scope')]),
      ...unfit(spec, scope).map(() => invalidValue(path, selector, 'unsupported scope applied to resource')),
      ...validateOperator(expression, scope, path),
    ];
  });
  const scopes = expressions.map(({ scopeName }) => String(scopeName));
  if (areInConflict(scopes)) errors.push(invalidValue(path, listOf(spec['scopes']), 'conflicting scopes'));
  return errors;
}

function validateOperator(expression: JsonObject, scope: string, path: string): FieldError[] {
  const operator = stringOf(expression['operator']) ?? '';
  const values = listOf(expression['values']);
  const errors: FieldError[] = [];
  if (ONLY_EXISTS.includes(scope) && operator !== 'Exists') {
    const scopes =
      'ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ';
    const text = `must be 'Exists' when scope is any of ${scopes}ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity`;
    errors.push(invalidValue(`${path}.operator`, operator, text));
  }
  if (operator === 'In' || operator === 'NotIn') {
    const text = "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector";
    if (values.length === 0) errors.push(required(`${path}.values`, text));
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    const text = "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector";
    if (values.length > 0) errors.push(invalidValue(`${path}.values`, values, text));
  } else errors.push(invalidValue(`${path}.operator`, operator, 'not a valid selector operator'));
  return errors;
}
