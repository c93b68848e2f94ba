/** A validator that tells the client what is odd about what it lets pass. */
import type { Validator } from '../validator.ts';
import { warningsOf } from './kinds.ts';

/**
 * Adds warnings to a validator: after it has found nothing wrong, and not for subresources
 * (apiserver pkg/registry/rest/create.go, update.go @v0.34).
 */
export const telling =
  (validate: Validator): Validator =>
  (type, object, old, context) => {
    const errors = validate(type, object, old, context);
    if (errors.length > 0 || context.subresource !== '') return errors;
    for (const text of warningsOf(type, object, old)) context.warn(text);
    return errors;
  };
