/**
 * CFG: the client's sidecar got no configuration, as its control plane is missing, unreachable or refuses it.
 */
import { type ClusterSpec, controlPlaneOf, isRemote } from '../../model/topology.ts';
import type { Diagnosis } from '../check.ts';
import type { ClusterFacts, Facts } from './facts.ts';
import type { Pattern } from './pattern.ts';
import { inOrder, type StepIndex } from './steps.ts';
import { explainRoots } from './trust.ts';

/** Lists the steps that connect a cluster's pods to their control plane, the most likely cause first. */
export function controlPlaneSteps(of: { readonly spec: ClusterSpec }, steps: StepIndex): readonly string[] {
  const { name } = of.spec;
  const primary = controlPlaneOf(of.spec);
  if (!isRemote(of.spec)) return inOrder(steps.about('install', name), steps.about('certificates', name));
  return inOrder(
    steps.remoteSecret(name, primary),
    steps.about('expose-istiod', primary),
    steps.about('discovery-address', primary),
    steps.about('control-plane-annotation', name),
    steps.about('gateway-install', primary),
    steps.about('install', name),
    steps.about('certificates', name),
  );
}

export const withoutConfiguration: Pattern = (facts, steps) => {
  if (facts.symptom !== 'CFG') return undefined;
  const { from } = facts;
  const { sentence, steps: ids } = explainNotReady(from, facts, steps);
  return {
    sentence: `The sidecar of the client in ${from.spec.name} has no configuration: ${sentence}.`,
    steps: ids,
  };
};

/** Explains in a clause why sidecars in a cluster do not become ready, and names the steps to look at. */
export function explainNotReady(
  of: ClusterFacts,
  facts: Pick<Facts, 'clusters' | 'roots'>,
  steps: StepIndex,
): Diagnosis {
  const { name } = of.spec;
  const say = (sentence: string, ...first: (readonly string[])[]): Diagnosis => ({
    sentence,
    steps: inOrder(...first, controlPlaneSteps(of, steps)),
  });
  if (!isRemote(of.spec)) {
    if (of.readyIstiods === 0) return say(`no istiod is ready in ${name}`);
    return say(`the istiod of ${name} does not serve it`);
  }
  const primary = facts.clusters.get(controlPlaneOf(of.spec));
  if (!primary) return say('its control plane is not part of the mesh');
  const from = primary.spec.name;
  if (primary.readyIstiods === 0) {
    return say(`its control plane is in ${from}, where no istiod is ready`, steps.about('install', from));
  }
  if (!primary.remoteSecrets.includes(name)) {
    return say(
      `the istiod of ${from} has no remote secret for ${name}, and cannot verify the tokens of its proxies`,
    );
  }
  if (!primary.gatewayAddresses?.length) {
    return say(
      `the east-west gateway of ${from} has no address, where ${name} is to find istiod`,
      steps.about('gateway-install', from),
      steps.about('gateway-address', from),
    );
  }
  if (!primary.exposesIstiod) {
    return say(`the east-west gateway of ${from} does not expose istiod`, steps.about('expose-istiod', from));
  }
  if (facts.roots > 1) {
    const { sentence, steps: ids } = explainRoots(facts, steps);
    return say(
      `${name} and ${from} trust different roots, so that the proxies of ${name} refuse the istiod of ${from}; ${sentence}`,
      ids,
    );
  }
  return say(
    `it does not reach the istiod of ${from}, or is refused by it`,
    steps.about('discovery-address', from),
    steps.about('install', name),
  );
}
