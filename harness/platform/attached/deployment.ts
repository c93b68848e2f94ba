/** The workloads of a verification while they are deployed: how they are marked, noted and taken out. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { writeFileSync } from '../../base/disk/disk.ts';
import { OWNER_ONLY } from '../../base/disk/modes.ts';
import type { KubernetesClient } from '../../base/kubernetes-client.ts';
import type { ClusterName } from '../../model/names.ts';
import { Ledger } from '../ledger.ts';
import { managerOf } from '../marks.ts';
import type { PlatformAdjustment } from '../platform.ts';
import { type Before, removeDeployed } from './deployed.ts';

/** What the steps of the workloads write with; each takes `--field-manager`. */
const WRITING_VERBS = [['create', 'namespace'], ['label'], ['apply']] as const;

/** Workloads that somebody deploys: noted beforehand, so that also a killed run can be undone. */
export class Deployment {
  readonly adjustments: readonly PlatformAdjustment[];
  readonly #ledger: Ledger;
  readonly #before: ReadonlyMap<ClusterName, Before>;

  /** @param state - the folder of all runs' state */
  constructor(
    state: string,
    kubeconfigs: ReadonlyMap<ClusterName, string>,
    before: ReadonlyMap<ClusterName, Before>,
  ) {
    const runId = randomBytes(4).toString('hex');
    this.#ledger = Ledger.open(state, runId, 'attached');
    this.#before = before;
    for (const [cluster, document] of kubeconfigs) {
      const own = before.get(cluster);
      if (!own) continue;
      const kubeconfig = join(this.#ledger.folder, `${cluster}.kubeconfig`);
      writeFileSync(kubeconfig, document, { mode: OWNER_ONLY });
      this.#ledger.write({ type: 'deployed', cluster, kubeconfig, before: own });
    }
    this.adjustments = [...before.keys()].flatMap(cluster =>
      WRITING_VERBS.map(verb => ({
        ...{ tool: 'kubectl' as const, verb, cluster },
        addArgs: ['--field-manager', managerOf(runId)],
        because: 'marks what is deployed for the time, so that nothing else is ever removed',
      })),
    );
  }

  /**
   * Takes the workloads out.
   * @throws HarnessError ERR_KUBERNETES_API with all that could not be removed
   */
  async end(clients: ReadonlyMap<ClusterName, KubernetesClient>, clock: Clock): Promise<void> {
    const failed = await Promise.all(
      [...this.#before].map(async ([name, before]) => {
        const client = clients.get(name);
        const failures = client ? (await removeDeployed(client, before, { clock })).failures : [];
        return failures.map(failure => `${name}: ${failure}`);
      }),
    );
    this.#ledger.end(failed.flat());
  }
}
