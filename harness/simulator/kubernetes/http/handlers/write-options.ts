/** What the query of a write says about it: dry run, field manager. */

import { invalid, notSupported } from '../../registry/field-errors.ts';
import type { WriteContext } from '../../registry/write-context.ts';
import { type Call, managerOf } from '../call.ts';
import type { ResourceRequest } from '../request-info.ts';
import { warn } from '../warning-header.ts';

const MAX_MANAGER_BYTES = 128;

/** Reads `dryRun`. @throws ApiError 422 for another value than `All` */
export function isDryRun(values: readonly string[], kind: string): boolean {
  if (values.length === 0) return false;
  const strange = values.filter(value => value !== 'All');
  if (strange.length > 0) {
    throw invalid(
      { group: 'meta.k8s.io', kind },
      '',
      strange.map(value => notSupported('dryRun', value, ['All'])),
    );
  }
  return true;
}

/** Reads the query of a write. @throws ApiError 422 for a wrong `dryRun` or `fieldManager` */
export function contextOf(
  call: Call<ResourceRequest>,
  operation: 'Create' | 'Update' | 'Patch' | 'Delete',
): WriteContext {
  const { info, response, user } = call;
  const dryRun = isDryRun(info.query.getAll('dryRun'), `${operation}Options`);
  const fieldManager = managerOf(call);
  checkManager(fieldManager, `${operation}Options`);
  return {
    user,
    dryRun,
    version: info.version,
    subresource: info.subresource,
    fieldManager,
    options: {
      kind: `${operation}Options`,
      apiVersion: 'meta.k8s.io/v1',
      ...(dryRun && { dryRun: ['All'] }),
      ...(operation !== 'Delete' && { fieldManager }),
    },
    warn: text => warn(response, text),
  };
}

/**
 * Checks the name of a field manager (apimachinery pkg/apis/meta/v1/validation/validation.go,
 * ValidateFieldManager).
 */
function checkManager(manager: string, kind: string): void {
  if (Buffer.byteLength(manager) <= MAX_MANAGER_BYTES) return;
  throw invalid({ group: 'meta.k8s.io', kind }, '', [
    {
      reason: 'FieldValueTooLong',
      field: 'fieldManager',
      message: `Too long: may not be more than ${MAX_MANAGER_BYTES} bytes`,
    },
  ]);
}
