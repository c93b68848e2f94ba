/**
 * Explains different roots: finds the clusters that lack the common certificates, and the steps that would
 * have brought them.
 */
import type { Diagnosis } from '../check.ts';
import type { ClusterFacts, Facts } from './facts.ts';
import { inOrder, type StepIndex } from './steps.ts';

/**
 * Explains why two clusters trust different roots. The sentence is a clause: `cluster2 has no secret
 * cacerts`.
 */
export function explainRoots(facts: Pick<Facts, 'clusters'>, steps: StepIndex): Diagnosis {
  const all = [...facts.clusters.values()];
  const lacking = all.filter(({ hasCacerts }) => !hasCacerts);
  const names = (clusters: readonly ClusterFacts[]) => clusters.map(({ spec }) => spec.name).join(' and ');
  if (lacking.length === 0) {
    return {
      cause: 'roots-differ',
      sentence: `${names(all)} have certificates of different roots in their cacerts, or got them after istiod had started`,
      steps: inOrder(steps.about('certificates')),
    };
  }
  const cause = 'cacerts-missing';
  const [have, whose] = lacking.length === 1 ? ['has', 'its istiod'] : ['have', 'each istiod there'];
  const sentence = `${names(lacking)} ${have} no secret cacerts: ${whose} signs with a root of its own`;
  if (lacking.length === all.length && lacking.length > 1) {
    return { cause, sentence, steps: inOrder(steps.about('certificates'), steps.about('istio-namespace')) };
  }
  const ofEach = lacking.flatMap(({ spec }) => [
    ...steps.about('certificates', spec.name).filter(id => id.startsWith(`${spec.name}/`)),
    ...steps.about('istio-namespace', spec.name),
  ]);
  return { cause, sentence, steps: inOrder(ofEach, steps.about('certificates')) };
}
