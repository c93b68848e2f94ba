/**
 * Versions in which objects lie must stay (apiextensions-apiserver
 * pkg/apis/apiextensions/validation/validation.go @v1.34, ValidateCustomResourceDefinitionStoredVersions).
 */
import { type FieldError, invalidValue } from '../field-errors.ts';
import { type KubernetesObject, listOf, objectOf } from '../json.ts';
import type { InternalVersion } from './definition-shape.ts';

/** Checks the stored versions, among them the one that this write begins to store. */
export function validateStoredVersions(
  versions: readonly InternalVersion[],
  old: KubernetesObject | undefined,
): FieldError[] {
  const field = 'status.storedVersions';
  const stored = listOf(objectOf(old?.['status'])['storedVersions']).map(String);
  const now = versions.find(({ storage }) => storage)?.name;
  if (now !== undefined && !stored.includes(now)) stored.push(now);
  if (stored.length === 0) return [invalidValue(field, null, 'must have at least one stored version')];
  const errors = versions
    .filter(({ name, storage }) => storage && !stored.includes(name))
    .map(({ name }) => invalidValue(field, stored, `must have the storage version ${name}`));
  stored.forEach((version, index) => {
    if (versions.some(({ name }) => name === version)) return;
    const text = [
      `missing from spec.versions; ${version} was previously a storage version,`,
      'and must remain in spec.versions until a storage migration',
      `ensures no data remains persisted in ${version} and removes ${version} from status.storedVersions`,
    ].join(' ');
    errors.push(invalidValue(`${field}[${index}]`, version, text));
  });
  return errors;
}
