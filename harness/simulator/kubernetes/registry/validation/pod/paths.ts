/** Paths inside volumes, which must not lead out (core/validation @v1.34, validateLocalDescendingPath). */
import { type FieldError, invalidValue } from '../../field-errors.ts';

/** Refuses a part `..`. */
export function backsteps(path: string, field: string): FieldError[] {
  return path.split('/').includes('..') ? [invalidValue(field, path, "must not contain '..'")] : [];
}

/** Refuses an absolute path, and one that goes up. */
export function descendingPath(path: string, field: string): FieldError[] {
  const absolute = path.startsWith('/') ? [invalidValue(field, path, 'must be a relative path')] : [];
  return [...absolute, ...backsteps(path, field)];
}

/** Refuses what `descendingPath` refuses, and names that begin with `..`, which kubelets use. */
export function nonReservedPath(path: string, field: string): FieldError[] {
  const errors = descendingPath(path, field);
  if (path.startsWith('..') && !path.startsWith('../'))
    errors.push(invalidValue(field, path, "must not start with '..'"));
  return errors;
}
