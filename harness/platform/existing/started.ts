/** A run on clusters of the user: it notes on disk whose they are, and takes away what it has made. */
import { randomBytes } from 'node:crypto';
import { systemClock } from '../../base/clock.ts';
import { KubernetesClient } from '../../base/kubernetes-client.ts';
import { mergeKubeconfigs } from '../../model/kubeconfig.ts';
import type { ClusterName } from '../../model/names.ts';
import { Bundle } from '../bundle.ts';
import { describeClusters } from '../diagnostics.ts';
import { type ExistingEntry, Ledger } from '../ledger.ts';
import type {
  Cluster,
  Finding,
  FoundPlatform,
  PlatformAdjustment,
  Programs,
  StartedPlatform,
} from '../platform.ts';
import { foundPlatform } from '../told-versions.ts';
import { apiServers, watchAnswers } from '../watch-answers.ts';
import { adjustmentsFor } from './adjustments.ts';
import { type Beginning, noteCluster } from './beginning.ts';
import { probeReachability } from './probe.ts';
import type { ProbeDeadlines, ProbeImages } from './probe-options.ts';
import { removeProbe } from './probe-pods.ts';
import { removeFromCluster } from './remove.ts';

/** Clusters of the user while a run has them. */
export class StartedExisting implements StartedPlatform {
  readonly clusters: ReadonlyMap<ClusterName, Cluster>;
  readonly clock = systemClock;
  readonly adjustments: readonly PlatformAdjustment[];
  readonly programs?: Programs;
  readonly found: FoundPlatform;
  readonly defect: AbortSignal;
  readonly #stopped = new AbortController();
  readonly #clients: ReadonlyMap<ClusterName, KubernetesClient>;
  readonly #beginning: Beginning;
  readonly #runId = randomBytes(4).toString('hex');
  readonly #ledger: Ledger;
  readonly #entries: readonly ExistingEntry[];
  #ended: Promise<void> | undefined;

  /** Notes what is there, and whose it is. It writes nothing to a cluster. */
  constructor(beginning: Beginning) {
    const { inspections, servers, real, options } = beginning;
    this.#beginning = beginning;
    if (real) this.programs = real.programs;
    this.found = foundPlatform(inspections.map(({ told }) => told));
    this.#ledger = Ledger.open(options.state, this.#runId, 'existing');
    this.#entries = inspections.map(inspection => noteCluster(this.#ledger, inspection));
    this.clusters = new Map(
      inspections.map(({ context: { cluster, kubeconfig } }): [ClusterName, Cluster] => {
        const outer = mergeKubeconfigs(new Map([[cluster, kubeconfig]]), servers);
        return [
          cluster,
          { name: cluster, kubeconfig: from => (from === 'this-machine' ? kubeconfig : outer) },
        ];
      }),
    );
    this.#clients = new Map(
      [...this.clusters].map(([name, cluster]) => [
        name,
        new KubernetesClient(cluster.kubeconfig('this-machine')),
      ]),
    );
    this.defect = watchAnswers(apiServers(this.#clients), {
      clock: this.clock,
      stop: this.#stopped.signal,
      ...(options.lostMs !== undefined && { lostMs: options.lostMs }),
    });
    this.adjustments = adjustmentsFor(beginning, {
      ledger: this.#ledger,
      runId: this.#runId,
      entries: this.#entries,
      outerKubeconfig: cluster => this.clusters.get(cluster)?.kubeconfig('other-clusters') ?? '',
    });
  }

  /** Asks from pods whether the clusters reach each other. */
  async probe(
    images: ProbeImages,
    signal: AbortSignal,
    deadlines?: ProbeDeadlines,
  ): Promise<readonly Finding[]> {
    const clusters = [...this.clusters.values()].map(cluster => ({
      name: cluster.name,
      client: new KubernetesClient(cluster.kubeconfig('this-machine')),
      server: /server: (\S+)/.exec(cluster.kubeconfig('other-clusters'))?.[1] ?? '',
    }));
    try {
      const { topology } = this.#beginning;
      const common = { topology, clusters, images, runId: this.#runId, clock: this.clock, signal };
      const findings = await probeReachability({ ...common, ...(deadlines && { deadlines }) });
      if (findings.every(({ ok }) => ok)) {
        await Promise.all(clusters.map(({ client }) => removeProbe(client, this.#runId, signal)));
      }
      return findings;
    } finally {
      for (const { client } of clusters) client.close();
    }
  }

  async collectDiagnostics(folder: string): Promise<void> {
    const fileOf = (cluster: Cluster) =>
      this.#entries.find(entry => entry.cluster === cluster.name)?.kubeconfig;
    await describeClusters(new Bundle(folder), this.clusters.values(), this.programs, fileOf);
  }

  keep(): readonly string[] {
    this.#ledger.write({ type: 'kept' });
    this.#letGo();
    this.#ended ??= Promise.resolve(this.#ledger.close());
    return [
      'The mesh is left in your clusters. To remove exactly what this run has made: mesh-harness clean',
    ];
  }

  /** @throws HarnessError ERR_KUBERNETES_API with all that could not be removed */
  [Symbol.asyncDispose](): Promise<void> {
    this.#ended ??= this.#end();
    return this.#ended;
  }

  #letGo(): void {
    this.#stopped.abort();
    for (const client of this.#clients.values()) client.close();
  }

  async #end(): Promise<void> {
    this.#letGo();
    const failed = await Promise.all(
      this.#beginning.inspections.map(async ({ context: { cluster, kubeconfig } }) => {
        const entry = this.#entries.find(each => each.cluster === cluster);
        if (!entry) return [];
        const removal = { kubeconfig, runId: this.#runId, entry, atTheEnd: true, clock: this.clock };
        return (await removeFromCluster(removal)).failures.map(failure => `${cluster}: ${failure}`);
      }),
    );
    this.#ledger.end(failed.flat());
  }
}
