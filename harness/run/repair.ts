/** Adds to a diagnosis how its first step is done on the run's clusters. */

import { kubectl } from '../plan/commands.ts';
import { typedText } from '../plan/print/words.ts';
import { repairOf } from '../plan/repair.ts';
import type { Plan, Repair, StepId } from '../plan/step.ts';
import type { PlatformAdjustment } from '../platform/platform.ts';
import type { Diagnosis } from '../verify/check.ts';
import { ISTIO_NAMESPACE, NAMESPACE } from '../verify/workloads.ts';
import { adjusted } from './adjusted.ts';

/** Namespaces whose pods take effect of a step only when they are made anew, if it is done late. */
const RESTARTS: readonly (readonly [RegExp, readonly string[]])[] = [
  [/\/create-cacerts$/, [ISTIO_NAMESPACE, NAMESPACE]],
  [/\/(install-istio|enable-injection)$/, [NAMESPACE]],
];

/**
 * @param adjustments - what the platform adds to the guide's commands
 * @returns the diagnosis as it is, if it names no step of the plan
 */
export function withRepair(
  diagnosis: Diagnosis,
  plan: Plan,
  adjustments: readonly PlatformAdjustment[],
): Diagnosis {
  const { undo, ...rest } = diagnosis;
  const [first] = rest.steps;
  if (first === undefined) return rest;
  const steps = plan.steps
    .filter(({ id }) => id === first)
    .map(step => ({ ...step, commands: step.commands.map(command => adjusted(command, adjustments)) }));
  const repair = repairOf({ steps }, first);
  if (!repair) return rest;
  if (!undo) return { ...rest, repair: withRestarts(first, repair) };
  return { ...rest, repair: { ...repair, files: [], commands: undo.map(each => typedText([each])) } };
}

function withRestarts(id: StepId, repair: Repair): Repair {
  const { cluster, commands } = repair;
  if (cluster === undefined) return repair;
  const namespaces = RESTARTS.find(([pattern]) => pattern.test(id))?.[1] ?? [];
  const restarts = namespaces.map(namespace =>
    typedText([kubectl(cluster, ['-n', namespace, 'rollout', 'restart', 'deployment'])]),
  );
  return { ...repair, commands: [...commands, ...restarts] };
}
