/**
 * What a check of a value against a schema found, and how far it came (kube-openapi
 * pkg/validation/validate/result.go, apiextensions-apiserver pkg/apiserver/validation/validation.go @v1.34:
 * kubeOpenAPIResultToFieldErrors).
 */
import { type FieldError, goValue } from '../field-errors.ts';

/** Errors without doubles, and the number of checks that were passed. */
export class CheckResult {
  readonly errors: FieldError[] = [];
  /** Tells which of several alternatives comes nearest. */
  matches = 0;
  readonly #prefix: string;

  /** @param prefix - of the fields in errors, not of the paths in their sentences: `status` */
  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** An empty result for the same fields. */
  fork(): CheckResult {
    return new CheckResult(this.#prefix);
  }

  /** Adds an error. @param path - empty for the value itself */
  add(reason: FieldError['reason'], path: string, message: string): void {
    const name = path.replace(/^\./, '');
    const field = [this.#prefix, name].filter(part => part !== '').join('.') || '<nil>';
    if (!this.errors.some(error => error.field === field && error.message === message))
      this.errors.push({ reason, field, message });
  }

  /** Adds an invalid value; the sentence begins with the path. */
  invalid(path: string, value: unknown, detail: string): void {
    this.add('FieldValueInvalid', path, `Invalid value: ${goValue(value)}: ${path} in body ${detail}`);
  }

  /** Adds what is wrong with the value as a whole. */
  general(detail: string): void {
    this.add('FieldValueInvalid', '', `Invalid value: "": ${detail}`);
  }

  merge(other: CheckResult): void {
    for (const error of other.errors) {
      if (!this.errors.some(known => known.field === error.field && known.message === error.message))
        this.errors.push(error);
    }
    this.matches += other.matches;
  }
}
