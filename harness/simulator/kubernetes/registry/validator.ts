/** The question whether an object may be stored, which the rules of its kind answer. */
import { type FieldError, invalid } from './field-errors.ts';
import type { KubernetesObject } from './json.ts';
import type { ResourceType } from './resources.ts';
import type { WriteContext } from './write-context.ts';

/** Finds what is wrong with an object. @param old - the stored state on update */
export type Validator = (
  type: ResourceType,
  object: KubernetesObject,
  old: KubernetesObject | undefined,
  context: WriteContext,
) => readonly FieldError[];

/** Asks the validator. @throws ApiError 422 with all that it finds */
export function refuseInvalid(
  validate: Validator,
  type: ResourceType,
  object: KubernetesObject,
  old: KubernetesObject | undefined,
  context: WriteContext,
): void {
  const errors = validate(type, object, old, context);
  // Another view of objects of the core group is refused in its name.
  const kind = type.storedAs === undefined ? type : { group: '', kind: type.kind };
  if (errors.length > 0) throw invalid(kind, object.metadata.name ?? '', errors);
}
