/** LOC-plain: the client has no sidecar, so that it only sees its own cluster's Service. */
import { isRemote } from '../../model/topology.ts';
import type { Diagnosis } from '../check.ts';
import { NAMESPACE } from '../workloads.ts';
import type { ClusterFacts } from './facts.ts';
import type { Pattern } from './pattern.ts';
import { inOrder, type StepIndex } from './steps.ts';

/** Explains why pods of a cluster have no sidecar. */
export function explainMissingSidecar(
  { spec, injection, revision, readyIstiods, hasInjector }: ClusterFacts,
  steps: StepIndex,
): Diagnosis {
  const { name } = spec;
  if (injection === undefined && revision !== undefined && hasInjector) {
    return {
      cause: 'injection-failed',
      sentence:
        `Pods in ${name} have no sidecar: the namespace ${NAMESPACE} asks for those ` +
        `of the revision ${revision} (istio.io/rev), and no webhook there gives them.`,
      steps: inOrder(steps.about('injection', name), steps.about('client', name)),
    };
  }
  if (injection !== 'enabled') {
    return {
      cause: 'injection-not-asked',
      sentence: `Pods in ${name} have no sidecar: the namespace ${NAMESPACE} ${
        injection === undefined ? 'has no label istio-injection' : `is labelled istio-injection=${injection}`
      }.`,
      steps: inOrder(steps.about('injection', name), steps.about('client', name)),
    };
  }
  const isDown = !isRemote(spec) && readyIstiods === 0;
  const why = !hasInjector
    ? 'nothing there injects sidecars, as Istio is not installed'
    : isDown
      ? 'nothing there injects sidecars, as no istiod is ready'
      : 'the label was set, or Istio installed, after the pods were created, or no webhook is there';
  return {
    cause: !hasInjector ? 'istio-not-installed' : isDown ? 'istiod-not-ready' : 'injection-failed',
    sentence: `Pods in ${name} have no sidecar, though the namespace asks for it: ${why}.`,
    steps: inOrder(steps.about('install', name), steps.about('injection', name)),
  };
}

export const sidecarMissing: Pattern = ({ symptom, from }, steps) =>
  symptom === 'LOC-plain' ? explainMissingSidecar(from, steps) : undefined;
