/**
 * Whether a node has room for what a pod wants (pkg/kubelet/allocation/allocation_manager.go @v1.34,
 * canResizePod; pkg/kubelet/lifecycle/predicate.go). Pure.
 */
import { type Amounts, podAmounts } from '../../registry/pod-amounts.ts';
import type { PodFacts } from './downward.ts';

const MILLI = 10n ** 6n;
const WHOLE = 10n ** 9n;

/** What the node counts: CPUs in thousandths, memory in bytes. */
const COUNTED = [
  ['cpu', MILLI, 1000],
  ['memory', WHOLE, 1],
] as const;

/** Why a pod cannot have what it wants: never on this node, or not now. */
export interface Refusal {
  readonly reason: 'Infeasible' | 'Deferred';
  readonly message: string;
}

/** Returns what a pod's spec asks for. */
export const requestsOf = (spec: unknown): Amounts =>
  podAmounts(spec as Readonly<Record<string, unknown>>, 'requests'); // a PodSpec, read as JSON

/**
 * Says why a node cannot give a pod what it wants.
 * @param others - what its other pods have been given
 * @returns undefined if it can
 */
export function roomFor(
  wanted: Amounts,
  others: readonly Amounts[],
  allocatable: PodFacts['allocatable'],
): Refusal | undefined {
  const rows = COUNTED.map(([name, unit, perWhole]) => {
    const count = (amounts: Amounts) => Number((amounts.get(name)?.nano ?? 0n) / unit);
    const used = others.reduce((sum, amounts) => sum + count(amounts), 0);
    return { name, asked: count(wanted), used, capacity: Math.round(allocatable[name] * perWhole) };
  });
  // Memory is told first.
  const beyond = rows.findLast(({ asked, capacity }) => asked > capacity);
  if (beyond) {
    const { name, asked, capacity } = beyond;
    const message = `Node didn't have enough capacity: ${name}, requested: ${asked}, capacity: ${capacity}`;
    return { reason: 'Infeasible', message };
  }
  const short = rows.find(({ asked, used, capacity }) => asked > capacity - used);
  if (!short) return undefined;
  const { name, asked, used, capacity } = short;
  const amounts = `requested: ${asked}, used: ${used}, capacity: ${capacity}`;
  return { reason: 'Deferred', message: `Node didn't have enough resource: ${name}, ${amounts}` };
}
