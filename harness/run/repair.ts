/** Adds to a diagnosis how its first step is done on the run's clusters. */

import { kubectl } from '../plan/commands.ts';
import { typedText } from '../plan/print/words.ts';
import { repairOf } from '../plan/repair.ts';
import type { Plan, Repair, StepId } from '../plan/step.ts';
import type { PlatformAdjustment } from '../platform/platform.ts';
import type { Diagnosis } from '../verify/check.ts';
import { ISTIO_NAMESPACE, NAMESPACE } from '../verify/workloads.ts';
import { adjusted } from './adjusted.ts';

const restart = (namespace: string, ...names: readonly string[]) =>
  ['-n', namespace, 'rollout', 'restart', 'deployment', ...names] as const;

/**
 * What has to be made anew for a step to take effect, if it is done late. istiod goes first: until it has the
 * new certificates it would sign the others' by its old root.
 */
const RESTARTS: readonly (readonly [RegExp, readonly (readonly string[])[]])[] = [
  [
    /\/create-cacerts$/,
    [
      restart(ISTIO_NAMESPACE, 'istiod'),
      ['-n', ISTIO_NAMESPACE, 'rollout', 'status', 'deployment', 'istiod'],
      restart(ISTIO_NAMESPACE),
      restart(NAMESPACE),
    ],
  ],
  [/\/(install-istio|enable-injection)$/, [restart(NAMESPACE)]],
];

/**
 * @param adjustments - what the platform adds to the guide's commands
 * @returns the diagnosis as it is, if it names no step of the plan; without a repair, if its first step is
 *   one that a guide lacks
 */
export function withRepair(
  diagnosis: Diagnosis,
  plan: Plan,
  adjustments: readonly PlatformAdjustment[],
): Diagnosis {
  const { undo, ...told } = diagnosis;
  const [first] = told.steps;
  if (first === undefined) return told;
  if (plan.lacks?.includes(first)) {
    const lacking = told.steps.filter(id => plan.lacks?.includes(id)).join(', ');
    return { ...told, sentence: `${told.sentence} The guide has no step like ${lacking}.` };
  }
  const rest = { ...told, sentence: [told.sentence, ...mistakesIn(plan, first)].join(' ') };
  const steps = plan.steps
    .filter(({ id }) => id === first)
    .map(step => ({ ...step, commands: step.commands.map(command => adjusted(command, adjustments)) }));
  const repair = repairOf({ steps }, first);
  if (!repair) return rest;
  if (!undo) return { ...rest, repair: withRestarts(first, repair) };
  return { ...rest, repair: { ...repair, files: [], commands: undo.map(each => typedText([each])) } };
}

/**
 * Tells what is wrong with a step of a guide that is followed as it is printed, a sentence each.
 * @param said - what the step's command said: the mistake whose words it has comes first
 */
export function mistakesIn({ steps, errata }: Plan, id: StepId, said = ''): readonly string[] {
  const step = steps.find(each => each.id === id);
  const isSaid = (wouldHappen: string) =>
    [...wouldHappen.matchAll(/"([^"]+)"/g)].some(([, words = '']) => said.includes(words));
  return errata
    .filter(erratum => erratum.isLeft && step?.errata.includes(erratum.id))
    .sort((one, other) => Number(isSaid(other.wouldHappen)) - Number(isSaid(one.wouldHappen)))
    .map(({ id: rule, lines, file, wouldHappen }) =>
      [
        lines ? (file === undefined ? `The guide, line ${lines[0]}` : `${file}:${lines[0]}`) : 'The guide',
        ` (${rule.replace(/\/.*/, '')}): `,
        wouldHappen,
      ].join(''),
    );
}

function withRestarts(id: StepId, repair: Repair): Repair {
  const { cluster, commands } = repair;
  if (cluster === undefined) return repair;
  const args = RESTARTS.find(([pattern]) => pattern.test(id))?.[1] ?? [];
  const restarts = args.map(each => typedText([kubectl(cluster, each)]));
  return { ...repair, commands: [...commands, ...restarts] };
}
