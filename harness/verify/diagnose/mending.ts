/** Commands that mend what no step of the guide mends. */
import type { Command } from '../../model/command.ts';
import type { ClusterName } from '../../model/names.ts';

/** @returns the command of `kubectl` on a cluster, for the run to print */
export const mending = (cluster: ClusterName, ...args: readonly string[]): Command => ({
  tool: 'kubectl',
  cluster,
  args,
  timeoutMs: 60_000,
});
