/** The ReplicaSets of Deployments in the API: found, adopted, made, scaled and dropped. */
import { type ControllerContext, eventRecorder } from '../client/controller.ts';
import { type EventRecorder, referenceTo } from '../client/event-recorder.ts';
import type { Deployment, ReplicaSet } from '../client/kinds.ts';
import { hasCode } from '../client/typed.ts';
import { equal } from '../registry/json.ts';
import { claim } from './claim.ts';
import {
  annotationsOf,
  byAge,
  deploymentAsClaimant,
  newReplicaSet,
  othersOf,
  REVISION,
  revisionOf,
  sizeAnnotations,
  surplusHistory,
} from './deployment-sets.ts';
import { withCondition } from './deployment-status.ts';
import { replicasOf } from './rollout.ts';

const KIND = 'deployments.apps';
const SETS = 'replicasets.apps';

/** Sets how long a pod must be ready; 0 is left out, as Go's JSON does. */
function withReadySeconds(
  { minReadySeconds: _before, ...spec }: ReplicaSet['spec'],
  minReadySeconds: number,
): ReplicaSet['spec'] {
  return { ...spec, ...(minReadySeconds !== 0 && { minReadySeconds }) };
}

/** Reads and writes the ReplicaSets of Deployments, and tells in events when it changes their sizes. */
export class OwnedReplicaSets {
  readonly #context: ControllerContext;
  readonly #events: EventRecorder;

  constructor(context: ControllerContext) {
    this.#context = context;
    this.#events = eventRecorder(context, 'deployment-controller');
  }

  /** Reads a Deployment anew, after writes; as it was if it is gone. */
  currentOf(deployment: Deployment): Deployment {
    const { namespace = '', name = '' } = deployment.metadata;
    return this.#context.client.get(KIND, namespace, name) ?? deployment;
  }

  /** Reads a ReplicaSet anew, after writes; as it was if it is gone. */
  currentSet(set: ReplicaSet): ReplicaSet {
    const { namespace = '', name = '' } = set.metadata;
    return this.#context.client.get(SETS, namespace, name) ?? set;
  }

  /**
   * Returns a Deployment's ReplicaSets, oldest first, by name among equals
   * (pkg/controller/controller_utils.go @v1.34: ReplicaSetsByCreationTimestamp). It adopts and releases on
   * the way.
   */
  of(deployment: Deployment): readonly ReplicaSet[] {
    const { client } = this.#context;
    const sets = client.list(SETS, { namespace: deployment.metadata.namespace ?? '' });
    return [...claim(client.local, SETS, deploymentAsClaimant(deployment), sets)].sort(byAge);
  }

  /**
   * Finds or makes the ReplicaSet of the current template, and keeps revisions up to date.
   * @returns undefined if its name is taken: the next sync finds another one
   */
  findOrMake(
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
          spec: withReadySeconds(existing.spec, deployment.spec.minReadySeconds ?? 0),
        })
      : this.#createSet(deployment, sets, annotations);
    if (!newSet) return undefined;
    this.#showRevision(deployment, newSet.metadata.annotations?.[REVISION] ?? revision);
    this.#tellFound(deployment, newSet, existing !== undefined);
    return newSet;
  }

  /** Writes the revision of the new ReplicaSet into the Deployment's annotations. */
  #showRevision(deployment: Deployment, revision: string): void {
    const current = this.currentOf(deployment);
    if (current.metadata.annotations?.[REVISION] === revision) return;
    const annotations = { ...current.metadata.annotations, [REVISION]: revision };
    this.#context.client.update(KIND, { ...current, metadata: { ...current.metadata, annotations } });
  }

  /** Writes into the status that the rollout has its ReplicaSet, unless it says so already. */
  #tellFound(deployment: Deployment, newSet: ReplicaSet, existed: boolean): void {
    const { client, clock } = this.#context;
    const known = this.currentOf(deployment);
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
      const current = this.currentOf(deployment);
      client.updateStatus(KIND, { ...current, status: { ...current.status, collisionCount } });
      return undefined;
    }
  }

  /**
   * Sets how many pods a ReplicaSet is to have, and notes the size of the Deployment in it.
   * @returns whether the number had to change
   */
  scale(deployment: Deployment, set: ReplicaSet, size: number): boolean {
    const before = replicasOf(set);
    const current = this.currentSet(set);
    const annotations = { ...current.metadata.annotations, ...sizeAnnotations(deployment) };
    const isNoted = equal(current.metadata.annotations, annotations);
    if (before === size && isNoted) return false;
    this.#context.client.update(SETS, {
      ...current,
      metadata: { ...current.metadata, annotations },
      spec: { ...current.spec, replicas: size },
    });
    if (before !== size) this.#tellScaled(deployment, set, before, size);
    return before !== size;
  }

  #tellScaled(deployment: Deployment, set: ReplicaSet, before: number, after: number): void {
    this.#events.record(
      referenceTo(deployment, 'Deployment', 'apps/v1'),
      'Normal',
      'ScalingReplicaSet',
      `Scaled ${after > before ? 'up' : 'down'} replica set ${set.metadata.name} from ${before} to ${after}`,
    );
  }

  /** Deletes the old ReplicaSets that the history has no room for. */
  dropHistory(deployment: Deployment, old: readonly ReplicaSet[]): void {
    for (const { metadata } of surplusHistory(deployment, old)) {
      this.#context.client.local.delete(SETS, metadata.namespace ?? '', metadata.name ?? '');
    }
  }
}
