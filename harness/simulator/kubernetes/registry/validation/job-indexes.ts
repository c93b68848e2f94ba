/** The rules of indexed Jobs (pkg/apis/batch/validation/validation.go @v1.34: validateJobSpec). */
import { type FieldError, invalidValue, required } from '../field-errors.ts';
import type { JsonObject } from '../json.ts';

const MOST_PARALLEL = 100_000;
const MOST_FAILED_INDEXES = 100_000;
/** From so many completions on, a Job with a limit per index has lower limits. */
const MANY_COMPLETIONS = 100_000;
const MOST_OF_MANY = 10_000;

const asNumber = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);

/** Checks what depends on the completion mode. @param path - of the spec */
export function validateIndexed(spec: JsonObject, path: string): FieldError[] {
  if (spec['completionMode'] !== 'Indexed') {
    if ((spec['completionMode'] ?? 'NonIndexed') !== 'NonIndexed') return [];
    return ['backoffLimitPerIndex', 'maxFailedIndexes'].flatMap(field =>
      spec[field] === undefined
        ? []
        : [invalidValue(`${path}.${field}`, spec[field], 'requires indexed completion mode')],
    );
  }
  const completions = asNumber(spec['completions']);
  const parallelism = asNumber(spec['parallelism']);
  const failed = asNumber(spec['maxFailedIndexes']);
  const errors: FieldError[] = [];
  if (completions === undefined)
    errors.push(required(`${path}.completions`, 'when completion mode is Indexed'));
  if (parallelism !== undefined && parallelism > MOST_PARALLEL)
    errors.push(above(`${path}.parallelism`, parallelism, MOST_PARALLEL, ' when completion mode is Indexed'));
  if (failed !== undefined) {
    const field = `${path}.maxFailedIndexes`;
    if (completions !== undefined && failed > completions)
      errors.push(invalidValue(field, failed, 'must be less than or equal to completions'));
    if (failed > MOST_FAILED_INDEXES) errors.push(above(field, failed, MOST_FAILED_INDEXES, ''));
  }
  const isLarge = completions !== undefined && completions > MANY_COMPLETIONS;
  if (isLarge && spec['backoffLimitPerIndex'] !== undefined)
    errors.push(...validateMany(parallelism, failed, path));
  return errors;
}

function validateMany(
  parallelism: number | undefined,
  failed: number | undefined,
  path: string,
): FieldError[] {
  const errors: FieldError[] = [];
  const when = ` when completions are above ${MANY_COMPLETIONS} and used with backoff limit per index`;
  if (failed === undefined) {
    const text = `must be specified when completions is above ${MANY_COMPLETIONS}`;
    errors.push(required(`${path}.maxFailedIndexes`, text));
  }
  if (parallelism !== undefined && parallelism > MOST_OF_MANY)
    errors.push(above(`${path}.parallelism`, parallelism, MOST_OF_MANY, when));
  if (failed !== undefined && failed > MOST_OF_MANY)
    errors.push(above(`${path}.maxFailedIndexes`, failed, MOST_OF_MANY, when));
  return errors;
}

const above = (field: string, value: number, most: number, when: string): FieldError =>
  invalidValue(field, value, `must be less than or equal to ${most}${when}`);
