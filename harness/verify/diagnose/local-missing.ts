/** REMOTE-ONLY: the client's own cluster has HelloWorld by the topology, and does not answer. */
import { SERVICE } from '../workloads.ts';
import { explainNotReady } from './control-plane.ts';
import { oddService } from './odd-service.ts';
import type { Pattern } from './pattern.ts';
import { inOrder } from './steps.ts';

export const localMissing: Pattern = (facts, steps) => {
  const { symptom, from } = facts;
  if (symptom !== 'REMOTE-ONLY') return undefined;
  const { name } = from.spec;
  const odd = oddService(from, facts, steps);
  if (odd)
    return { ...odd, sentence: `HelloWorld in ${name} does not answer its own cluster: ${odd.sentence}` };
  const pods = from.pods.filter(({ app }) => app === SERVICE);
  const isReady = pods.some(pod => pod.isReady);
  const notReady = isReady ? undefined : explainNotReady(from, facts, steps);
  const why =
    pods.length === 0
      ? 'no pod of HelloWorld exists there'
      : notReady
        ? `its pods are not ready: ${notReady.sentence}`
        : 'its pods are ready, and are not called';
  return {
    cause: pods.length === 0 ? 'workload-missing' : (notReady?.cause ?? 'workload-not-ready'),
    sentence: `HelloWorld in ${name} does not answer its own cluster: ${why}.`,
    steps: inOrder(steps.about('workload', name), steps.about('service', name)),
  };
};
