/** CFG: the client's sidecar got no configuration, as its control plane is missing, unreachable or refuses it. */
import { type ClusterSpec, controlPlaneOf, isRemote } from '../../model/topology.ts';
import type { CallFacts, ClusterFacts } from './facts.ts';
import type { Pattern } from './pattern.ts';
import { inOrder, type StepIndex } from './steps.ts';

/** The steps that connect a cluster's pods to their control plane, the ones that matter most first. */
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
  return {
    sentence: `The sidecar of the client in ${from.spec.name} has no configuration: ${reasonOf(from, facts)}.`,
    steps: mostLikely(from, facts, steps) ?? controlPlaneSteps(from, steps),
  };
};

/** A cluster's pods have sidecars which do not become ready. */
export function reasonOf(of: ClusterFacts, facts: Pick<CallFacts, 'clusters' | 'roots'>): string {
  const { name } = of.spec;
  if (!isRemote(of.spec)) {
    return of.readyIstiods === 0 ? `no istiod is ready in ${name}` : `the istiod of ${name} does not serve it`;
  }
  const primary = facts.clusters.get(controlPlaneOf(of.spec));
  if (!primary) return 'its control plane is not part of the mesh';
  const from = primary.spec.name;
  if (primary.readyIstiods === 0) return `its control plane is in ${from}, where no istiod is ready`;
  if (!primary.remoteSecrets.includes(name)) {
    return `the istiod of ${from} has no remote secret for ${name}, and can not verify the tokens of its proxies`;
  }
  if (!primary.gatewayAddresses?.length)
    return `the east-west gateway of ${from} has no address, where ${name} is to find istiod`;
  if (!primary.exposesIstiod) return `the east-west gateway of ${from} does not expose istiod`;
  if (facts.roots > 1)
    return `${name} and ${from} trust different roots, so that the proxies of ${name} refuse the istiod of ${from}`;
  return `it does not reach the istiod of ${from}, or is refused by it`;
}

function mostLikely(of: ClusterFacts, facts: CallFacts, steps: StepIndex): readonly string[] | undefined {
  if (!isRemote(of.spec)) return undefined;
  const { name } = of.spec;
  const primary = facts.clusters.get(controlPlaneOf(of.spec));
  if (!primary) return undefined;
  const all = controlPlaneSteps(of, steps);
  const first = !primary.remoteSecrets.includes(name)
    ? steps.remoteSecret(name, primary.spec.name)
    : !primary.gatewayAddresses?.length
      ? inOrder(steps.about('gateway-install', primary.spec.name), steps.about('gateway-address', primary.spec.name))
      : !primary.exposesIstiod
        ? steps.about('expose-istiod', primary.spec.name)
        : facts.roots > 1
          ? steps.about('certificates')
          : inOrder(steps.about('discovery-address', primary.spec.name), steps.about('install', name));
  return inOrder(first, all);
}
