/**
 * Why an API server creates no pods: its injection webhook cannot be called, and what it says of that tells
 * where to look.
 */
import { controlPlaneOf, isRemote } from '../../model/topology.ts';
import type { Diagnosis } from '../check.ts';
import { controlPlaneSteps } from './control-plane.ts';
import type { ClusterFacts, Facts } from './facts.ts';
import { inOrder, type StepIndex } from './steps.ts';

/**
 * Returns what the API server of a cluster said when it last refused to create a pod; undefined if it refused
 * none, or has since accepted one.
 */
export const refusalIn = ({ warnings }: Pick<ClusterFacts, 'warnings'>): string | undefined =>
  warnings.find(warning => warning.startsWith('FailedCreate'))?.replace(/^FailedCreate: /, '');

/** Explains a refusal in a clause and names the steps behind it. The API server's words come last. */
export function explainRefusal(
  refusal: string,
  of: Pick<ClusterFacts, 'spec'>,
  facts: Pick<Facts, 'clusters'>,
  steps: StepIndex,
): Diagnosis {
  const { name } = of.spec;
  const primary = facts.clusters.get(controlPlaneOf(of.spec));
  const unknown =
    isRemote(of.spec) && refusal.includes('x509:') && primary && !primary.remoteSecrets.includes(name);
  if (unknown) {
    const why = `the istiod of ${primary.spec.name} has no remote secret for ${name}`;
    return {
      sentence: `${why}, so that the webhook there has no certificate, and no pod is created: ${refusal}`,
      steps: inOrder(steps.remoteSecret(name, primary.spec.name), stepsBehind(refusal, of, steps)),
    };
  }
  return {
    sentence: `the API server of ${name} refuses to create pods: ${refusal}`,
    steps: stepsBehind(refusal, of, steps),
  };
}

/**
 * Lists the steps to look at, the most likely cause first.
 * @param refusal - the API server's words (docs/reference/istio.md I10 has the catalogue)
 */
export function stepsBehind(
  refusal: string,
  of: Pick<ClusterFacts, 'spec'>,
  steps: StepIndex,
): readonly string[] {
  const { name } = of.spec;
  // The webhook of a primary is its own istiod's.
  if (!isRemote(of.spec)) return controlPlaneSteps(of, steps);
  const primary = controlPlaneOf(of.spec);
  // No one has given the webhook its CA bundle: the primary's istiod may not, or does not know that it is to.
  if (refusal.includes('x509:')) {
    return inOrder(
      steps.about('control-plane-annotation', name),
      steps.remoteSecret(name, primary),
      steps.about('istio-namespace', name),
      steps.about('install', primary),
      steps.about('install', name),
    );
  }
  // The Service istiod of a remote is made of the address that it was installed with.
  if (refusal.endsWith('not found')) {
    return inOrder(
      steps.about('discovery-address', primary),
      steps.about('gateway-install', primary),
      steps.about('install', name),
    );
  }
  return inOrder(
    steps.about('expose-istiod', primary),
    steps.about('gateway-install', primary),
    steps.about('discovery-address', primary),
    steps.about('install', primary),
    steps.about('install', name),
  );
}
