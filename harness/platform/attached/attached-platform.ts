/** Clusters with a mesh that somebody else has installed: nothing is written to them unasked. */
import { READ_MS } from '../../base/answer-deadline.ts';
import { systemClock } from '../../base/clock.ts';
import { KubernetesClient } from '../../base/kubernetes-client.ts';
import type { ClusterName } from '../../model/names.ts';
import { Bundle } from '../bundle.ts';
import { describeClusters } from '../diagnostics.ts';
import type {
  Cluster,
  ControlPlane,
  Finding,
  Platform,
  PlatformAdjustment,
  StartedPlatform,
} from '../platform.ts';
import { apiServers, watchAnswers } from '../watch-answers.ts';
import { lookBefore } from './deployed.ts';
import { Deployment } from './deployment.ts';

/** Milliseconds without an answer: nothing is installed here, so that no server has a reason to pause. */
const LOST_MS = 30_000;

/** Where the clusters are, and what is known of them. */
interface AttachedOptions {
  /** Where they come from, for reports: `simulator`, `kind`, `existing`. */
  readonly name: string;
  /** Cluster → a document with one context. */
  readonly kubeconfigs: ReadonlyMap<ClusterName, string>;
  /** True if they say so of themselves: then a run claims nothing about Istio. */
  readonly isSimulated: boolean;
  /** Present where a real istiod is known to serve simulated proxies. */
  readonly controlPlane?: ControlPlane;
  /**
   * The folder of all runs' state. Present: what is there at the start is noted in it, and the workloads that
   * were added since are taken out at the end; after a crash by `clean`.
   */
  readonly deploysBy?: string;
}

/** The platform of a run that installs nothing. */
export class AttachedPlatform implements Platform {
  readonly name: string;
  readonly clock = 'wall' as const;
  readonly capabilities: Platform['capabilities'];
  readonly controlPlane?: ControlPlane;
  readonly #options: AttachedOptions;

  constructor(options: AttachedOptions) {
    this.#options = options;
    this.name = options.name;
    this.capabilities = { realProxies: !options.isSimulated, faults: false };
    if (options.controlPlane) this.controlPlane = options.controlPlane;
  }

  /** The clusters are named by someone who has them; there is nothing to find out beforehand. */
  doctor(): Promise<readonly Finding[]> {
    return Promise.resolve([]);
  }

  async start(_topology: unknown, signal: AbortSignal): Promise<StartedPlatform> {
    signal.throwIfAborted();
    const { kubeconfigs, deploysBy } = this.#options;
    const limit = { clock: systemClock, readMs: READ_MS };
    const clients = new Map(
      [...kubeconfigs].map(
        ([name, kubeconfig]) => [name, new KubernetesClient(kubeconfig, { limit })] as const,
      ),
    );
    const close = () => {
      for (const client of clients.values()) client.close();
    };
    try {
      const before = deploysBy === undefined ? undefined : await lookBefore(clients, signal);
      const deployment =
        before && deploysBy !== undefined ? new Deployment(deploysBy, kubeconfigs, before) : undefined;
      return new StartedAttached(kubeconfigs, clients, deployment);
    } catch (error) {
      close();
      throw error;
    }
  }
}

/** The clusters while a run has them. */
class StartedAttached implements StartedPlatform {
  readonly clusters: ReadonlyMap<ClusterName, Cluster>;
  readonly clock = systemClock;
  readonly adjustments: readonly PlatformAdjustment[];
  readonly defect: AbortSignal;
  readonly #stopped = new AbortController();
  readonly #clients: ReadonlyMap<ClusterName, KubernetesClient>;
  readonly #deployment: Deployment | undefined;

  constructor(
    kubeconfigs: ReadonlyMap<ClusterName, string>,
    clients: ReadonlyMap<ClusterName, KubernetesClient>,
    deployment: Deployment | undefined,
  ) {
    this.clusters = new Map(
      [...kubeconfigs].map(([name, document]) => [name, { name, kubeconfig: () => document }]),
    );
    this.#clients = clients;
    this.#deployment = deployment;
    this.adjustments = deployment?.adjustments ?? [];
    this.defect = watchAnswers(apiServers(clients), {
      clock: this.clock,
      stop: this.#stopped.signal,
      lostMs: LOST_MS,
    });
  }

  async collectDiagnostics(folder: string): Promise<void> {
    await describeClusters(new Bundle(folder), this.clusters.values(), undefined, () => undefined);
  }

  /** @throws HarnessError ERR_KUBERNETES_API with all that could not be removed */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped.abort();
    try {
      await this.#deployment?.end(this.#clients, this.clock);
    } finally {
      for (const client of this.#clients.values()) client.close();
    }
  }
}
