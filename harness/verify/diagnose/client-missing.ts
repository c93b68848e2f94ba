/** NOPOD: there is nobody to ask from. */
import { NAMESPACE } from '../workloads.ts';
import type { Pattern } from './pattern.ts';
import { refusalIn, stepsBehind } from './refused-pods.ts';
import { inOrder } from './steps.ts';

export const clientMissing: Pattern = ({ symptom, from }, steps) => {
  if (symptom !== 'NOPOD') return undefined;
  const { name } = from.spec;
  if (!from.namespaceExists) {
    return {
      sentence: `There is no client pod in ${name}: the namespace ${NAMESPACE} does not exist.`,
      steps: inOrder(steps.about('sample-namespace', name)),
    };
  }
  const refusal = refusalIn(from);
  if (refusal !== undefined) {
    return {
      sentence: `The API server of ${name} refuses to create pods: ${refusal}.`,
      steps: stepsBehind(refusal, from, steps),
    };
  }
  const waiting = from.pods.find(({ isReady, message }) => !isReady && message !== undefined);
  return {
    sentence: waiting
      ? `The client pod of ${name} does not run: ${waiting.message}`
      : `There is no client pod in ${name}: it was not deployed there.`,
    steps: inOrder(steps.about('client', name), steps.about('sample-namespace', name)),
  };
};
