/** DaemonSets: a pod on each node that is to have one (pkg/controller/daemon/daemon_controller.go @v1.34). */
import { type Controller, type ControllerContext, eventRecorder, stopAll } from '../../client/controller.ts';
import { type EventRecorder, referenceTo } from '../../client/event-recorder.ts';
import { controllerOf, type DaemonSet, keyOf, type Pod } from '../../client/kinds.ts';
import { retryDelayMs } from '../../client/retry-rate.ts';
import { WorkQueue } from '../../client/work-queue.ts';
import { equal } from '../../registry/json.ts';
import { claim } from '../claim.ts';
import { claimantsOf } from '../claimants.ts';
import { PodControl } from '../pod-control.ts';
import { type DaemonPlan, type DaemonState, isOver, planNodes, planRollout } from './daemon-plan.ts';
import { daemonPod, nodeOf } from './daemon-pods.ts';
import { daemonStatus } from './daemon-status.ts';
import { dropRevisions, revisionsOf } from './revisions.ts';

const KIND = 'daemonsets.apps';
const HASH_LABEL = 'controller-revision-hash';
const MOST_AT_ONCE = 250;
/** A node whose pods fail gets the next one later and later: 1 s, 2 s … up to 15 minutes. */
const FIRST_BACKOFF_MS = 1000;
const LAST_BACKOFF_MS = 900_000;

const claimantOf = (owner: DaemonSet) => ({ apiVersion: 'apps/v1', kind: 'DaemonSet', owner });

class DaemonSetController implements Controller {
  readonly #context: ControllerContext;
  readonly #events: EventRecorder;
  readonly #pods: PodControl;
  readonly #queue: WorkQueue;
  /** By set and node: how often a pod has failed there, and when the next one may go. */
  readonly #failed = new Map<string, { readonly count: number; readonly until: number }>();
  readonly #stops: (() => void)[];

  constructor(context: ControllerContext) {
    this.#context = context;
    const { component, client } = context;
    this.#events = eventRecorder(context, 'daemonset-controller');
    this.#pods = new PodControl(context, this.#events);
    this.#queue = new WorkQueue(component, key => this.#sync(key), KIND);
    const sets = (namespace: string) => client.list(KIND, { namespace });
    this.#stops = [
      () => this.#queue.stop(),
      client.watch(KIND, {}, ({ object }) => this.#queue.add(keyOf(object))),
      client.watch('pods', {}, event => {
        for (const key of claimantsOf(event, 'DaemonSet', sets)) this.#queue.add(key);
      }),
      client.watch('nodes', {}, ({ object, previous }) => {
        // What nodes report of themselves makes no difference.
        if (
          previous &&
          equal([object.spec, object.metadata.labels], [previous.spec, previous.metadata.labels])
        )
          return;
        for (const set of client.list(KIND)) this.#queue.add(keyOf(set));
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
    if (!set || set.metadata.deletionTimestamp !== undefined || !client.isOpen(namespace)) return;
    const { all, update, collisions } = revisionsOf(client, {
      claimant: claimantOf(set),
      template: set.spec.template,
      hashLabel: HASH_LABEL,
      collisions: set.status?.collisionCount ?? 0,
    });
    const hash = update.metadata.labels?.[HASH_LABEL] ?? '';
    let failure = await this.#carryOut(
      set,
      hash,
      this.#withBackoff(key, set, planNodes(this.#stateOf(set, hash))),
    );
    if (failure === undefined)
      failure = await this.#carryOut(set, hash, planRollout(this.#stateOf(set, hash)));
    const stored = client.get(KIND, namespace, name);
    if (stored?.metadata.uid !== set.metadata.uid || !stored) return;
    const state = this.#stateOf(stored, hash);
    const status = daemonStatus(state, set.metadata.generation ?? 0, collisions);
    if (!equal(status, stored.status)) client.updateStatus(KIND, { ...stored, status });
    const live = new Set([update.metadata.name ?? '']);
    for (const pods of state.podsOn.values())
      for (const { metadata } of pods) live.add(`${name}-${metadata.labels?.[HASH_LABEL]}`);
    dropRevisions(client, all, live, set.spec.revisionHistoryLimit ?? 10);
    const { minReadySeconds = 0 } = set.spec;
    if (minReadySeconds > 0 && status.numberReady !== (status.numberAvailable ?? 0))
      this.#queue.addAfter(key, minReadySeconds * 1000);
    if (failure !== undefined) throw failure;
  }

  /** Lists nodes and pods as of now: the set adopts and releases on the way. */
  #stateOf(set: DaemonSet, hash: string): DaemonState {
    const { client, clock } = this.#context;
    const { namespace = '', uid } = set.metadata;
    const candidates = client
      .list('pods', { namespace })
      .filter(pod => (controllerOf(pod)?.uid ?? uid) === uid);
    const podsOn = new Map<string, Pod[]>();
    for (const pod of claim(client.local, 'pods', claimantOf(set), candidates)) {
      const node = nodeOf(pod);
      if (node !== undefined) podsOn.set(node, [...(podsOn.get(node) ?? []), pod]);
    }
    return { set, hash, nodes: client.list('nodes'), podsOn, now: clock.now() };
  }

  /** Tells of pods that have ended; one that has failed again and again stays for a while. */
  #withBackoff(key: string, set: DaemonSet, { create, remove }: DaemonPlan): DaemonPlan {
    const now = this.#context.clock.now();
    const kept = remove.filter(pod => {
      if (!isOver(pod)) return true;
      const { namespace, name } = pod.metadata;
      const node = nodeOf(pod) ?? '';
      const isFailed = pod.status?.phase === 'Failed';
      const known = this.#failed.get(`${key}/${node}`);
      if (isFailed && known && now < known.until) {
        this.#queue.addAfter(key, known.until - now);
        return false;
      }
      if (isFailed) {
        const count = (known?.count ?? 0) + 1;
        const delay = Math.min(FIRST_BACKOFF_MS * 2 ** (count - 1), LAST_BACKOFF_MS);
        this.#failed.set(`${key}/${node}`, { count, until: now + Math.max(delay, retryDelayMs(0)) });
      }
      const what = `${isFailed ? 'failed' : 'succeeded'} daemon pod ${namespace}/${name} on node ${node}`;
      const about = referenceTo(set, 'DaemonSet', 'apps/v1');
      if (isFailed)
        this.#events.record(about, 'Warning', 'FailedDaemonPod', `Found ${what}, will try to kill it`);
      else this.#events.record(about, 'Normal', 'SucceededDaemonPod', `Found ${what}, will try to delete it`);
      return true;
    });
    return { create, remove: kept };
  }

  /** @returns the first error */
  async #carryOut(set: DaemonSet, hash: string, { create, remove }: DaemonPlan): Promise<unknown> {
    const owner = claimantOf(set);
    const pods = create.slice(0, MOST_AT_ONCE).map(node => daemonPod(set, node, hash));
    const { failure } = await this.#pods.createAll(owner, pods);
    for (const pod of remove.slice(0, MOST_AT_ONCE)) this.#pods.delete(owner, pod);
    return failure;
  }
}

/** Starts the controller of DaemonSets. */
export function startDaemonSetController(context: ControllerContext): Controller {
  return new DaemonSetController(context);
}
