/** What a run on clusters of the user begins with, and what it notes of each before it writes to it. */
import { join } from 'node:path';
import { writeFileSync } from '../../base/disk/disk.ts';
import { OWNER_ONLY } from '../../base/disk/modes.ts';
import type { ClusterName } from '../../model/names.ts';
import type { Topology } from '../../model/topology.ts';
import type { ExistingEntry, Ledger } from '../ledger.ts';
import type { Programs } from '../platform.ts';
import { compare, type Line, lineOf } from '../version-line.ts';
import type { ExistingOptions } from './options.ts';
import type { Inspection } from './preflight.ts';

/** The programs that work on real clusters; simulated ones need none. */
export interface RealPrograms {
  readonly programs: Programs;
  readonly istioVersion: string;
}

/** Everything that the preflight has found out, and the user's wishes. */
export interface Beginning {
  readonly topology: Topology;
  readonly inspections: readonly Inspection[];
  /**
   * Cluster → the address at which the others reach its API server; for a cluster that is not in it, the
   * kubeconfig's address.
   */
  readonly servers: ReadonlyMap<ClusterName, string>;
  readonly real: RealPrograms | undefined;
  readonly options: ExistingOptions;
}

/**
 * From this version on `kubectl create` takes `--field-manager`, and API servers keep `managedFields` of
 * everything; 1.18 and 1.19 keep some.
 */
const MARKED_FROM: Line = [1, 20];

/** Writes into the ledger how a cluster was before the run, and beside it the kubeconfig that reaches it. */
export function noteCluster(ledger: Ledger, { context, uid, before, version }: Inspection): ExistingEntry {
  const kubeconfig = join(ledger.folder, `${context.cluster}.kubeconfig`);
  writeFileSync(kubeconfig, context.kubeconfig, { mode: OWNER_ONLY });
  const line = lineOf(version);
  const isMarked = line !== undefined && compare(line, MARKED_FROM) >= 0;
  const entry = { cluster: context.cluster, kubeconfig, uid, before, isMarked };
  ledger.write({ type: 'existing', ...entry });
  return entry;
}
