/** Deployments: a ReplicaSet for each pod template, and pods moved from the old ones to the new one. */

import { type Controller, type ControllerContext, stopAll } from '../client/controller.ts';
import { controllerOf, type Deployment, keyOf, type ReplicaSet } from '../client/kinds.ts';
import { WorkQueue } from '../client/work-queue.ts';
import { claimantsOf } from './claimants.ts';
import { othersOf } from './deployment-sets.ts';
import { deploymentStatus, isComplete, pausedConditions, progressDeadline } from './deployment-status.ts';
import { OwnedReplicaSets } from './owned-replica-sets.ts';
import { sameTemplate } from './pod-template-hash.ts';
import { isBeingScaled, scaledSizes } from './proportion.ts';
import { newSetSize, replicasOf, shrinkOldSets } from './rollout.ts';

const KIND = 'deployments.apps';
const SETS = 'replicasets.apps';

class DeploymentController implements Controller {
  readonly #context: ControllerContext;
  readonly #sets: OwnedReplicaSets;
  readonly #queue: WorkQueue;
  readonly #stops: (() => void)[];

  constructor(context: ControllerContext) {
    this.#context = context;
    const { component, client } = context;
    this.#sets = new OwnedReplicaSets(context);
    this.#queue = new WorkQueue(component, key => this.#sync(key), KIND);
    this.#stops = [
      () => this.#queue.stop(),
      client.watch(KIND, {}, ({ object }) => this.#queue.add(keyOf(object))),
      client.watch(SETS, {}, event => {
        const deployments = (namespace: string) => client.list(KIND, { namespace });
        for (const key of claimantsOf(event, 'Deployment', deployments)) this.#queue.add(key);
      }),
      client.watch('pods', {}, ({ type, object }) => {
        // A Recreate waits for the last old pod to be gone.
        if (type === 'DELETED')
          this.#ownerOfPod(object.metadata.namespace ?? '', controllerOf(object)?.name ?? '');
      }),
    ];
  }

  stop(): void {
    stopAll(this.#stops);
  }

  #ownerOfPod(namespace: string, setName: string): void {
    const set = this.#context.client.get(SETS, namespace, setName);
    const owner = set && controllerOf(set);
    if (owner?.kind === 'Deployment') this.#queue.add(`${namespace}/${owner.name}`);
  }

  #sync(key: string): void {
    const [namespace = '', name = ''] = key.split('/');
    const found = this.#context.client.get(KIND, namespace, name);
    if (!found) return;
    const deployment = this.#tellPaused(found);
    const sets = this.#sets.of(deployment);
    const existing = sets.find(set => sameTemplate(set.spec.template, deployment.spec.template));
    if (deployment.metadata.deletionTimestamp !== undefined || !this.#context.client.isOpen(namespace)) {
      this.#writeStatus(deployment, existing, sets);
      return;
    }
    if (deployment.spec.paused || isBeingScaled(deployment, sets)) {
      this.#scaleAll(deployment, sets, existing);
      return;
    }
    const newSet = this.#sets.findOrMake(deployment, sets, existing);
    if (newSet) this.#rollOut(deployment, sets, newSet);
  }

  /** Writes into the status that the rollout was paused, or goes on. @returns the Deployment as it is then */
  #tellPaused(deployment: Deployment): Deployment {
    const { client, clock } = this.#context;
    if (deployment.metadata.deletionTimestamp !== undefined) return deployment;
    const conditions = pausedConditions(deployment, clock.now());
    if (!conditions) return deployment;
    return client.updateStatus(KIND, { ...deployment, status: { ...deployment.status, conditions } });
  }

  /** Spreads the number of pods over the sets; a paused Deployment rolls out no new template. */
  #scaleAll(deployment: Deployment, sets: readonly ReplicaSet[], existing: ReplicaSet | undefined): void {
    for (const [set, size] of scaledSizes(deployment, existing, sets)) {
      this.#sets.scale(deployment, set, size);
    }
    const current = this.#sets.currentOf(deployment);
    this.#writeStatus(current, existing && this.#sets.currentSet(existing), this.#sets.of(deployment));
  }

  /** Moves pods from the old ReplicaSets to the new one, as far as they may move now. */
  #rollOut(deployment: Deployment, sets: readonly ReplicaSet[], newSet: ReplicaSet): void {
    const old = othersOf(sets, newSet);
    if (deployment.spec.strategy?.type === 'Recreate') this.#recreate(deployment, newSet, old);
    else this.#roll(deployment, newSet, old);
    const updated = this.#sets.of(deployment);
    const current = this.#sets.currentOf(deployment);
    const status = this.#writeStatus(current, this.#sets.currentSet(newSet), updated);
    if (isComplete(current, status)) this.#sets.dropHistory(deployment, othersOf(updated, newSet));
  }

  #roll(deployment: Deployment, newSet: ReplicaSet, old: readonly ReplicaSet[]): void {
    if (this.#sets.scale(deployment, newSet, newSetSize(deployment, replicasOf(newSet), old))) return;
    for (const [set, size] of shrinkOldSets(deployment, newSet, old)) this.#sets.scale(deployment, set, size);
  }

  #recreate(deployment: Deployment, newSet: ReplicaSet, old: readonly ReplicaSet[]): void {
    let isScaling = false;
    for (const set of old) isScaling = this.#sets.scale(deployment, set, 0) || isScaling;
    const oldUids = new Set(old.map(({ metadata }) => metadata.uid));
    const hasOldPods = this.#context.client
      .list('pods', { namespace: deployment.metadata.namespace ?? '' })
      .some(pod => oldUids.has(controllerOf(pod)?.uid));
    if (!isScaling && !hasOldPods) this.#sets.scale(deployment, newSet, deployment.spec.replicas ?? 1);
  }

  #writeStatus(
    deployment: Deployment,
    newSet: ReplicaSet | undefined,
    sets: readonly ReplicaSet[],
  ): NonNullable<Deployment['status']> {
    const { client, clock } = this.#context;
    const now = clock.now();
    const status = deploymentStatus(deployment, newSet, sets, now);
    client.updateStatus(KIND, { ...deployment, status });
    const deadline = progressDeadline(deployment, status.conditions ?? []);
    if (deadline !== undefined) this.#queue.addAfter(keyOf(deployment), Math.max(deadline - now, 0));
    return status;
  }
}

/** Starts the controller that rolls out the pod templates of Deployments. */
export function startDeploymentController(context: ControllerContext): Controller {
  return new DeploymentController(context);
}
