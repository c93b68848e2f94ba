/**
 * The 409 of an apply that would change the fields of others (apimachinery
 * pkg/util/managedfields/internal/conflict.go @v1.32).
 */
import { ApiError } from '../../registry/status.ts';
import { type FieldSet, formatPath, membersOf } from './field-set.ts';
import type { Manager } from './ownership.ts';

function printManager({ manager, operation, apiVersion, subresource }: Manager): string {
  const name =
    JSON.stringify(manager) + (subresource === '' ? '' : ` with subresource ${JSON.stringify(subresource)}`);
  return operation === 'Update' ? `${name} using ${apiVersion}` : name;
}

/**
 * Makes the 409 of an apply that others' fields prevent (apimachinery
 * pkg/util/managedfields/internal/conflict.go @v1.32).
 */
export function applyConflict(
  clashes: readonly { readonly entry: Manager; readonly fields: FieldSet }[],
): ApiError {
  const found = clashes.flatMap(({ entry, fields }) =>
    membersOf(fields).map(path => ({ manager: printManager(entry), path: formatPath(path) })),
  );
  const causes = found.map(({ manager, path }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${manager}`,
    field: path,
  }));
  const [only] = found;
  if (found.length === 1 && only) {
    return new ApiError(
      409,
      'Conflict',
      `Apply failed with 1 conflict: conflict with ${only.manager}: ${only.path}`,
      {
        causes,
      },
    );
  }
  const managers = [...new Set(found.map(({ manager }) => manager))].sort();
  const lines = managers.flatMap(manager => [
    `conflicts with ${manager}:`,
    ...found.filter(entry => entry.manager === manager).map(({ path }) => `- ${path}`),
  ]);
  return new ApiError(409, 'Conflict', `Apply failed with ${found.length} conflicts: ${lines.join('\n')}`, {
    causes,
  });
}
