/**
 * Finds the cluster of an instance. It keeps the pods of every cluster, and reads them anew for an unknown
 * instance.
 */
import type { ClusterName } from '../model/names.ts';
import type { CheckContext } from './check.ts';
import { listPods, type PodFact } from './pods.ts';
import type { Answer } from './sampling.ts';
import type { Locate } from './tally.ts';
import { NAMESPACE, SERVICE } from './workloads.ts';

export type PodsByCluster = ReadonlyMap<ClusterName, readonly PodFact[]>;

export class PodDirectory {
  readonly #context: Pick<CheckContext, 'clusters' | 'signal'>;
  #pods: PodsByCluster = new Map();
  /** Pods of HelloWorld by name. */
  #owners = new Map<string, { readonly cluster: ClusterName; readonly version: string | undefined }[]>();

  constructor(context: Pick<CheckContext, 'clusters' | 'signal'>) {
    this.#context = context;
  }

  /** As they were read last; empty before. */
  get pods(): PodsByCluster {
    return this.#pods;
  }

  /** Pods' names are unique in practice; where two clusters share one, the version decides. */
  readonly locate: Locate = (instance, version) => {
    const owners = this.#owners.get(instance) ?? [];
    return (owners.find(owner => owner.version === version) ?? owners[0])?.cluster ?? null;
  };

  /** Reads the pods anew if one of the instances is unknown. @throws KubernetesApiError */
  async learn(answers: readonly Answer[]): Promise<void> {
    if (answers.some(answer => answer.kind === 'answer' && !this.#owners.has(answer.instance)))
      await this.refresh();
  }

  /** @throws KubernetesApiError */
  async refresh(): Promise<void> {
    const { clusters, signal } = this.#context;
    this.#pods = new Map(
      await Promise.all(
        [...clusters].map(
          async ([name, { client }]) => [name, await listPods(client, NAMESPACE, signal)] as const,
        ),
      ),
    );
    this.#owners = new Map();
    for (const [cluster, pods] of this.#pods) {
      for (const { name, app, version } of pods) {
        if (app !== SERVICE) continue;
        this.#owners.set(name, [...(this.#owners.get(name) ?? []), { cluster, version }]);
      }
    }
  }
}
