/** REMOTE-ONLY: the client's own cluster has HelloWorld by the topology, and does not answer. */
import { SERVICE } from '../workloads.ts';
import { explainNotReady } from './control-plane.ts';
import type { Pattern } from './pattern.ts';
import { inOrder } from './steps.ts';

export const localMissing: Pattern = (facts, steps) => {
  const { symptom, from } = facts;
  if (symptom !== 'REMOTE-ONLY') return undefined;
  const { name } = from.spec;
  const pods = from.pods.filter(({ app }) => app === SERVICE);
  const why =
    pods.length === 0
      ? 'no pod of HelloWorld exists there'
      : pods.some(({ isReady }) => isReady)
        ? 'its pods are ready, and are not called'
        : `its pods are not ready: ${explainNotReady(from, facts, steps).sentence}`;
  return {
    sentence: `HelloWorld in ${name} does not answer its own cluster: ${why}.`,
    steps: inOrder(steps.about('workload', name), steps.about('service', name)),
  };
};
