/**
 * The taints that tell of a node's conditions and of its cordon
 * (pkg/controller/nodelifecycle/node_lifecycle_controller.go @v1.34, doNoScheduleTaintingPass). What nodes
 * say is all that counts: unlike Kubernetes, nobody misses their heartbeats.
 */
import { type Controller, type ControllerContext, stopAll } from '../client/controller.ts';
import { type Node, timestamp } from '../client/kinds.ts';
import { WorkQueue } from '../client/work-queue.ts';
import type { Taint } from './node-match.ts';

/** Condition → status → taint. */
const BY_CONDITION: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Ready: { False: 'node.kubernetes.io/not-ready', Unknown: 'node.kubernetes.io/unreachable' },
  MemoryPressure: { True: 'node.kubernetes.io/memory-pressure' },
  DiskPressure: { True: 'node.kubernetes.io/disk-pressure' },
  NetworkUnavailable: { True: 'node.kubernetes.io/network-unavailable' },
  PIDPressure: { True: 'node.kubernetes.io/pid-pressure' },
};
const CORDON = 'node.kubernetes.io/unschedulable';
const OWN: readonly string[] = [...Object.values(BY_CONDITION).flatMap(Object.values), CORDON];

const isOwn = ({ key, effect }: Taint): boolean => effect === 'NoSchedule' && OWN.includes(key);

/** Returns the keys of the taints that a node should have. */
function keysFor({ spec, status }: Node): readonly string[] {
  const told = (status?.conditions ?? []).flatMap(({ type, status }) => BY_CONDITION[type]?.[status] ?? []);
  return spec?.unschedulable ? [...told, CORDON] : told;
}

/** Starts the controller. */
export function startNodeTaints({ component, client, clock }: ControllerContext): Controller {
  const sync = (name: string): void => {
    const node = client.get('nodes', '', name);
    if (!node) return;
    const taints = node.spec?.taints ?? [];
    const keys = keysFor(node);
    const kept = taints.filter(taint => !isOwn(taint) || keys.includes(taint.key));
    const missing = keys.filter(key => !kept.some(taint => isOwn(taint) && taint.key === key));
    if (missing.length === 0 && kept.length === taints.length) return;
    const timeAdded = timestamp(clock.now());
    const added = missing.map(key => ({ key, effect: 'NoSchedule', timeAdded }));
    client.local.modify('nodes', '', name, draft => {
      const { taints: _taints, ...spec } = (draft['spec'] ?? {}) as Record<string, unknown>; // a NodeSpec
      const all = [...kept, ...added];
      draft['spec'] = { ...spec, ...(all.length > 0 && { taints: all }) };
    });
  };
  const queue = new WorkQueue(component, sync, 'nodes');
  const stops = [
    () => queue.stop(),
    client.watch('nodes', {}, ({ type, object }) => {
      if (type !== 'DELETED') queue.add(object.metadata.name ?? '');
    }),
  ];
  return { stop: () => stopAll(stops) };
}
