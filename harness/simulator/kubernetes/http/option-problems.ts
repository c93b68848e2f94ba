/**
 * What is wrong with the options of a write: `fieldManager`, `dryRun`, `fieldValidation`, `force`
 * (apimachinery pkg/apis/meta/v1/validation/validation.go @v1.34).
 */
import { type FieldError, forbiddenValue, required } from '../registry/field-errors.ts';

const MAX_MANAGER_BYTES = 128;
const APPLY = 'application/apply-patch+yaml';

/** Quick: what most managers are called. */
const PLAIN = /^[ -~]*$/;

/** Tells what unicode.IsPrint of Go takes. */
const isPrintable = (character: string): boolean => /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u.test(character);

/** Finds the problems of the options in a query. @param patchType - the media type of a patch, lower case */
export function optionProblems(query: URLSearchParams, patchType: string | undefined): FieldError[] {
  const manager = query.get('fieldManager') ?? '';
  return [
    ...(patchType === undefined ? [] : patchProblems(query, manager, patchType)),
    ...managerProblems(manager),
    ...dryRunProblems(query.getAll('dryRun')),
    ...validationProblems(query.get('fieldValidation') ?? ''),
  ];
}

function patchProblems(query: URLSearchParams, manager: string, patchType: string): FieldError[] {
  if (patchType === APPLY)
    return manager === '' ? [required('fieldManager', 'is required for apply patch')] : [];
  return query.has('force') ? [forbiddenValue('force', 'may not be specified for non-apply patch')] : [];
}

function managerProblems(manager: string): FieldError[] {
  const problems: FieldError[] = [];
  if (Buffer.byteLength(manager) > MAX_MANAGER_BYTES) {
    const message = `Too long: may not be more than ${MAX_MANAGER_BYTES} bytes`;
    problems.push({ reason: 'FieldValueTooLong', field: 'fieldManager', message });
  }
  if (PLAIN.test(manager)) return problems;
  let position = 0;
  for (const character of manager) {
    if (!isPrintable(character)) {
      const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
      const detail = `invalid character U+${code} (at position ${position})`;
      const message = `Invalid value: ${goQuoted(manager)}: ${detail}`;
      problems.push({ reason: 'FieldValueInvalid', field: 'fieldManager', message });
    }
    position += Buffer.byteLength(character);
  }
  return problems;
}

const ESCAPES: Readonly<Record<string, string>> = {
  ...{ '\x07': '\\a', '\b': '\\b', '\f': '\\f', '\n': '\\n', '\r': '\\r', '\t': '\\t', '\v': '\\v' },
  ...{ '"': '\\"', '\\': '\\\\' },
};

/** Quotes a text as strconv.Quote of Go does. */
function goQuoted(text: string): string {
  const characters = [...text].map(character => {
    const escaped = ESCAPES[character];
    if (escaped !== undefined) return escaped;
    if (isPrintable(character)) return character;
    const code = character.codePointAt(0) ?? 0;
    const hex = code.toString(16);
    if (code < 0x20 || code === 0x7f) return `\\x${hex.padStart(2, '0')}`;
    return code < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
  });
  return `"${characters.join('')}"`;
}

/** Finds out whether `dryRun` says anything but `All`. */
export function dryRunProblems(values: readonly string[]): FieldError[] {
  if (values.every(value => value === 'All')) return [];
  const message = `Unsupported value: ${JSON.stringify(values)}: supported values: "All"`;
  return [{ reason: 'FieldValueNotSupported', field: 'dryRun', message }];
}

const VALIDATIONS: readonly string[] = ['', 'Ignore', 'Strict', 'Warn'];

function validationProblems(value: string): FieldError[] {
  if (VALIDATIONS.includes(value)) return [];
  const supported = VALIDATIONS.map(each => JSON.stringify(each)).join(', ');
  const message = `Unsupported value: ${JSON.stringify(value)}: supported values: ${supported}`;
  return [{ reason: 'FieldValueNotSupported', field: 'fieldValidation', message }];
}
