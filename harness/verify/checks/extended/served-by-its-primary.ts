/** The proxies of a remote cluster are connected to the istiod of its primary. */
import { type ClusterSpec, controlPlaneOf, isRemote } from '../../../model/topology.ts';
import type { Check, CheckFamily, Diagnosis } from '../../check.ts';
import { controlPlaneSteps, explainNotReady } from '../../diagnose/control-plane.ts';
import type { Facts } from '../../diagnose/facts.ts';
import { gatherFacts } from '../../diagnose/gather-facts.ts';
import { explainMissingSidecar } from '../../diagnose/sidecar-missing.ts';
import type { StepIndex } from '../../diagnose/steps.ts';
import { tryGather } from '../../diagnose/try-gather.ts';
import { askIstiods, readSync } from '../../istiod.ts';
import { listPods } from '../../pods.ts';
import { NAMESPACE } from '../../workloads.ts';

function diagnosisOf(
  facts: Facts | { readonly reason: string },
  spec: ClusterSpec,
  steps: StepIndex,
): Diagnosis {
  const own = 'reason' in facts ? undefined : facts.clusters.get(spec.name);
  if (!own || 'reason' in facts) {
    return {
      cause: 'proxies-not-served',
      sentence: `The proxies of ${spec.name} do not reach their istiod, or are served by another one.`,
      steps: controlPlaneSteps({ spec }, steps),
    };
  }
  if (!own.pods.some(({ hasSidecar }) => hasSidecar)) return explainMissingSidecar(own, steps);
  const why = explainNotReady(own, facts, steps);
  return { ...why, sentence: `The proxies of ${spec.name} are not connected: ${why.sentence}.` };
}

/**
 * Makes the check of the guide's "primary-remote": the remote's workloads take their configuration from the
 * primary's istiod, through its gateway.
 */
function connectionsOf(spec: ClusterSpec, steps: StepIndex): Check {
  const primary = controlPlaneOf(spec);
  return {
    id: `${spec.name}-served-by-${primary}`,
    sentence: `The proxies in ${spec.name} are connected to the istiod of ${primary}.`,
    level: 'extended',
    cluster: spec.name,
    run: async context => {
      const [own, control] = [context.clusters.get(spec.name)?.client, context.clusters.get(primary)?.client];
      if (!own || !control)
        return { outcome: 'unknown', found: `There is no cluster ${primary}.`, evidence: null };
      const workloads = (await listPods(own, NAMESPACE, context.signal)).filter(
        ({ hasSidecar }) => hasSidecar,
      );
      const pages = await askIstiods(context, control, '/debug/syncz');
      const proxies = [...pages.values()].flatMap(page =>
        page === undefined ? [] : readSync(page).map(({ id }) => id),
      );
      const missing = workloads.filter(
        ({ name }) => !proxies.some(proxy => proxy.includes(`${name}.${NAMESPACE}`)),
      );
      const evidence = { workloads: workloads.map(({ name }) => name), connected: [...proxies].sort() };
      if (workloads.length > 0 && missing.length === 0) {
        return {
          outcome: 'passed',
          found: `${workloads.length} proxies of ${spec.name} are connected`,
          evidence,
        };
      }
      return {
        outcome: 'failed',
        ...(workloads.length === 0 && { unproved: true }),
        found:
          workloads.length === 0
            ? `no workload in ${spec.name} has a sidecar`
            : `not connected to the istiod of ${primary}: ${missing.map(({ name }) => name).join(', ')}`,
        evidence,
        diagnosis: diagnosisOf(await tryGather(() => gatherFacts(context), context.signal), spec, steps),
      };
    },
  };
}

/** The claim of "primary-remote": one control plane for several clusters. */
export const servedByItsPrimary: CheckFamily = {
  id: 'CLUSTER-served-by-PRIMARY',
  claim: 'The proxies in a remote cluster are connected to the istiod of its primary.',
  level: 'extended',
  guide: 'Configure cluster2 as a remote',
  appliesTo: 'each remote cluster with HelloWorld or a client',
  evidence: 'the workloads of the remote, and the proxies that are connected to the primary’s istiod',
  checksOf: ({ clusters }, steps) =>
    clusters
      .filter(cluster => isRemote(cluster) && (cluster.client || cluster.helloWorld.length > 0))
      .map(spec => connectionsOf(spec, steps)),
};
