/** The columns of pods, and of the kinds that keep pods going. */
import { type JsonObject, objectOf, objectsOf, stringOf } from '../../registry/json.ts';
import {
  AGE,
  type Column,
  formatMap,
  integer,
  NAME,
  NONE,
  number,
  replicas,
  SELECTOR,
  spec,
  status,
  TEMPLATE_COLUMNS,
  text,
  UNKNOWN,
  UNSET,
  wide,
} from './column.ts';
import { podCells } from './pod-cells.ts';

/** printPod. */
export const POD: readonly Column[] = [
  NAME,
  text('Ready', (pod, now) => podCells(pod, now).ready),
  text('Status', (pod, now) => podCells(pod, now).status),
  text('Restarts', (pod, now) => podCells(pod, now).restarts),
  AGE,
  wide('IP', pod => stringOf(status(pod)['podIP']) || NONE),
  wide('Node', pod => stringOf(spec(pod)['nodeName']) || NONE),
  wide('Nominated Node', pod => stringOf(status(pod)['nominatedNodeName']) || NONE),
  wide('Readiness Gates', pod => {
    const gates = objectsOf(spec(pod)['readinessGates']);
    if (gates.length === 0) return NONE;
    const met = gates.filter(gate =>
      objectsOf(status(pod)['conditions']).some(
        condition => condition['type'] === gate['conditionType'] && condition['status'] === 'True',
      ),
    );
    return `${met.length}/${gates.length}`;
  }),
];

/** printDeployment. */
export const DEPLOYMENT: readonly Column[] = [
  NAME,
  text(
    'Ready',
    deployment => `${replicas(deployment, 'readyReplicas')}/${number(spec(deployment)['replicas'])}`,
  ),
  text('Up-to-date', deployment => replicas(deployment, 'updatedReplicas')),
  text('Available', deployment => replicas(deployment, 'availableReplicas')),
  AGE,
  ...TEMPLATE_COLUMNS,
  SELECTOR,
];

/** printReplicaSet. */
export const REPLICA_SET: readonly Column[] = [
  NAME,
  integer('Desired', set => number(spec(set)['replicas'])),
  integer('Current', set => replicas(set, 'replicas')),
  integer('Ready', set => replicas(set, 'readyReplicas')),
  AGE,
  ...TEMPLATE_COLUMNS,
  SELECTOR,
];

/** printReplicationController, whose selector is a map. */
export const REPLICATION_CONTROLLER: readonly Column[] = [
  ...REPLICA_SET.slice(0, -1),
  wide('Selector', controller => formatMap(spec(controller)['selector'])),
];

/** printStatefulSet. */
export const STATEFUL_SET: readonly Column[] = [
  NAME,
  text('Ready', set => `${replicas(set, 'readyReplicas')}/${number(spec(set)['replicas'])}`),
  AGE,
  ...TEMPLATE_COLUMNS,
];

/** printDaemonSet. */
export const DAEMON_SET: readonly Column[] = [
  NAME,
  integer('Desired', set => replicas(set, 'desiredNumberScheduled')),
  integer('Current', set => replicas(set, 'currentNumberScheduled')),
  integer('Ready', set => replicas(set, 'numberReady')),
  integer('Up-to-date', set => replicas(set, 'updatedNumberScheduled')),
  integer('Available', set => replicas(set, 'numberAvailable')),
  text('Node Selector', set => formatMap(objectOf(objectOf(spec(set)['template'])['spec'])['nodeSelector'])),
  AGE,
  ...TEMPLATE_COLUMNS,
  SELECTOR,
];

function metricTarget(metric: JsonObject, current: JsonObject | undefined): string {
  const resource = objectOf(metric['resource']);
  const now = objectOf(objectOf(current?.['resource'])['current']);
  const target = objectOf(resource['target']);
  const percent = target['averageUtilization'];
  if (percent === undefined)
    return `${UNKNOWN}/${String(target['averageValue'] ?? target['value'] ?? '<auto>')}`;
  const used = now['averageUtilization'];
  return `${String(resource['name'])}: ${used === undefined ? UNKNOWN : `${String(used)}%`}/${String(percent)}%`;
}

/** printHorizontalPodAutoscaler. */
export const AUTOSCALER: readonly Column[] = [
  NAME,
  text('Reference', autoscaler => {
    const { kind, name } = objectOf(spec(autoscaler)['scaleTargetRef']);
    return `${String(kind)}/${String(name)}`;
  }),
  text('Targets', autoscaler => {
    const metrics = objectsOf(spec(autoscaler)['metrics']);
    const current = objectsOf(status(autoscaler)['currentMetrics']);
    return metrics.length === 0
      ? NONE
      : metrics.map((metric, index) => metricTarget(metric, current[index])).join(', ');
  }),
  text('MinPods', autoscaler => String(spec(autoscaler)['minReplicas'] ?? UNSET)),
  text('MaxPods', autoscaler => spec(autoscaler)['maxReplicas']),
  text('Replicas', autoscaler => replicas(autoscaler, 'currentReplicas')),
  AGE,
];

/** printPodDisruptionBudget. */
export const BUDGET: readonly Column[] = [
  NAME,
  text('Min Available', budget => String(spec(budget)['minAvailable'] ?? 'N/A')),
  text('Max Unavailable', budget => String(spec(budget)['maxUnavailable'] ?? 'N/A')),
  integer('Allowed Disruptions', budget => replicas(budget, 'disruptionsAllowed')),
  AGE,
];
