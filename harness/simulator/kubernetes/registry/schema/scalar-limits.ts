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
  if (typeof value === 'string') errors.push(...problemsOfText(value, schema, path));
  else if (typeof value === 'number') errors.push(...problemsOfNumber(value, schema, path));
  else if (Array.isArray(value)) errors.push(...problemsOfList(value, schema, path));
}

const limitIn = (schema: JsonObject, key: string): number | undefined =>
  typeof schema[key] === 'number' ? Number(schema[key]) : undefined;

/** Finds what is wrong with the length of a text, and whether it has the pattern. */
function problemsOfText(value: string, schema: JsonObject, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const [least, most] = [limitIn(schema, 'minLength'), limitIn(schema, 'maxLength')];
  if (least !== undefined && value.length < least) {
    errors.push(invalidIn(path, value, `should be at least ${least} chars long`));
  }
  if (most !== undefined && value.length > most) {
    errors.push({
      reason: 'FieldValueTooLong',
      field: path,
      message: `Too long: may not be more than ${most} bytes`,
    });
  }
  const pattern = stringOf(schema['pattern']);
  if (pattern !== undefined && !matchesPattern(pattern, value)) {
    errors.push(invalidIn(path, value, `should match '${pattern}'`));
  }
  return errors;
}

/** Finds whether a number is out of its range, whose ends may not belong to it. */
function problemsOfNumber(value: number, schema: JsonObject, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const [least, most] = [limitIn(schema, 'minimum'), limitIn(schema, 'maximum')];
  const low = schema['exclusiveMinimum'] === true;
  const high = schema['exclusiveMaximum'] === true;
  if (least !== undefined && (low ? value <= least : value < least)) {
    errors.push(invalidIn(path, value, `should be greater than ${low ? '' : 'or equal to '}${least}`));
  }
  if (most !== undefined && (high ? value >= most : value > most)) {
    errors.push(invalidIn(path, value, `should be less than ${high ? '' : 'or equal to '}${most}`));
  }
  return errors;
}

/** Finds whether a list has too few or too many items. */
function problemsOfList(value: readonly unknown[], schema: JsonObject, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const [least, most] = [limitIn(schema, 'minItems'), limitIn(schema, 'maxItems')];
  if (least !== undefined && value.length < least) {
    errors.push(invalidIn(path, value, `should have at least ${least} items`));
  }
  if (most !== undefined && value.length > most) {
    const message = `Too many: ${value.length}: must have at most ${most} items`;
    errors.push({ reason: 'FieldValueTooMany', field: path, message });
  }
  return errors;
}

/** Go's dialect has what JavaScript lacks; a pattern that cannot be read is not checked. */
function matchesPattern(pattern: string, value: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(value);
  } catch {
    return true;
  }
}
