/** StatefulSets: pods with numbers, made and replaced in their order. */
import { type Controller, type ControllerContext, eventRecorder, stopAll } from '../../client/controller.ts';
import { type EventRecorder, referenceTo } from '../../client/event-recorder.ts';
import { controllerOf, keyOf, type Pod, type StatefulSet } from '../../client/kinds.ts';
import { WorkQueue } from '../../client/work-queue.ts';
import { equal } from '../../registry/json.ts';
import { claim } from '../claim.ts';
import { claimantsOf } from '../claimants.ts';
import { dropRevisions, revisionsOf } from './revisions.ts';
import { StatefulPodControl } from './stateful-pod-control.ts';
import { ordinalOf, revisionOf } from './stateful-pods.ts';
import { rollOut } from './stateful-rollout.ts';
import { statusOf } from './stateful-status.ts';

const KIND = 'statefulsets.apps';
const HASH_LABEL = 'controller.kubernetes.io/hash';

const claimantOf = (owner: StatefulSet) => ({ apiVersion: 'apps/v1', kind: 'StatefulSet', owner });

class StatefulSetController implements Controller {
  readonly #context: ControllerContext;
  readonly #events: EventRecorder;
  readonly #queue: WorkQueue;
  readonly #stops: (() => void)[];

  constructor(context: ControllerContext) {
    this.#context = context;
    const { component, client } = context;
    this.#events = eventRecorder(context, 'statefulset-controller');
    this.#queue = new WorkQueue(component, key => this.#sync(key), KIND);
    const sets = (namespace: string) => client.list(KIND, { namespace });
    this.#stops = [
      () => this.#queue.stop(),
      client.watch(KIND, {}, ({ object }) => this.#queue.add(keyOf(object))),
      client.watch('pods', {}, event => {
        for (const key of claimantsOf(event, 'StatefulSet', sets)) this.#queue.add(key);
      }),
    ];
  }

  stop(): void {
    stopAll(this.#stops);
  }

  async #sync(key: string): Promise<void> {
    const [namespace = '', name = ''] = key.split('/');
    const { client, clock } = this.#context;
    const set = client.get(KIND, namespace, name);
    if (!set) return;
    const pods = this.#podsOf(set);
    const { all, update, collisions } = revisionsOf(client, {
      claimant: claimantOf(set),
      template: set.spec.template,
      hashLabel: HASH_LABEL,
      collisions: set.status?.collisionCount ?? 0,
    });
    const current = all.find(({ metadata }) => metadata.name === set.status?.currentRevision) ?? update;
    const control = new StatefulPodControl(this.#context, set, (type, reason, message) =>
      this.#events.record(referenceTo(set, 'StatefulSet', 'apps/v1'), type, reason, message),
    );
    let failure: unknown;
    if (set.metadata.deletionTimestamp === undefined && client.isOpen(namespace)) {
      const revisions = { current, update };
      failure = await rollOut(set, pods, revisions, { control, now: () => clock.now() });
    }
    // While pods were made, time has passed.
    const stored = client.get(KIND, namespace, name);
    if (stored?.metadata.uid !== set.metadata.uid || !stored) return;
    const left = this.#podsOf(stored);
    const live = new Set([current, update].map(({ metadata }) => metadata.name ?? ''));
    for (const pod of left) live.add(revisionOf(pod));
    const status = statusOf(set, left, { current, update, collisions }, clock.now());
    if (!equal(status, stored.status)) client.updateStatus(KIND, { ...stored, status });
    dropRevisions(client, all, live, set.spec.revisionHistoryLimit ?? 10);
    const { minReadySeconds = 0, replicas = 1 } = set.spec;
    if (minReadySeconds > 0 && status.availableReplicas !== replicas)
      this.#queue.addAfter(key, minReadySeconds * 1000);
    if (failure !== undefined) throw failure;
  }

  /** Lists the pods that the set has by now: it adopts and releases on the way. */
  #podsOf(set: StatefulSet): readonly Pod[] {
    const { client } = this.#context;
    const { namespace = '', uid } = set.metadata;
    const candidates = client
      .list('pods', { namespace })
      .filter(pod => controllerOf(pod)?.uid === uid || ordinalOf(pod, set) !== undefined);
    return claim(client.local, 'pods', claimantOf(set), candidates);
  }
}

/** Starts the controller of StatefulSets. */
export function startStatefulSetController(context: ControllerContext): Controller {
  return new StatefulSetController(context);
}
