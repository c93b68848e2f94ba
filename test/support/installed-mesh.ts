/** A mesh that the guide's steps have installed on the simulator, for checks to be asked of it one by one. */
import { KubernetesClient } from '../../harness/base/kubernetes-client.ts';
import { type ClusterName, clusterName } from '../../harness/model/names.ts';
import type { Topology } from '../../harness/model/topology.ts';
import { planTopology } from '../../harness/plan/plan.ts';
import type { Plan } from '../../harness/plan/step.ts';
import type { StartedPlatform } from '../../harness/platform/platform.ts';
import { SimulatorPlatform } from '../../harness/platform/simulator/simulator-platform.ts';
import type { RunEvent } from '../../harness/run/events.ts';
import { withRepair } from '../../harness/run/repair.ts';
import { prepareSession } from '../../harness/session/prepare.ts';
import type { World } from '../../harness/simulator/world.ts';
import { checksFor } from '../../harness/verify/catalog.ts';
import type { CheckContext, CheckOutcome } from '../../harness/verify/check.ts';
import { expectedShares } from '../../harness/verify/groups.ts';
import { planSample } from '../../harness/verify/sample-plan.ts';
import { TakenSamples } from '../../harness/verify/taken-samples.ts';
import { togetherIn } from '../../harness/verify/together.ts';

/** Of a wrong verdict: these tests judge no samples. */
const RISK = 1e-2;

export interface InstalledMesh extends AsyncDisposable {
  readonly topology: Topology;
  readonly plan: Plan;
  readonly started: StartedPlatform;
  readonly context: CheckContext;
  readonly world: World;
  client(cluster: string): KubernetesClient;
  /**
   * Runs a check.
   * @param changed - instead of the settings of the mesh: another topology makes other checks
   */
  check(id: string, changed?: Partial<CheckContext>): Promise<CheckOutcome>;
  /** What a run would tell if it had found that outcome of a check: its start, and the check's end. */
  told(id: string, outcome: CheckOutcome): readonly RunEvent[];
  /** Lets the mesh's time pass, milliseconds. */
  pass(ms: number): Promise<void>;
}

/** Installs a mesh, and holds it until the disposal. */
export async function installedMesh(
  topology: Topology,
  edition: string,
  change: (plan: Plan) => Plan = plan => plan,
): Promise<InstalledMesh> {
  let release = () => {};
  const released = new Promise<void>(resolve => {
    release = resolve;
  });
  let world: World | undefined;
  const platform = new SimulatorPlatform({
    seed: '1',
    ...(edition === '1.8' && { edition }),
    onWorld: made => {
      world = made;
    },
  });
  const plan = change(planTopology(topology, edition));
  const events: RunEvent[] = [];
  let run: Promise<unknown> = Promise.resolve();
  const started = await new Promise<StartedPlatform>((resolve, reject) => {
    const beforeCleanUp = async (installed: StartedPlatform) => {
      resolve(installed);
      await released;
    };
    const listeners = [(event: RunEvent) => void events.push(event)];
    run = prepareSession({
      topology,
      plan,
      platform,
      keepGoing: true,
      checks: [],
      listeners,
      beforeCleanUp,
    }).then(session => session.start());
    run.catch(reject);
  });
  if (!world) throw new Error('no world was made');
  const clients = new Map<ClusterName, KubernetesClient>();
  for (const [name, cluster] of started.clusters) {
    const { dial } = cluster;
    clients.set(name, new KubernetesClient(cluster.kubeconfig('this-machine'), dial ? { dial } : {}));
  }
  const client = (name: string) => {
    const found = clients.get(clusterName(name));
    if (!found) throw new Error(`no cluster ${name}`);
    return found;
  };
  const context: CheckContext = {
    topology,
    clusters: new Map(topology.clusters.map(spec => [spec.name, { spec, client: client(spec.name) }])),
    capabilities: platform.capabilities,
    clock: started.clock,
    signal: new AbortController().signal,
    client: plan.client,
    sample: planSample(undefined, {
      expectedShares: expectedShares(topology),
      together: togetherIn(topology),
      risk: RISK,
    }),
    samples: new TakenSamples(),
    convergenceMs: 30_000,
    onProgress: () => {},
    putBack: () => {},
  };
  return {
    topology,
    plan,
    started,
    context,
    world,
    client,
    told: (id, outcome) => [
      ...events.filter(({ type }) => type === 'run-started'),
      endOf(topology, plan, id, outcome),
    ],
    check: async (id, changed = {}) => {
      const asked = { ...context, ...changed };
      const [check] = checksFor(asked.topology, plan, { only: [id] });
      if (!check) throw new Error(`no check ${id}`);
      const { clusters } = asked.topology;
      return await check.run({
        ...asked,
        clusters: new Map(clusters.map(spec => [spec.name, { spec, client: client(spec.name) }])),
      });
    },
    pass: async ms => await new Promise<void>(resolve => void started.clock.setTimeout(() => resolve(), ms)),
    [Symbol.asyncDispose]: async () => {
      for (const each of clients.values()) each.close();
      release();
      await run;
    },
  };
}

/** Makes of a check's outcome what a run tells at its end. */
function endOf(topology: Topology, plan: Plan, id: string, outcome: CheckOutcome): RunEvent {
  const [check] = checksFor(topology, plan, { only: [id] });
  if (!check) throw new Error(`no check ${id}`);
  const { sentence, level } = check;
  const diagnosis = outcome.diagnosis && withRepair(outcome.diagnosis, plan, []);
  const result = { id, sentence, level, ...outcome, ...(diagnosis && { diagnosis }) };
  return { atMs: 0, type: 'check-ended', result, durationMs: 0 };
}
