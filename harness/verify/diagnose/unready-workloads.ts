/** Why the workloads of a cluster are not as the guide shows them. */
import type { ClusterSpec } from '../../model/topology.ts';
import type { Diagnosis } from '../check.ts';
import { SERVICE } from '../workloads.ts';
import { clientMissing } from './client-missing.ts';
import { explainNotReady } from './control-plane.ts';
import type { CallFacts, Facts } from './facts.ts';
import { explainTwin } from './one-cluster-twice.ts';
import { refusalIn } from './refused-pods.ts';
import { explainMissingSidecar } from './sidecar-missing.ts';
import { inOrder, type StepIndex } from './steps.ts';

/**
 * Explains what is missing or not ready in a cluster: a namespace, pods, sidecars or what serves these.
 * @param client - the `app` label of the client
 * @returns undefined if nothing is known of the cluster
 */
export function explainUnready(
  facts: Facts,
  spec: ClusterSpec,
  steps: StepIndex,
  client: string,
): Diagnosis | undefined {
  const own = facts.clusters.get(spec.name);
  if (!own) return undefined;
  const twin = explainTwin(facts, steps);
  if (twin) return twin;
  const clientPod = own.pods.find(({ app }) => app === client);
  if (!own.namespaceExists || refusalIn(own) !== undefined || (spec.client && !clientPod)) {
    const asked: CallFacts = {
      ...facts,
      from: own,
      clientPod,
      endpoints: undefined,
      symptom: 'NOPOD',
      missing: [],
    };
    return clientMissing(asked, steps);
  }
  const absent = spec.helloWorld.find(
    version => !own.pods.some(pod => pod.app === SERVICE && pod.version === version),
  );
  const other = own.pods.find(({ app, version }) => app !== SERVICE && version === absent);
  if (absent !== undefined && other) {
    return {
      cause: 'service-selects-nothing',
      sentence:
        `HelloWorld ${absent} of ${spec.name} is labelled app=${other.app ?? ''} ` +
        `(${other.name}), and not app=${SERVICE}, which its Service selects.`,
      steps: inOrder(steps.about('workload', spec.name), steps.about('service', spec.name)),
    };
  }
  if (absent !== undefined) {
    return {
      cause: 'workload-missing',
      sentence: `HelloWorld ${absent} was not deployed in ${spec.name}.`,
      steps: inOrder(steps.about('workload', spec.name)),
    };
  }
  if (own.pods.some(({ hasSidecar }) => !hasSidecar)) return explainMissingSidecar(own, steps);
  const why = explainNotReady(own, facts, steps);
  return {
    ...why,
    sentence:
      `The ${why.cause === 'workload-not-ready' ? 'pods' : 'sidecars'} in ` +
      `${spec.name} are not ready: ${why.sentence}.`,
  };
}
