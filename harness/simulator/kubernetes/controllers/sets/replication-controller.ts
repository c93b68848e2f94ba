/**
 * ReplicationControllers: what ReplicaSets are today, with a map for a selector; the real one works on them
 * as
 * on ReplicaSets, too (pkg/controller/replication/replication_controller.go @v1.34).
 */
import { type Controller, type ControllerContext, eventRecorder, stopAll } from '../../client/controller.ts';
import {
  controllerOf,
  isActive,
  keyOf,
  type Pod,
  type ReplicaSet,
  type ReplicationController,
} from '../../client/kinds.ts';
import { WorkQueue } from '../../client/work-queue.ts';
import { claim, controllerReference } from '../claim.ts';
import { claimantsOf } from '../claimants.ts';
import { PodControl, podFrom } from '../pod-control.ts';
import { inRemovalOrder } from '../removal-order.ts';
import { replicaSetStatus } from '../replica-set-status.ts';

const KIND = 'replicationcontrollers';
const MOST_AT_ONCE = 500;

/** Shows a ReplicationController as a ReplicaSet; one without a selector finds nothing. */
function asSet({ spec, ...rest }: ReplicationController): ReplicaSet {
  const { selector = {}, template } = spec;
  const labels = Object.keys(selector).length > 0 ? selector : { '': '' };
  return {
    ...rest,
    spec: { ...spec, selector: { matchLabels: labels }, template: template ?? { spec: { containers: [] } } },
  };
}

const claimantOf = (owner: ReplicaSet) => ({ apiVersion: 'v1', kind: 'ReplicationController', owner });

/** Starts the controller that makes and removes the pods of ReplicationControllers. */
export function startReplicationController(context: ControllerContext): Controller {
  const { component, client, clock } = context;
  const control = new PodControl(context, eventRecorder(context, 'replication-controller'));
  const podsOf = (set: ReplicaSet): readonly Pod[] => {
    const { namespace = '', uid } = set.metadata;
    const candidates = client
      .list('pods', { namespace })
      .filter(pod => isActive(pod) && (controllerOf(pod)?.uid ?? uid) === uid);
    return claim(client.local, 'pods', claimantOf(set), candidates);
  };
  const sync = async (key: string): Promise<void> => {
    const [namespace = '', name = ''] = key.split('/');
    const found = client.get(KIND, namespace, name);
    if (!found) return;
    const set = asSet(found);
    const pods = podsOf(set);
    let failure: unknown;
    if (set.metadata.deletionTimestamp === undefined) {
      const missing = (set.spec.replicas ?? 1) - pods.length;
      const owner = controllerReference(claimantOf(set));
      const fresh = Array.from({ length: Math.min(Math.max(0, missing), MOST_AT_ONCE) }, () =>
        podFrom(set.spec.template, namespace, `${name}-`, owner),
      );
      ({ failure } = await control.createAll(claimantOf(set), fresh));
      if (missing < 0) {
        const surplus = inRemovalOrder(pods, pods, clock.now()).slice(0, Math.min(-missing, MOST_AT_ONCE));
        for (const pod of surplus) control.delete(claimantOf(set), pod);
      }
    }
    const current = client.get(KIND, namespace, name);
    if (current?.metadata.uid !== set.metadata.uid || !current) return;
    const now = clock.now();
    const { status, availableAt } = replicaSetStatus(asSet(current), podsOf(asSet(current)), failure, now);
    if (availableAt !== undefined) queue.addAfter(key, availableAt - now);
    client.updateStatus(KIND, { ...current, status });
    if (failure !== undefined) throw failure;
  };
  const queue = new WorkQueue(component, sync, KIND);
  const sets = (namespace: string) => client.list(KIND, { namespace }).map(asSet);
  const stops = [
    () => queue.stop(),
    client.watch(KIND, {}, ({ object }) => queue.add(keyOf(object))),
    client.watch('pods', {}, event => {
      for (const key of claimantsOf(event, 'ReplicationController', sets)) queue.add(key);
    }),
  ];
  return { stop: () => stopAll(stops) };
}
