/** The claim in an ephemeral volume (core/validation @v1.34, ValidatePersistentVolumeClaimTemplate). */
import { type FieldError, required } from '../../field-errors.ts';
import { type JsonObject, listOf, objectOf } from '../../json.ts';
import { validateChoice } from '../entries.ts';
import { validateLabels } from '../metadata.ts';

const ACCESS_MODES = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];

/** Checks labels, access modes and size. */
export function validateClaimTemplate(template: JsonObject, field: string): FieldError[] {
  const spec = objectOf(template['spec']);
  const modes = listOf(spec['accessModes']);
  const errors = validateLabels(objectOf(template['metadata'])['labels'], `${field}.metadata.labels`);
  const at = `${field}.spec`;
  if (modes.length === 0) errors.push(required(`${at}.accessModes`, 'at least 1 access mode is required'));
  for (const mode of modes) errors.push(...validateChoice(mode, `${at}.accessModes`, ACCESS_MODES));
  if (objectOf(objectOf(spec['resources'])['requests'])['storage'] === undefined)
    errors.push(required(`${at}.resources[storage]`));
  return errors;
}
