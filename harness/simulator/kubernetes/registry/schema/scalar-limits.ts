/** What a structural schema says of one value alone: enumerations, lengths, ranges and patterns. */
import { type FieldError, goValue } from '../field-errors.ts';
import { equal, type JsonObject, stringOf } from '../json.ts';

function invalidIn(path: string, value: unknown, detail: string): FieldError {
  return {
    reason: 'FieldValueInvalid',
    field: path,
    message: `Invalid value: ${goValue(value)}: ${path} in body ${detail}`,
  };
}

/** Adds to `errors` what is wrong with a value, whatever is inside it. */
export function checkScalar(value: unknown, schema: JsonObject, path: string, errors: FieldError[]): void {
  const options = schema['enum'];
  if (Array.isArray(options) && !options.some(option => equal(option, value))) {
    errors.push({
      reason: 'FieldValueNotSupported',
      field: path,
      message: `Unsupported value: ${goValue(value)}: supported values: ${options.map(goValue).join(', ')}`,
    });
  }
  const limit = (key: string): number | undefined =>
    typeof schema[key] === 'number' ? Number(schema[key]) : undefined;
  const report = (isBroken: boolean, detail: string) => {
    if (isBroken) errors.push(invalidIn(path, value, detail));
  };
  if (typeof value === 'string') {
    const [least, most] = [limit('minLength'), limit('maxLength')];
    report(least !== undefined && value.length < least, `should be at least ${least} chars long`);
    if (most !== undefined && value.length > most) {
      errors.push({
        reason: 'FieldValueTooLong',
        field: path,
        message: `Too long: may not be more than ${most} bytes`,
      });
    }
    const pattern = stringOf(schema['pattern']);
    if (pattern !== undefined) report(!matchesPattern(pattern, value), `should match '${pattern}'`);
  } else if (typeof value === 'number') {
    const [least, most] = [limit('minimum'), limit('maximum')];
    const low = schema['exclusiveMinimum'] === true;
    const high = schema['exclusiveMaximum'] === true;
    report(
      least !== undefined && (low ? value <= least : value < least),
      `should be greater than ${low ? '' : 'or equal to '}${least}`,
    );
    report(
      most !== undefined && (high ? value >= most : value > most),
      `should be less than ${high ? '' : 'or equal to '}${most}`,
    );
  } else if (Array.isArray(value)) {
    const [least, most] = [limit('minItems'), limit('maxItems')];
    report(least !== undefined && value.length < least, `should have at least ${least} items`);
    if (most !== undefined && value.length > most) {
      const message = `Too many: ${value.length}: must have at most ${most} items`;
      errors.push({ reason: 'FieldValueTooMany', field: path, message });
    }
  }
}

/** Go's dialect has what JavaScript lacks; a pattern that cannot be read is not checked. */
function matchesPattern(pattern: string, value: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(value);
  } catch {
    return true;
  }
}
