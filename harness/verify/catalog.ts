/** Chooses the checks of a topology. */
import { linkedSignal } from '../base/deadline.ts';
import { HarnessError, messageOf } from '../base/errors.ts';
import { KubernetesApiError } from '../base/kubernetes-client.ts';
import { isMultiNetwork, isRemote, type Topology } from '../model/topology.ts';
import type { Plan } from '../plan/step.ts';
import type { Check, CheckOutcome } from './check.ts';
import { commonRoot } from './checks/extended/common-root.ts';
import { gatewayRefusesStrangers } from './checks/extended/gateway-refuses-strangers.ts';
import { servedByItsPrimary } from './checks/extended/served-by-its-primary.ts';
import { trafficPath } from './checks/extended/traffic-path.ts';
import { reachesEveryVersion } from './checks/reaches-every-version.ts';
import { versionsInTheirOwnClusters } from './checks/versions-in-their-own-clusters.ts';
import { workloadsReady } from './checks/workloads-ready.ts';
import { StepIndex } from './diagnose/steps.ts';

export interface ChecksOptions {
  /** Adds the checks of what the guide claims and does not look at; false by default. */
  readonly extended?: boolean;
}

/**
 * Returns the checks for a topology in the order in which a run asks them: readiness, placement, traffic,
 * then the extended ones. No check depends on another, so they may run side by side; but the extended ones
 * run after the others, as they read counters.
 * @param plan - for the ids of the steps that a diagnosis points to
 */
export function checksFor(
  topology: Topology,
  plan: Pick<Plan, 'steps'> = { steps: [] },
  options: ChecksOptions = {},
): readonly Check[] {
  const steps = new StepIndex(plan);
  const core = [
    ...topology.clusters
      .filter(({ helloWorld, client }) => client || helloWorld.length > 0)
      .map(spec => workloadsReady(spec, steps)),
    versionsInTheirOwnClusters(topology, steps),
    ...topology.clusters
      .filter(({ client }) => client)
      .map(spec => reachesEveryVersion(topology, spec, steps)),
  ];
  return [...core, ...(options.extended === true ? extendedChecks(topology, steps) : [])].map(withUnknown);
}

function extendedChecks(topology: Topology, steps: StepIndex): readonly Check[] {
  return [
    commonRoot(steps),
    ...topology.clusters
      .filter(cluster => isRemote(cluster) && (cluster.client || cluster.helloWorld.length > 0))
      .map(spec => servedByItsPrimary(spec, steps)),
    ...topology.clusters.filter(({ client }) => client).map(spec => trafficPath(spec, steps)),
    ...(isMultiNetwork(topology) ? [gatewayRefusesStrangers(topology, steps)] : []),
  ];
}

/**
 * Turns the errors of API servers and connections into the outcome `unknown`: they say nothing about the
 * mesh.
 */
function withUnknown(check: Check): Check {
  return {
    ...check,
    run: async context => {
      // Many requests are under way at once, and each listens to it.
      using linked = linkedSignal(context.signal);
      try {
        return await check.run({ ...context, signal: linked.signal });
      } catch (error) {
        context.signal.throwIfAborted();
        if (!isEnvironment(error)) throw error;
        return unknown(messageOf(error));
      }
    },
  };
}

const unknown = (found: string): CheckOutcome => ({ outcome: 'unknown', found, evidence: null });

/** Tells whether an API server, or the way to it, caused an error. A Node error has a code. */
function isEnvironment(error: unknown): boolean {
  if (error instanceof HarnessError) return error.code !== 'ERR_SAMPLE_SIZE';
  return error instanceof KubernetesApiError || (error instanceof Error && 'code' in error);
}
