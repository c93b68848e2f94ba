/** The claim in an ephemeral volume (core/validation @v1.34, ValidatePersistentVolumeClaimTemplate). */
import type { FieldError } from '../../field-errors.ts';
import { type JsonObject, objectOf } from '../../json.ts';
import { validateClaimSpec } from '../claim.ts';
import { validateLabels } from '../metadata.ts';

/** Checks the labels and the claim. */
export function validateClaimTemplate(template: JsonObject, field: string): FieldError[] {
  return [
    ...validateLabels(objectOf(template['metadata'])['labels'], `${field}.metadata.labels`),
    ...validateClaimSpec(objectOf(template['spec']), `${field}.spec`),
  ];
}
