/** ReplicaSets: makes and removes pods until there are as many as asked for, and tells what prevents it. */
import { messageOf } from '../../../base/errors.ts';
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import { TokenBucket } from '../../../base/token-bucket.ts';
import { type Controller, type ControllerContext, eventRecorder, stopAll } from '../client/controller.ts';
import { type EventRecorder, referenceTo } from '../client/event-recorder.ts';
import { controllerOf, isActive, keyOf, type Pod, type ReplicaSet } from '../client/kinds.ts';
import { matchesSelector } from '../client/label-selector.ts';
import { hasCode } from '../client/typed.ts';
import { WorkQueue } from '../client/work-queue.ts';
import { claim, controllerReference } from './claim.ts';
import { claimantsOf } from './claimants.ts';
import { inRemovalOrder } from './removal-order.ts';
import { replicaSetStatus } from './replica-set-status.ts';

const KIND = 'replicasets.apps';
/** kubernetes/kubernetes pkg/controller/replicaset/replica_set.go: batches of 1, 2, 4 … until one fails. */
const FIRST_BATCH = 1;
/** So many pods are removed at most before others have their turn (BurstReplicas there). */
const MOST_AT_ONCE = 500;
/** The rate of requests of a controller: kube-controller-manager's --kube-api-burst and --kube-api-qps. */
const CREATION_RATE = { burst: 30, perSecond: 20 };

const claimantOf = (owner: ReplicaSet) => ({ apiVersion: 'apps/v1', kind: 'ReplicaSet', owner });

/** Makes a pod of the set's template; the API server finds a name for it. */
function newPod(set: ReplicaSet): KubernetesObject {
  const { metadata, spec } = set.spec.template;
  const { namespace = '', name = '' } = set.metadata;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName: `${name}-`,
      namespace,
      ...(metadata?.labels && { labels: { ...metadata.labels } }),
      ...(metadata?.annotations && { annotations: { ...metadata.annotations } }),
      ownerReferences: [controllerReference(claimantOf(set))],
    },
    spec,
  };
}

class ReplicaSetController implements Controller {
  readonly #context: ControllerContext;
  readonly #events: EventRecorder;
  readonly #queue: WorkQueue;
  readonly #rate = new TokenBucket(CREATION_RATE);
  readonly #stops: (() => void)[];

  constructor(context: ControllerContext) {
    this.#context = context;
    const { component, client } = context;
    this.#events = eventRecorder(context, 'replicaset-controller');
    this.#queue = new WorkQueue(component, key => this.#sync(key), KIND);
    this.#stops = [
      () => this.#queue.stop(),
      client.watch(KIND, {}, ({ object }) => this.#queue.add(keyOf(object))),
      client.watch('pods', {}, event => {
        const sets = (namespace: string) => client.list(KIND, { namespace });
        for (const key of claimantsOf(event, 'ReplicaSet', sets)) this.#queue.add(key);
      }),
    ];
  }

  stop(): void {
    stopAll(this.#stops);
  }

  async #sync(key: string): Promise<void> {
    const [namespace = '', name = ''] = key.split('/');
    const { client } = this.#context;
    const set = client.get(KIND, namespace, name);
    if (!set) return;
    let failure: unknown;
    const active = this.#activePods(set);
    if (set.metadata.deletionTimestamp === undefined) {
      const missing = (set.spec.replicas ?? 1) - active.length;
      if (missing > 0) failure = await this.#createSome(set, missing);
      else if (missing < 0)
        this.#remove(set, this.#firstToGo(set, active).slice(0, Math.min(-missing, MOST_AT_ONCE)));
    }
    // While pods were made through webhooks, time has passed.
    const current = client.get(KIND, namespace, name);
    if (current?.metadata.uid !== set.metadata.uid || !current) return;
    this.#writeStatus(current, failure);
    if (failure !== undefined) throw failure;
  }

  /** Lists the pods that the set has by now: it adopts and releases on the way. */
  #activePods(set: ReplicaSet): readonly Pod[] {
    const { namespace = '', uid } = set.metadata;
    const candidates = this.#context.client.list('pods', { namespace }).filter(pod => {
      const controller = controllerOf(pod);
      return (controller === undefined || controller.uid === uid) && isActive(pod);
    });
    return claim(this.#context.client.local, 'pods', claimantOf(set), candidates);
  }

  /** Puts pods in the order of removal; those of the other sets of the same owner count as neighbours. */
  #firstToGo(set: ReplicaSet, pods: readonly Pod[]): readonly Pod[] {
    const { client, clock } = this.#context;
    const { namespace = '' } = set.metadata;
    const owner = controllerOf(set)?.uid;
    const family = client
      .list(KIND, { namespace })
      .filter(other => other === set || (owner !== undefined && controllerOf(other)?.uid === owner));
    const related = client
      .list('pods', { namespace })
      .filter(
        pod =>
          isActive(pod) && family.some(({ spec }) => matchesSelector(spec.selector, pod.metadata.labels)),
      );
    return inRemovalOrder(pods, related, clock.now());
  }

  /** Makes as many of the missing pods as the rate allows. @returns the first error */
  #createSome(set: ReplicaSet, missing: number): Promise<unknown> {
    const { clock } = this.#context;
    const count = this.#rate.take(missing, clock.now());
    if (count < missing) this.#queue.addAfter(keyOf(set), this.#rate.waitMs(clock.now()));
    return this.#create(set, count);
  }

  /**
   * Makes pods, in batches that grow.
   * @returns the first error
   */
  async #create(set: ReplicaSet, count: number): Promise<unknown> {
    let left = count;
    for (let batch = FIRST_BATCH; left > 0; batch *= 2) {
      const size = Math.min(batch, left);
      const outcomes = await Promise.all(Array.from({ length: size }, () => this.#createPod(set)));
      const failed = outcomes.find(outcome => outcome !== undefined);
      if (failed !== undefined) {
        // What is refused comes again ever more seldom; unlike the real one it keeps no other set waiting.
        this.#rate.give(left);
        return failed.error;
      }
      left -= size;
    }
    return undefined;
  }

  async #createPod(set: ReplicaSet): Promise<{ readonly error: unknown } | undefined> {
    const { namespace = '' } = set.metadata;
    const about = referenceTo(set, 'ReplicaSet', 'apps/v1');
    try {
      const pod = await this.#context.client.local.createThroughAdmission('pods', newPod(set));
      this.#events.record(about, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`);
      return undefined;
    } catch (error) {
      // In a namespace on its way out this is expected.
      if (this.#context.client.isOpen(namespace)) {
        this.#events.record(about, 'Warning', 'FailedCreate', `Error creating: ${messageOf(error)}`);
      }
      return { error };
    }
  }

  #remove(set: ReplicaSet, pods: readonly Pod[]): void {
    for (const pod of pods) {
      const { namespace = '', name = '' } = pod.metadata;
      try {
        this.#context.client.local.delete('pods', namespace, name);
      } catch (error) {
        if (!hasCode(error, 404)) throw error;
      }
      this.#events.record(
        referenceTo(set, 'ReplicaSet', 'apps/v1'),
        'Normal',
        'SuccessfulDelete',
        `Deleted pod: ${name}`,
      );
    }
  }

  #writeStatus(set: ReplicaSet, failure: unknown): void {
    const { client, clock } = this.#context;
    const now = clock.now();
    const pods = this.#activePods(set);
    const { status, availableAt } = replicaSetStatus(set, pods, failure, now);
    if (availableAt !== undefined) this.#queue.addAfter(keyOf(set), availableAt - now);
    client.updateStatus(KIND, { ...set, status });
  }
}

/** Starts the controller that makes and removes the pods of ReplicaSets. */
export function startReplicaSetController(context: ControllerContext): Controller {
  return new ReplicaSetController(context);
}
