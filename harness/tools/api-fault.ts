/** Sees in the errors of kubectl and istioctl that they could not reach an API server. */
import type { CommandResult } from '../model/command.ts';

/**
 * kubectl's and istioctl's words for an API server that they cannot reach; at the start of a line, so that a
 * program in a pod cannot fake them.
 */
const UNREACHABLE =
  /^(?:error: |Error: )?(?:The connection to the server \S+ was refused|Unable to connect to the server)/m;

/** Marks a result with the fault `api-unreachable` if a failed program says so. */
export function withApiFault(result: CommandResult): CommandResult {
  const unreachable = result.exitCode !== 0 && result.fault === undefined && UNREACHABLE.test(result.stderr);
  return unreachable ? { ...result, fault: 'api-unreachable' } : result;
}
