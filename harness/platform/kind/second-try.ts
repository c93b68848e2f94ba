/**
 * What lies between two tries to make a cluster: why kubelets ended is found out, the nodes of the first try
 * go, and its logs stay.
 */
import { existsSync, renameSync } from '../../base/disk/disk.ts';
import type { ClusterName } from '../../model/names.ts';
import { creationLog } from './clusters.ts';
import { ownName } from './labels.ts';
import { kubeletCauses, nodeLogs, putAwayNodeLogs } from './node-logs.ts';
import type { RunContext } from './options.ts';
import { removeCluster } from './remove.ts';

/** Finds why the kubelets of a cluster that did not come up ended. Its nodes must still be there. */
export async function kubeletsOf(context: RunContext, cluster: ClusterName): Promise<readonly string[]> {
  const logs = await nodeLogs(context, cluster);
  context.signal.throwIfAborted();
  return logs ? kubeletCauses(logs) : [];
}

/** Removes the nodes of a first try, keeps its logs, and tells the user. */
export async function makeRoomForSecondTry(context: RunContext, cluster: ClusterName): Promise<void> {
  const { engine, ledger, runId, clock, tell } = context;
  const name = ownName(runId, cluster);
  tell(`${cluster}: kubeadm had no answer of its API server in time; it is made once more after the others`);
  await removeCluster(engine, name, clock, true);
  const log = creationLog(ledger, name);
  if (existsSync(log)) renameSync(log, creationLog(ledger, name, true));
  putAwayNodeLogs(context, cluster);
}
