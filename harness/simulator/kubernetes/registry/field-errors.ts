/** The problems of single fields, and the 422 that names them all, in the words of kube-apiserver. */

import { ApiError } from './status.ts';

/** A problem of one field; `message` is without the field's path. */
export interface FieldError {
  readonly reason:
    | 'FieldValueRequired'
    | 'FieldValueInvalid'
    | 'FieldValueNotSupported'
    | 'FieldValueDuplicate'
    | 'FieldValueForbidden'
    | 'FieldValueTooLong'
    | 'FieldValueTooMany'
    | 'FieldValueTypeInvalid'
    | 'FieldValueNotFound';
  readonly message: string;
  readonly field: string;
}

/** The sentence for a field that must not change. */
export const IMMUTABLE = 'field is immutable';

/** Makes the problem of a field that must be there. */
export const required = (field: string, detail = ''): FieldError => ({
  reason: 'FieldValueRequired',
  message: detail === '' ? 'Required value' : `Required value: ${detail}`,
  field,
});

/** @param shown - the value as Go prints it: strings quoted */
export const invalidValue = (
  field: string,
  value: unknown,
  detail: string,
  shown = goValue(value),
): FieldError => ({
  reason: 'FieldValueInvalid',
  message: detail === '' ? `Invalid value: ${shown}` : `Invalid value: ${shown}: ${detail}`,
  field,
});

/** Makes the problem of an unsupported value. @param supported - in the order of the sentence */
export const notSupported = (field: string, value: string, supported: readonly string[]): FieldError => ({
  reason: 'FieldValueNotSupported',
  message: `Unsupported value: ${JSON.stringify(value)}: supported values: ${supported
    .map(entry => JSON.stringify(entry))
    .join(', ')}`,
  field,
});

/** Makes the problem of a value that another entry has already. */
export const duplicate = (field: string, value: unknown): FieldError => ({
  reason: 'FieldValueDuplicate',
  message: `Duplicate value: ${goValue(value)}`,
  field,
});

/** Makes the problem of a text that is too long. */
export const tooLongValue = (field: string, bytes: number): FieldError => ({
  reason: 'FieldValueTooLong',
  message: `Too long: may not be more than ${bytes} bytes`,
  field,
});

/** Makes the problem of a list that is too long. */
export const tooMany = (field: string, count: number, most: number): FieldError => ({
  reason: 'FieldValueTooMany',
  message: `Too many: ${count}: must have at most ${most} ${most === 1 ? 'item' : 'items'}`,
  field,
});

/** Makes the problem of a name that nothing has. */
export const notFoundValue = (field: string, value: unknown): FieldError => ({
  reason: 'FieldValueNotFound',
  message: `Not found: ${goValue(value)}`,
  field,
});

/** Makes the problem of a field that must be absent or unchanged here. */
export const forbiddenValue = (field: string, detail: string): FieldError => ({
  reason: 'FieldValueForbidden',
  message: `Forbidden: ${detail}`,
  field,
});

const ESCAPES: Readonly<Record<string, string>> = { '<': '\\u003c', '>': '\\u003e', '&': '\\u0026' };

/** Writes JSON as Go does: signs of HTML are escaped. */
function goJson(value: unknown): string {
  return JSON.stringify(value).replace(/[<>&]/g, sign => ESCAPES[sign] ?? sign);
}

/** Puts the keys of all maps in order, as Go prints them; fields of structs have an order of their own. */
export function inKeyOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inKeyOrder);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, entry]) => [key, inKeyOrder(entry)]));
}

/** Prints a value as field errors do (apimachinery pkg/util/validation/field/errors.go, ErrorBody). */
export function goValue(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return goJson(value);
}

/**
 * Makes the 422 with all problems. @param kind - the kind, which `details.kind` has here instead of the
 * plural
 */
export function invalid(
  { group, kind }: { readonly group: string; readonly kind: string },
  name: string,
  errors: readonly FieldError[],
): ApiError {
  const texts = [...new Set(errors.map(error => `${error.field}: ${error.message}`))];
  const list = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`;
  return new ApiError(
    422,
    'Invalid',
    `${group === '' ? kind : `${kind}.${group}`} ${JSON.stringify(name)} is invalid: ${list}`,
    {
      ...(name !== '' && { name }),
      ...(group !== '' && { group }),
      ...(kind !== '' && { kind }),
      causes: errors.map(({ reason, message, field }) => ({ reason, message, field })),
    },
  );
}
