/** All claims, and the checks that they make of a topology. */
import { linkedSignal } from '../base/deadline.ts';
import { HarnessError, messageOf } from '../base/errors.ts';
import { KubernetesApiError } from '../base/kubernetes-client.ts';
import type { Topology } from '../model/topology.ts';
import type { Plan } from '../plan/step.ts';
import type { Check, CheckFamily, CheckOutcome } from './check.ts';
import { evenOverAllClients } from './checks/even-over-all-clients.ts';
import { commonRoot } from './checks/extended/common-root.ts';
import { controlPlaneHealthy } from './checks/extended/control-plane-healthy.ts';
import { endpointsAsTold } from './checks/extended/endpoints-as-told.ts';
import { failover } from './checks/extended/failover.ts';
import { foreignClientsRefused } from './checks/extended/foreign-clients-refused.ts';
import { gatewayRefusesStrangers } from './checks/extended/gateway-refuses-strangers.ts';
import { negativeControl } from './checks/extended/negative-control.ts';
import { pathCounted } from './checks/extended/path-counted.ts';
import { plainText } from './checks/extended/plain-text.ts';
import { podToPod } from './checks/extended/pod-to-pod.ts';
import { resolvesHelloWorld } from './checks/extended/resolves-helloworld.ts';
import { servedByItsPrimary } from './checks/extended/served-by-its-primary.ts';
import { trafficPath } from './checks/extended/traffic-path.ts';
import { reachesEveryVersion } from './checks/reaches-every-version.ts';
import { versionsInTheirOwnClusters } from './checks/versions-in-their-own-clusters.ts';
import { workloadsReady } from './checks/workloads-ready.ts';
import { type CheckChoice, chooseChecks } from './choose-checks.ts';
import { StepIndex } from './diagnose/steps.ts';

/**
 * Every claim, in the order in which a run asks: readiness, placement, traffic, then the extended ones, and
 * at the end those that change something.
 */
export const CHECK_FAMILIES: readonly CheckFamily[] = [
  workloadsReady,
  versionsInTheirOwnClusters,
  reachesEveryVersion,
  evenOverAllClients,
  controlPlaneHealthy,
  commonRoot,
  servedByItsPrimary,
  resolvesHelloWorld,
  endpointsAsTold,
  trafficPath,
  pathCounted,
  podToPod,
  plainText,
  gatewayRefusesStrangers,
  foreignClientsRefused,
  negativeControl,
  failover,
];

/**
 * Returns the checks for a topology in the order of their families. No check depends on another, so they may
 * run side by side; but the extended ones run after the others, as they read counters.
 * @param plan - for the ids of the steps that a diagnosis points to
 * @throws HarnessError ERR_UNKNOWN_CHECK, ERR_USAGE for a choice that cannot be met
 */
export function checksFor(
  topology: Topology,
  plan: Pick<Plan, 'steps'> = { steps: [] },
  choice: CheckChoice = {},
): readonly Check[] {
  const steps = new StepIndex(plan);
  const known = CHECK_FAMILIES.flatMap(family =>
    family.checksOf(topology, steps).map(check => ({ family, check })),
  );
  return chooseChecks(known, CHECK_FAMILIES, topology, choice).map(withUnknown);
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
