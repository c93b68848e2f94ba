/** The rules of LimitRanges (pkg/apis/core/validation/validation.go @v1.34: ValidateLimitRange). */
import { type Amount, amountText } from '../amount.ts';
import { duplicate, type FieldError, forbiddenValue, invalidValue, required } from '../field-errors.ts';
import { type JsonObject, type KubernetesObject, objectOf, objectsOf, stringOf } from '../json.ts';
import { type Amounts, amountsOf } from '../pod-amounts.ts';
import { qualifiedName } from './entries.ts';
import { containerResource, mayOvercommit, resourceName } from './pod/resources.ts';

const TYPES = ['Container', 'PersistentVolumeClaim', 'Pod'];
const NANO_DIGITS = 1e9;

/** Finds what is wrong with a LimitRange. */
export function validateLimitRange(range: KubernetesObject): FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  for (const [index, limit] of objectsOf(objectOf(range['spec'])['limits']).entries()) {
    const path = `spec.limits[${index}]`;
    const type = stringOf(limit['type']) ?? '';
    errors.push(...validateType(type, `${path}.type`));
    if (seen.has(type)) errors.push(duplicate(`${path}.type`, type));
    seen.add(type);
    errors.push(...validateItem(limit, type, path));
  }
  return errors;
}

function validateType(type: string, field: string): FieldError[] {
  const errors = qualifiedName(type, field);
  if (errors.length > 0 || type.includes('/') || TYPES.includes(type)) return errors;
  return [invalidValue(field, type, 'must be a standard limit type or fully qualified')];
}

function validateItem(limit: JsonObject, type: string, path: string): FieldError[] {
  const nameProblems = type === 'Pod' || type === 'Container' ? containerResource : resourceName;
  const errors: FieldError[] = [];
  const read = (member: string): Amounts => {
    const amounts = amountsOf(limit[member]);
    for (const name of amounts.keys()) errors.push(...nameProblems(name, `${path}.${member}[${name}]`));
    return amounts;
  };
  const [max, min] = [read('max'), read('min')];
  const none: Amounts = new Map();
  if (type === 'Pod') {
    for (const member of ['default', 'defaultRequest'])
      if (Object.keys(objectOf(limit[member])).length > 0)
        errors.push(forbiddenValue(`${path}.${member}`, "may not be specified when `type` is 'Pod'"));
  }
  const [limits, requests] = type === 'Pod' ? [none, none] : [read('default'), read('defaultRequest')];
  if (type === 'PersistentVolumeClaim' && !min.has('storage') && !max.has('storage')) {
    const text = 'either minimum or maximum storage value is required, but neither was provided';
    errors.push(required(`${path}.limits`, text));
  }
  const ratio = read('maxLimitRequestRatio');
  for (const name of new Set([...max, ...min, ...limits, ...requests].map(([key]) => key)))
    errors.push(...validateOrder({ name, path, max, min, limits, requests, ratio }));
  return errors;
}

/** The amounts of a limit, of which one resource is looked at. */
interface Bounds {
  readonly name: string;
  readonly path: string;
  readonly max: Amounts;
  readonly min: Amounts;
  readonly limits: Amounts;
  readonly requests: Amounts;
  readonly ratio: Amounts;
}

/** Checks that least, default request, default and most come in this order. */
function validateOrder({ name, path, ...bounds }: Bounds): FieldError[] {
  const at = (member: string) => `${path}.${member}[${name}]`;
  const errors: FieldError[] = [];
  const min = bounds.min.get(name);
  const max = bounds.max.get(name);
  const limit = bounds.limits.get(name);
  const request = bounds.requests.get(name);
  const check = (
    low: Amount | undefined,
    high: Amount | undefined,
    member: string,
    shown: Amount | undefined,
    text: (low: string, high: string) => string,
  ) => {
    if (low && high && shown && low.nano > high.nano)
      errors.push(invalidValue(at(member), amountText(shown), text(amountText(low), amountText(high))));
  };
  check(min, max, 'min', min, (low, high) => `min value ${low} is greater than max value ${high}`);
  check(
    min,
    request,
    'defaultRequest',
    request,
    (low, high) => `min value ${low} is greater than default request value ${high}`,
  );
  check(
    request,
    max,
    'defaultRequest',
    request,
    (low, high) => `default request value ${low} is greater than max value ${high}`,
  );
  check(
    request,
    limit,
    'defaultRequest',
    request,
    (low, high) => `default request value ${low} is greater than default limit value ${high}`,
  );
  check(min, limit, 'default', min, (low, high) => `min value ${low} is greater than default value ${high}`);
  check(limit, max, 'default', max, (low, high) => `default value ${low} is greater than max value ${high}`);
  errors.push(...validateRatio(bounds.ratio.get(name), min, max, at('maxLimitRequestRatio')));
  if (!mayOvercommit(name) && limit && request && limit.nano !== request.nano) {
    const [one, other] = [amountText(limit), amountText(request)];
    const text = `default value ${one} must equal to defaultRequest value ${other} in ${name}`;
    errors.push(invalidValue(at('defaultRequest'), other, text));
  }
  return errors;
}

function validateRatio(
  ratio: Amount | undefined,
  min: Amount | undefined,
  max: Amount | undefined,
  field: string,
): FieldError[] {
  if (!ratio) return [];
  const text = amountText(ratio);
  const value = Number(ratio.nano) / NANO_DIGITS;
  const errors = value < 1 ? [invalidValue(field, text, `ratio ${text} is less than 1`)] : [];
  if (!min || !max) return errors;
  const most = Number(max.nano) / Number(min.nano);
  if (value > most)
    errors.push(invalidValue(field, text, `ratio ${text} is greater than max/min = ${most.toFixed(6)}`));
  return errors;
}
