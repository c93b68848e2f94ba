/** The priority classes that the API server makes (pkg/apis/scheduling/v1/helpers.go @v1.34). */
import type { KubernetesObject } from './json.ts';

const CRITICAL = 'Used for system critical pods that must';

/** Makes the classes of system pods, which exist from the first moment. */
export const systemPriorities = (): readonly KubernetesObject[] => [
  {
    metadata: { name: 'system-node-critical' },
    value: 2_000_001_000,
    description: `${CRITICAL} not be moved from their current node.`,
    preemptionPolicy: 'PreemptLowerPriority',
  },
  {
    metadata: { name: 'system-cluster-critical' },
    value: 2_000_000_000,
    description: `${CRITICAL} run in the cluster, but can be moved to another node if necessary.`,
    preemptionPolicy: 'PreemptLowerPriority',
  },
];
