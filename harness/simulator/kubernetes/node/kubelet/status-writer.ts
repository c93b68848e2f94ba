/** Keeps the status of one pod in the API up to date with what the kubelet knows. */
import type { ClusterClient } from '../../client/cluster-client.ts';
import { keyOf, type Pod, type PodStatus } from '../../client/kinds.ts';
import type { Component } from '../../client/supervisor.ts';
import { hasCode } from '../../client/typed.ts';
import { equal } from '../../registry/json.ts';

/** The context of a status writer. */
export interface StatusWriterOptions {
  readonly client: Pick<ClusterClient, 'get' | 'updateStatus'>;
  /** Catches what a write throws that nobody awaits. */
  readonly component: Component;
  readonly pod: Pod;
  /** Computes the status of now. @param current - the pod as the cache has it */
  readonly status: (current: Pod) => PodStatus;
}

/** Writes a pod's status when it has changed: one write at a time, and one for all changes of a moment. */
export class StatusWriter {
  readonly #options: StatusWriterOptions;
  #isDue = false;
  #isStopped = false;
  #underWay: Promise<void> | undefined;
  /** Something changed while a write was under way. */
  #isAgain = false;
  /** The last write met an object that was newer than the cache's. */
  #metConflict = false;

  constructor(options: StatusWriterOptions) {
    this.#options = options;
  }

  /** Asks for a write in the next microtask. */
  setDue(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    queueMicrotask(() => {
      this.#isDue = false;
      const { component, pod } = this.#options;
      component.start({ resource: 'pods', key: keyOf(pod) }, () => this.write());
    });
  }

  /** Writes now, unless the cache has that status already. Resolves when the API has the newest. */
  write(): Promise<void> {
    if (this.#underWay) {
      this.#isAgain = true;
      return this.#underWay;
    }
    this.#underWay = this.#writeAll().finally(() => {
      this.#underWay = undefined;
    });
    return this.#underWay;
  }

  /** Notes that the cache has a newer pod: a write that met a conflict is tried again. */
  cacheChanged(): void {
    if (this.#metConflict) this.setDue();
  }

  /** Ends all writing: the pod is gone from the API. */
  stop(): void {
    this.#isStopped = true;
  }

  async #writeAll(): Promise<void> {
    do {
      this.#isAgain = false;
      await this.#writeOnce();
    } while (this.#isAgain);
  }

  async #writeOnce(): Promise<void> {
    if (this.#isStopped) return;
    const { client, pod, status } = this.#options;
    const { namespace = '', name = '', uid } = pod.metadata;
    const current = client.get('pods', namespace, name);
    if (current?.metadata.uid !== uid || !current) return;
    const next = status(current);
    if (equal(current.status, next)) return;
    this.#metConflict = false;
    try {
      await client.updateStatus('pods', { ...current, status: next });
    } catch (error) {
      if (hasCode(error, 409)) this.#metConflict = true;
      else if (!hasCode(error, 404)) throw error;
    }
  }
}
