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

type Asked = Pick<CheckContext, 'clusters' | 'signal'>;

/**
 * Lists of all clusters' pods that are under way. Checks that ask from many clusters at once share them:
 * fifty clients that each list the pods of fifty clusters are 2,500 requests.
 */
const underWay = new WeakMap<Asked['clusters'], Promise<PodsByCluster>>();

async function listAll({ clusters, signal }: Asked): Promise<PodsByCluster> {
  return new Map(
    await Promise.all(
      [...clusters].map(
        async ([name, { client }]) => [name, await listPods(client, NAMESPACE, signal)] as const,
      ),
    ),
  );
}

/** Lists the pods of all clusters, for all who ask meanwhile. */
async function listForAll(asked: Asked): Promise<PodsByCluster> {
  const listing = listAll(asked);
  underWay.set(asked.clusters, listing);
  try {
    return await listing;
  } finally {
    if (underWay.get(asked.clusters) === listing) underWay.delete(asked.clusters);
  }
}

/** Waits for the lists that another has begun. @returns undefined if there are none, or they failed */
async function listedByAnother({ clusters, signal }: Asked): Promise<PodsByCluster | undefined> {
  try {
    return await underWay.get(clusters);
  } catch {
    // The other may have been ended; whoever waits asks for himself, and learns what is wrong.
    signal.throwIfAborted();
    return undefined;
  }
}

export class PodDirectory {
  readonly #context: Asked;
  #pods: PodsByCluster = new Map();
  /** Pods of HelloWorld by name. */
  #owners = new Map<string, { readonly cluster: ClusterName; readonly version: string | undefined }[]>();

  constructor(context: Asked) {
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
    const isUnknown = (answer: Answer) => answer.kind === 'answer' && !this.#owners.has(answer.instance);
    if (!answers.some(isUnknown)) return;
    const listed = await listedByAnother(this.#context);
    if (listed) this.#take(listed);
    // Those lists may be from before the answer.
    if (answers.some(isUnknown)) this.#take(await listForAll(this.#context));
  }

  /** @throws KubernetesApiError */
  async refresh(): Promise<void> {
    this.#take((await listedByAnother(this.#context)) ?? (await listForAll(this.#context)));
  }

  #take(pods: PodsByCluster): void {
    this.#pods = pods;
    this.#owners = new Map();
    for (const [cluster, pods] of this.#pods) {
      for (const { name, app, version } of pods) {
        if (app !== SERVICE) continue;
        this.#owners.set(name, [...(this.#owners.get(name) ?? []), { cluster, version }]);
      }
    }
  }
}
