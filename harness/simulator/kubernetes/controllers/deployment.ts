/** Deployments: a ReplicaSet for each pod template, and pods moved from the old ones to the new one. */

import { type Controller, type ControllerContext, eventRecorder, stopAll } from '../client/controller.ts';
import { type EventRecorder, referenceTo } from '../client/event-recorder.ts';
import { controllerOf, type Deployment, keyOf, type ReplicaSet } from '../client/kinds.ts';
import { matchesSelector } from '../client/label-selector.ts';
import { hasCode } from '../client/typed.ts';
import { WorkQueue } from '../client/work-queue.ts';
import {
  annotationsOf,
  byAge,
  newReplicaSet,
  ownerReferenceTo,
  REVISION,
  revisionOf,
} from './deployment-sets.ts';
import { deploymentStatus, isComplete, progressDeadline, withCondition } from './deployment-status.ts';
import { sameTemplate } from './pod-template-hash.ts';
import { newSetSize, replicasOf, shrinkOldSets } from './rollout.ts';

const KIND = 'deployments.apps';
const SETS = 'replicasets.apps';

class DeploymentController implements Controller {
  readonly #context: ControllerContext;
  readonly #events: EventRecorder;
  readonly #queue: WorkQueue;
  readonly #stops: (() => void)[];

  constructor(context: ControllerContext) {
    this.#context = context;
    const { component, client } = context;
    this.#events = eventRecorder(context, 'deployment-controller');
    this.#queue = new WorkQueue(component, key => this.#sync(key), KIND);
    this.#stops = [
      () => this.#queue.stop(),
      client.watch(KIND, {}, ({ object }) => this.#queue.add(keyOf(object))),
      client.watch(SETS, {}, ({ object }) => {
        const owner = controllerOf(object);
        if (owner?.kind === 'Deployment') this.#queue.add(`${object.metadata.namespace}/${owner.name}`);
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
    const deployment = this.#context.client.get(KIND, namespace, name);
    if (!deployment) return;
    const sets = this.#ownSets(deployment);
    const existing = sets.find(set => sameTemplate(set.spec.template, deployment.spec.template));
    if (deployment.metadata.deletionTimestamp !== undefined || !this.#context.client.isOpen(namespace)) {
      this.#writeStatus(deployment, existing, sets);
      return;
    }
    if (deployment.spec.paused) {
      this.#keepPaused(deployment, sets, existing);
      return;
    }
    const newSet = this.#newSet(deployment, sets, existing);
    if (newSet) this.#rollOut(deployment, sets, newSet);
  }

  /** Keeps the number of pods; a paused Deployment rolls out no new template. */
  #keepPaused(deployment: Deployment, sets: readonly ReplicaSet[], existing: ReplicaSet | undefined): void {
    if (existing) {
      const size = newSetSize(deployment, replicasOf(existing), othersOf(sets, existing));
      this.#scale(deployment, existing, size);
    }
    const current = this.#again(deployment);
    this.#writeStatus(current, existing && this.#setAgain(existing), this.#ownSets(deployment));
  }

  /** Moves pods from the old ReplicaSets to the new one, as far as they may move now. */
  #rollOut(deployment: Deployment, sets: readonly ReplicaSet[], newSet: ReplicaSet): void {
    const old = othersOf(sets, newSet);
    if (deployment.spec.strategy?.type === 'Recreate') this.#recreate(deployment, newSet, old);
    else this.#roll(deployment, newSet, old);
    const updated = this.#ownSets(deployment);
    const current = this.#again(deployment);
    const status = this.#writeStatus(current, this.#setAgain(newSet), updated);
    if (isComplete(current, status)) this.#dropHistory(deployment, othersOf(updated, newSet));
  }

  #again(deployment: Deployment): Deployment {
    const { namespace = '', name = '' } = deployment.metadata;
    return this.#context.client.get(KIND, namespace, name) ?? deployment;
  }

  #setAgain(set: ReplicaSet): ReplicaSet {
    const { namespace = '', name = '' } = set.metadata;
    return this.#context.client.get(SETS, namespace, name) ?? set;
  }

  /**
   * Its ReplicaSets, oldest first, by name among equals (pkg/controller/controller_utils.go @v1.32:
   * ReplicaSetsByCreationTimestamp). Adopts what matches the selector and belongs to nobody.
   */
  #ownSets(deployment: Deployment): readonly ReplicaSet[] {
    const { namespace = '', uid = '' } = deployment.metadata;
    const own: ReplicaSet[] = [];
    for (const set of this.#context.client.list(SETS, { namespace })) {
      const owner = controllerOf(set);
      if (owner) {
        if (owner.uid === uid) own.push(set);
      } else if (
        deployment.metadata.deletionTimestamp === undefined &&
        set.metadata.deletionTimestamp === undefined &&
        matchesSelector(deployment.spec.selector, set.metadata.labels)
      ) {
        const ownerReferences = [...(set.metadata.ownerReferences ?? []), ownerReferenceTo(deployment)];
        own.push(
          this.#context.client.update(SETS, { ...set, metadata: { ...set.metadata, ownerReferences } }),
        );
      }
    }
    return own.sort(byAge);
  }

  /** Finds or makes the ReplicaSet of the current template, and keeps revisions up to date. */
  #newSet(
    deployment: Deployment,
    sets: readonly ReplicaSet[],
    existing: ReplicaSet | undefined,
  ): ReplicaSet | undefined {
    const old = existing ? othersOf(sets, existing) : sets;
    const revision = String(Math.max(0, ...old.map(revisionOf)) + 1);
    const annotations = annotationsOf(deployment, existing, revision);
    const newSet = existing
      ? this.#context.client.update(SETS, {
          ...existing,
          metadata: { ...existing.metadata, annotations },
          spec: { ...existing.spec, minReadySeconds: deployment.spec.minReadySeconds ?? 0 },
        })
      : this.#createSet(deployment, sets, annotations);
    if (!newSet) return undefined;
    this.#showRevision(deployment, newSet.metadata.annotations?.[REVISION] ?? revision);
    this.#tellFound(deployment, newSet, existing !== undefined);
    return newSet;
  }

  /** Writes the revision of the new ReplicaSet into the Deployment's annotations. */
  #showRevision(deployment: Deployment, revision: string): void {
    const current = this.#again(deployment);
    if (current.metadata.annotations?.[REVISION] === revision) return;
    const annotations = { ...current.metadata.annotations, [REVISION]: revision };
    this.#context.client.update(KIND, { ...current, metadata: { ...current.metadata, annotations } });
  }

  /** Writes into the status that the rollout has its ReplicaSet, unless it says so already. */
  #tellFound(deployment: Deployment, newSet: ReplicaSet, existed: boolean): void {
    const { client, clock } = this.#context;
    const known = this.#again(deployment);
    const conditions = known.status?.conditions ?? [];
    if (existed && conditions.some(({ type }) => type === 'Progressing')) return;
    const reason = existed ? 'FoundNewReplicaSet' : 'NewReplicaSetCreated';
    const message = `${existed ? 'Found' : 'Created'} new replica set "${newSet.metadata.name}"`;
    const progressing = { type: 'Progressing', status: 'True', reason, message } as const;
    client.updateStatus(KIND, {
      ...known,
      status: { ...known.status, conditions: withCondition(conditions, progressing, clock.now()) },
    });
  }

  #createSet(
    deployment: Deployment,
    sets: readonly ReplicaSet[],
    annotations: Readonly<Record<string, string>>,
  ): ReplicaSet | undefined {
    const { client } = this.#context;
    try {
      const set = client.create(SETS, newReplicaSet(deployment, sets, annotations));
      if (replicasOf(set) > 0) this.#tellScaled(deployment, set, 0, replicasOf(set));
      return set;
    } catch (error) {
      if (!hasCode(error, 409)) throw error;
      // The name is taken by another template's ReplicaSet: the next hash differs.
      const collisionCount = (deployment.status?.collisionCount ?? 0) + 1;
      const current = this.#again(deployment);
      client.updateStatus(KIND, { ...current, status: { ...current.status, collisionCount } });
      return undefined;
    }
  }

  #roll(deployment: Deployment, newSet: ReplicaSet, old: readonly ReplicaSet[]): void {
    // Unlike Kubernetes, a change of `replicas` in the midst of a rollout is not spread over old and new pods
    // by proportion.
    if (this.#scale(deployment, newSet, newSetSize(deployment, replicasOf(newSet), old))) return;
    for (const [set, size] of shrinkOldSets(deployment, newSet, old)) this.#scale(deployment, set, size);
  }

  #recreate(deployment: Deployment, newSet: ReplicaSet, old: readonly ReplicaSet[]): void {
    let isScaling = false;
    for (const set of old) isScaling = this.#scale(deployment, set, 0) || isScaling;
    const oldUids = new Set(old.map(({ metadata }) => metadata.uid));
    const hasOldPods = this.#context.client
      .list('pods', { namespace: deployment.metadata.namespace ?? '' })
      .some(pod => oldUids.has(controllerOf(pod)?.uid));
    if (!isScaling && !hasOldPods) this.#scale(deployment, newSet, deployment.spec.replicas ?? 1);
  }

  /** @returns whether anything had to change */
  #scale(deployment: Deployment, set: ReplicaSet, size: number): boolean {
    const before = replicasOf(set);
    if (before === size) return false;
    const current = this.#setAgain(set);
    this.#context.client.update(SETS, { ...current, spec: { ...current.spec, replicas: size } });
    this.#tellScaled(deployment, set, before, size);
    return true;
  }

  #tellScaled(deployment: Deployment, set: ReplicaSet, before: number, after: number): void {
    this.#events.record(
      referenceTo(deployment, 'Deployment', 'apps/v1'),
      'Normal',
      'ScalingReplicaSet',
      `Scaled ${after > before ? 'up' : 'down'} replica set ${set.metadata.name} from ${before} to ${after}`,
    );
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

  #dropHistory(deployment: Deployment, old: readonly ReplicaSet[]): void {
    const empty = old.filter(
      set =>
        replicasOf(set) === 0 &&
        (set.status?.replicas ?? 0) === 0 &&
        set.metadata.deletionTimestamp === undefined,
    );
    const surplus = empty.length - (deployment.spec.revisionHistoryLimit ?? 10);
    for (const { metadata } of [...empty]
      .sort((a, b) => revisionOf(a) - revisionOf(b))
      .slice(0, Math.max(0, surplus))) {
      this.#context.client.local.delete(SETS, metadata.namespace ?? '', metadata.name ?? '');
    }
  }
}

function othersOf(sets: readonly ReplicaSet[], newSet: ReplicaSet): readonly ReplicaSet[] {
  return sets.filter(({ metadata }) => metadata.uid !== newSet.metadata.uid);
}

/** Starts the controller that rolls out the pod templates of Deployments. */
export function startDeploymentController(context: ControllerContext): Controller {
  return new DeploymentController(context);
}
