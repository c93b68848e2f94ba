/** The finalizers that `/finalize` of a namespace takes (pkg/apis/core/validation/validation.go @v1.34). */
import { type FieldError, invalidValue } from '../field-errors.ts';
import { STANDARD_FINALIZERS } from '../finalizers.ts';
import type { KubernetesObject } from '../json.ts';
import { contentFinalizers } from '../namespaces.ts';
import { problemsOfQualifiedName } from './label-rules.ts';

const UNQUALIFIED = 'name is neither a standard finalizer name nor is it fully qualified';

function validateFinalizer(name: string, field: string): FieldError[] {
  const errors = problemsOfQualifiedName(name).map(problem => invalidValue(field, name, problem));
  const isQualified = name.includes('/') || STANDARD_FINALIZERS.includes(name);
  return isQualified ? errors : [...errors, invalidValue(field, name, UNQUALIFIED)];
}

/** Finds what is wrong with finalizers that are written by `/finalize`, which names each by its place. */
export const validateFinalize = (namespace: KubernetesObject): FieldError[] =>
  contentFinalizers(namespace).flatMap((name, index) =>
    validateFinalizer(String(name), `spec.finalizers[${index}]`),
  );
