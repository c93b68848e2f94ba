/** NOPOD: there is nobody to ask from. */
import { capitalized } from '../figures.ts';
import { NAMESPACE } from '../workloads.ts';
import type { Pattern } from './pattern.ts';
import { explainRefusal, refusalIn } from './refused-pods.ts';
import { inOrder } from './steps.ts';

export const clientMissing: Pattern = ({ symptom, from, clusters }, steps) => {
  if (symptom !== 'NOPOD') return undefined;
  const { name } = from.spec;
  if (!from.namespaceExists) {
    return {
      cause: 'sample-namespace-missing',
      sentence: `There is no client pod in ${name}: the namespace ${NAMESPACE} does not exist.`,
      steps: inOrder(steps.about('sample-namespace', name)),
    };
  }
  const refusal = refusalIn(from);
  if (refusal !== undefined) {
    const why = explainRefusal(refusal, from, { clusters }, steps);
    return { ...why, sentence: `${capitalized(why.sentence)}.` };
  }
  const waiting = from.pods.find(({ isReady, message }) => !isReady && message !== undefined);
  return {
    cause: waiting ? 'workload-not-ready' : 'client-missing',
    sentence: waiting
      ? `The client pod of ${name} does not run: ${waiting.message}`
      : `There is no client pod in ${name}: it was not deployed there.`,
    steps: inOrder(steps.about('client', name), steps.about('sample-namespace', name)),
  };
};
