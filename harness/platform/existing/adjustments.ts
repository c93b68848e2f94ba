import type { ClusterName } from '../../model/names.ts';
import { installAdjustments, remoteSecretAdjustments, writeForOthers } from '../adjustments.ts';
import type { ExistingEntry, Ledger } from '../ledger.ts';
import { managerOf } from '../marks.ts';
import type { PlatformAdjustment } from '../platform.ts';
import { istioHas } from '../versions.ts';
import type { Beginning } from './beginning.ts';

/** What a run has on disk by the time that it adjusts commands. */
export interface Notes {
  readonly ledger: Ledger;
  readonly runId: string;
  readonly entries: readonly ExistingEntry[];
  /** Returns a cluster's kubeconfig as the other clusters need it. */
  readonly outerKubeconfig: (cluster: ClusterName) => string;
}

/** Puts together the adjustments for remote secrets, for installations, and for the run's own mark. */
export function adjustmentsFor(
  { inspections, servers, real, options }: Beginning,
  notes: Notes,
): readonly PlatformAdjustment[] {
  const outerFile = (cluster: ClusterName) =>
    writeForOthers(notes.ledger, cluster, notes.outerKubeconfig(cluster));
  const clusters = inspections.map(({ context: { cluster } }) => cluster);
  return [
    ...remoteSecretAdjustments(
      servers,
      'the address of the kubeconfig is good for this machine only',
      real && !istioHas('serverFlag', real.istioVersion) ? outerFile : undefined,
      !real,
    ),
    ...installAdjustments(clusters, { lowRequests: false, imagesAreThere: false, ...options }),
    ...clusters.flatMap(cluster => markAdjustment(cluster, notes)),
  ];
}

/** Marks the run's namespaces: after a crash they differ from those that someone else has made since. */
function markAdjustment(cluster: ClusterName, { runId, entries }: Notes): readonly PlatformAdjustment[] {
  if (!entries.find(entry => entry.cluster === cluster)?.isMarked) return [];
  return [
    {
      tool: 'kubectl',
      verb: ['create', 'namespace'],
      cluster,
      addArgs: ['--field-manager', managerOf(runId)],
      because: 'marks the namespaces that this run creates, so that no others are ever removed',
    },
  ];
}
