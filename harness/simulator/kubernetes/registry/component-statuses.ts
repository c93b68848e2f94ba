/**
 * How the parts of the control plane are (pkg/registry/core/componentstatus @v1.34). Unlike on a real server,
 * which asks them, they are objects that are there from the beginning: here they run in the same process.
 */
import type { KubernetesObject } from './json.ts';

/** Makes the statuses: all are well. */
export function componentStatuses(): KubernetesObject[] {
  return ['controller-manager', 'etcd-0', 'scheduler'].map(name => ({
    metadata: { name },
    conditions: [{ type: 'Healthy', status: 'True', message: 'ok' }],
  }));
}
