/** What the query of a write says about it: dry run, field manager. */

import { invalid } from '../../registry/field-errors.ts';
import type { WriteContext } from '../../registry/write-context.ts';
import { mediaTypeOf } from '../body.ts';
import { type Call, managerOf } from '../call.ts';
import { optionProblems } from '../option-problems.ts';
import type { ResourceRequest } from '../request-info.ts';
import { warn } from '../warning-header.ts';

/** Reads the query of a write. @throws ApiError 422 for options that it does not know */
export function contextOf(
  call: Call<ResourceRequest>,
  operation: 'Create' | 'Update' | 'Patch' | 'Delete',
): WriteContext {
  const { info, response, user } = call;
  const { query } = info;
  const patchType = operation === 'Patch' ? mediaTypeOf(call.request) : undefined;
  if (operation !== 'Delete' && (query.size > 0 || patchType !== undefined)) {
    const problems = optionProblems(query, patchType);
    if (problems.length > 0)
      throw invalid({ group: 'meta.k8s.io', kind: `${operation}Options` }, '', problems);
  }
  const dryRun = query.has('dryRun');
  const fieldManager = managerOf(call);
  const options: Record<string, unknown> = { kind: `${operation}Options`, apiVersion: 'meta.k8s.io/v1' };
  if (dryRun) options['dryRun'] = ['All'];
  if (operation !== 'Delete') options['fieldManager'] = fieldManager;
  return {
    user,
    dryRun,
    version: info.version,
    subresource: info.subresource,
    fieldManager,
    options,
    warn: text => warn(response, text),
  };
}
