/**
 * One run on the simulator with something left out or done wrong, and what was seen: the tables of omissions
 * and failures are made of these.
 */
import { KubernetesClient } from '../../harness/base/kubernetes-client.ts';
import type { Topology } from '../../harness/model/topology.ts';
import { planTopology } from '../../harness/plan/plan.ts';
import type { Plan, StepId } from '../../harness/plan/step.ts';
import type { Platform, StartedPlatform } from '../../harness/platform/platform.ts';
import { SimulatorPlatform } from '../../harness/platform/simulator/simulator-platform.ts';
import type { RunEvent } from '../../harness/run/events.ts';
import type { RunOutcome } from '../../harness/run/run.ts';
import { prepareSession } from '../../harness/session/prepare.ts';
import type { World } from '../../harness/simulator/world.ts';
import { expectedShares } from '../../harness/verify/groups.ts';
import { smallestSample } from '../../harness/verify/sample-size.ts';
import { impatientChecks, type Patience } from './impatient-checks.ts';

/** A client of each cluster's API server, by the cluster's name. */
export type Clients = ReadonlyMap<string, KubernetesClient>;

export interface TrialOptions extends Pick<Patience, 'extended' | 'showsLate'> {
  readonly topology: Topology;
  /** `1.8` or `current`. */
  readonly edition: string;
  readonly omit?: readonly StepId[];
  /** The plan with something done wrong. */
  readonly change?: (plan: Plan, topology: Topology) => Plan;
  /** The world that the plan meets, where that is not the one it was made for. */
  readonly surroundings?: (topology: Topology) => Topology;
  /** Faults of the network, say. */
  readonly onWorld?: (world: World) => void;
  /** A look at the clusters before they go. */
  readonly look?: (clients: Clients) => Promise<void>;
}

export interface Trial extends Pick<RunOutcome, 'verdict' | 'reason' | 'steps' | 'checks'> {
  /** Everything that was told of the run. */
  readonly events: readonly RunEvent[];
  /** What calls from each client showed, in the topology's order: `X BOTH`. */
  readonly symptoms: string;
  /** The steps that failed, in the plan's order. */
  readonly failed: readonly StepId[];
  /** What a step's commands printed, on both streams. */
  output(step: StepId): string;
  /** Warnings in the namespace `sample` of a cluster, oldest first: `FailedCreate: Error creating: …`. */
  warnings(cluster: string): string;
  /** Milliseconds of the world's clock. */
  readonly durationMs: number;
  /** How calls from a cluster failed, in curl's and the proxy's words, most frequent first. */
  errors(cluster: string): readonly string[];
}

/**
 * Of a wrong verdict, each way. A seed gives the same run, so this says how few requests may be sent, not how
 * often a table is wrong.
 */
const RISK = 1e-2;

/** Goes on after failures, as someone who pastes on would. */
export async function attempt(options: TrialOptions): Promise<Trial> {
  const { topology, edition, omit = [], change, surroundings, onWorld, look } = options;
  const events: RunEvent[] = [];
  const warnings = new Map<string, string>();
  const simulator = new SimulatorPlatform({ seed: '1', ...(onWorld && { onWorld }) });
  const plan = planTopology(topology, edition);
  const changed = change ? change(plan, topology) : plan;
  const requests = smallestSample(expectedShares(topology), RISK);
  const session = await prepareSession({
    topology,
    plan: changed,
    platform: surroundings ? elsewhere(simulator, surroundings) : simulator,
    omit,
    checks: impatientChecks(topology, changed, { ...options, allowChanges: false }),
    keepGoing: true,
    risk: RISK,
    ...(requests !== undefined && { requests }),
    listeners: [event => void events.push(event)],
    beforeCleanUp: async started => {
      const clients = clientsOf(started);
      try {
        for (const [name, client] of clients) warnings.set(name, await warningsIn(client));
        await look?.(clients);
      } finally {
        for (const client of clients.values()) client.close();
      }
    },
  });
  const { verdict, reason, steps, checks } = await session.start();
  const cleanUp = events.find(event => event.type === 'clean-up-ended');
  if (cleanUp && cleanUp.failures.length > 0) throw new Error(cleanUp.failures.join('\n'));
  return {
    verdict,
    ...(reason && { reason }),
    steps,
    checks,
    events,
    symptoms: checks.flatMap(({ traffic }) => (traffic ? [traffic.symptom] : [])).join(' '),
    failed: [...steps].filter(([, outcome]) => outcome === 'failed').map(([id]) => id),
    output: step =>
      events
        .flatMap(event => (event.type === 'step-ended' && event.step === step ? event.commands : []))
        .map(({ result: { stdout, stderr } }) => `${stdout}${stderr}`)
        .join(''),
    warnings: cluster => warnings.get(cluster) ?? '',
    durationMs: events.find(event => event.type === 'run-ended')?.durationMs ?? 0,
    errors: cluster => {
      const traffic = checks.find(check => check.traffic?.from === cluster)?.traffic;
      return (traffic?.sample ?? traffic?.convergence.lastBatch)?.errors.map(({ error }) => error) ?? [];
    },
  };
}

/** The simulator, with another topology to start than the one it is told. */
const elsewhere = (
  simulator: SimulatorPlatform,
  surroundings: (topology: Topology) => Topology,
): Platform => ({
  name: simulator.name,
  clock: simulator.clock,
  capabilities: simulator.capabilities,
  doctor: () => simulator.doctor(),
  start: (topology, signal) => simulator.start(surroundings(topology), signal),
});

function clientsOf({ clusters }: StartedPlatform): Clients {
  return new Map(
    [...clusters].map(([name, cluster]) => {
      const { dial } = cluster;
      return [name, new KubernetesClient(cluster.kubeconfig('this-machine'), dial ? { dial } : {})] as const;
    }),
  );
}

async function warningsIn(client: KubernetesClient): Promise<string> {
  const { items } = await client.list({ apiVersion: 'v1', plural: 'events', namespace: 'sample' });
  return items
    .filter(({ type }) => type === 'Warning')
    .map(({ reason, message }) => `${String(reason)}: ${String(message)}`)
    .join('\n');
}
