/** Clusters that were installed for another network than the topology has them on. */
import type { Diagnosis } from '../check.ts';
import type { Facts } from './facts.ts';
import { readInstalled } from './installed.ts';
import { inOrder, type StepIndex } from './steps.ts';

/** Says which clusters say another network of themselves. @returns undefined if none does */
export function explainOtherNetwork({ clusters }: Facts, steps: StepIndex): Diagnosis | undefined {
  const wrong = [...clusters.values()].flatMap(({ spec, objects }) => {
    const { network } = readInstalled(objects);
    return network === undefined || network === spec.network ? [] : [{ spec, network }];
  });
  if (wrong.length === 0) return undefined;
  const named = wrong.map(
    ({ spec, network }) =>
      `${spec.name} was installed for ${network}, and the topology has it on ${spec.network}`,
  );
  return {
    cause: 'network-wrong',
    sentence: `A cluster is taken for one of another network: ${named.join('; ')}.`,
    steps: inOrder(
      wrong.flatMap(({ spec }) => steps.about('network-label', spec.name)),
      wrong.flatMap(({ spec }) => steps.about('install', spec.name)),
    ),
  };
}
