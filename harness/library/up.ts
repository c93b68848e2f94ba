/** Brings a mesh up in this process, for its own tests and for the programs that they start. */
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { READ_MS } from '../base/answer-deadline.ts';
import { systemClock } from '../base/clock.ts';
import { CleanupStack } from '../base/dispose.ts';
import { HarnessError } from '../base/errors.ts';
import { KubernetesClient } from '../base/kubernetes-client.ts';
import { KUBERNETES_MINORS, type KubernetesMinor } from '../base/kubernetes-versions.ts';
import { redact } from '../base/redact.ts';
import type { EditionName } from '../model/east-west-gateway.ts';
import { mergeKubeconfigs } from '../model/kubeconfig.ts';
import type { Topology } from '../model/topology.ts';
import { contextVariable } from '../plan/mesh.ts';
import { planTopology } from '../plan/plan.ts';
import type { Plan, StepId } from '../plan/step.ts';
import type { FaultPoints } from '../platform/fault-points.ts';
import type { Platform, StartedPlatform } from '../platform/platform.ts';
import type { OpenOptions } from '../platform/simulator/open-world.ts';
import type { OpeningWorld } from '../platform/simulator/opening-world.ts';
import { SimulatorPlatform } from '../platform/simulator/simulator-platform.ts';
import type { Problem, RunListener } from '../run/events.ts';
import { run } from '../run/runner.ts';
import { readSamples } from '../session/samples.ts';
import { toolsFor } from '../session/target.ts';
import { describeDefect } from '../simulator/world.ts';
import { WorldFaults } from './faults.ts';
import { execIn, type Mesh, type MeshDefect, perCluster } from './mesh.ts';
import {
  aBoolean,
  aList,
  anObject,
  aPort,
  aSignal,
  aText,
  aTopology,
  checkOptions,
  named,
  oneOf,
  texts,
} from './options.ts';
import { OwnFiles } from './own-files.ts';
import { note, type Running } from './running.ts';
import type { ScenarioFile, ScenarioName } from './topologies.ts';
import { topologyOf } from './up-topology.ts';
import { WhileUp } from './while-up.ts';

/** What is brought up; either `scenario` or `topology` is needed. */
export interface UpOptions {
  /** One of the guide's four, or the path of a file of your own. */
  readonly scenario?: ScenarioName | ScenarioFile;
  readonly topology?: Topology;
  /** The guide that is carried out: `1.8` by default. */
  readonly edition?: EditionName;
  /** A plan instead of that of the topology and `edition`: one that is changed shows what is then seen. */
  readonly plan?: Plan;
  /**
   * Steps that are left out. What fails without them is no error then: the mesh is up as it is. Not beside
   * `bare`.
   */
  readonly omit?: readonly StepId[];
  /** True leaves the clusters empty: nothing of the guide is carried out. */
  readonly bare?: boolean;
  /** True brings API servers up alone, without nodes and controllers, as envtest does; implies `bare`. */
  readonly apiOnly?: boolean;
  /** Which version of Kubernetes the API servers are; `1.34` by default. */
  readonly kubernetes?: KubernetesMinor;
  /** The same seed gives the same names and addresses; `1` by default. */
  readonly seed?: string;
  /** Of the first cluster's API server on 127.0.0.1, the others follow; free ones by default. */
  readonly firstPort?: number;
  /** Called with each event while the guide is carried out. */
  readonly listeners?: readonly RunListener[];
  /** Ends the bringing up, and leaves nothing; of no effect afterwards. */
  readonly signal?: AbortSignal;
}

const OPTIONS = {
  scenario: aText,
  topology: aTopology,
  edition: aText,
  plan: anObject,
  omit: texts,
  bare: aBoolean,
  apiOnly: aBoolean,
  kubernetes: oneOf(...KUBERNETES_MINORS),
  seed: aText,
  firstPort: aPort,
  listeners: aList,
  signal: aSignal,
} satisfies Record<keyof UpOptions, unknown>;

/**
 * Brings simulated clusters up in this process, and carries the guide out on them. Their API servers listen
 * on 127.0.0.1; several meshes can be up at once. It takes a second or two: the clusters' time runs ahead
 * until they are up, and goes by as the wall's from then on.
 * @throws HarnessError ERR_USAGE for options that are wrong; those of loadScenario and plan;
 *   ERR_PLATFORM_NOT_READY if a step fails, with what it points to. Nothing is left then.
 */
export function up(options: UpOptions & { scenario: ScenarioName }): Promise<Mesh<'cluster1' | 'cluster2'>>;
export function up(options: UpOptions): Promise<Mesh>;
export async function up(options: UpOptions): Promise<Mesh> {
  checkOptions('up', options, OPTIONS);
  refuseIdle(options);
  const topology = await topologyOf(options);
  const plan = options.plan ?? planTopology(topology, options.edition ?? '1.8');
  const { signal = new AbortController().signal } = options;
  signal.throwIfAborted();
  const samples = await readSamples(plan.edition);
  const bringing = new BringUp(topology, plan, options);
  try {
    const world = await bringing.start();
    if (!isBare(options)) await bringing.carryOut(world.closed, samples, signal);
    signal.throwIfAborted();
    return bringing.mesh(await world.open());
  } catch (error) {
    await bringing.end();
    throw error;
  }
}

const isBare = ({ bare, apiOnly }: UpOptions): boolean => bare === true || apiOnly === true;

/** @throws HarnessError ERR_USAGE for an option that has no effect beside another */
function refuseIdle(options: UpOptions): void {
  const { omit = [], plan, edition } = options;
  const idle = [
    ...(isBare(options) && omit.length > 0
      ? ['omit of up leaves steps out, and with bare or apiOnly none is carried out.']
      : []),
    ...(plan && edition !== undefined && plan.edition !== edition
      ? [`edition of up is ${edition}, and the plan is of edition ${plan.edition}.`]
      : []),
  ];
  if (idle.length > 0)
    throw new HarnessError('ERR_USAGE', idle.join('\n'), { hint: 'Leave out one of the two.' });
}

/** One mesh on its way up, and what undoes it. */
class BringUp {
  readonly #topology: Topology;
  readonly #plan: Plan;
  readonly #options: UpOptions;
  readonly #cleanUp = new CleanupStack();
  readonly #defects: MeshDefect[] = [];
  /** Ends what asks the mesh when a part of it fails by a defect of ours. */
  readonly #defect = new AbortController();
  readonly #open: OpenOptions;
  readonly #platform: SimulatorPlatform;
  #ending: Promise<void> | undefined;

  constructor(topology: Topology, plan: Plan, options: UpOptions) {
    this.#topology = topology;
    this.#plan = plan;
    this.#options = options;
    const { firstPort, apiOnly, kubernetes } = options;
    this.#open = {
      istioVersion: plan.istioVersion,
      ...(firstPort !== undefined && { firstPort }),
      ...(apiOnly && { apiOnly }),
      onDefect: (cluster, defect) => this.#failed(cluster, describeDefect(defect)),
    };
    this.#platform = new SimulatorPlatform({
      seed: this.#seed,
      edition: plan.edition,
      ...(kubernetes && { kubernetes }),
      open: this.#open,
    });
  }

  get #seed(): string {
    return this.#options.seed ?? '1';
  }

  async start(): Promise<OpeningWorld> {
    const world = await this.#platform.startOpening(this.#topology, this.#open, this.#defect.signal);
    this.#cleanUp.add('end the clusters', async () => world.closed[Symbol.asyncDispose]());
    return world;
  }

  /** @throws the signal's reason; HarnessError ERR_PLATFORM_NOT_READY if a step fails */
  async carryOut(
    started: StartedPlatform,
    samples: ReadonlyMap<string, string>,
    signal: AbortSignal,
  ): Promise<void> {
    const { omit = [], listeners = [] } = this.#options;
    const { verdict, reason } = await run({
      topology: this.#topology,
      plan: this.#plan,
      // Until it is open its time is its own.
      platform: { ...aboutOf(this.#platform), clock: 'virtual' },
      started,
      tools: now => toolsFor(now, this.#plan, samples, this.#seed),
      omit,
      listeners,
      seed: this.#seed,
      runId: `up-${randomBytes(3).toString('hex')}`,
      signal,
    });
    signal.throwIfAborted();
    if (verdict !== 'passed' && omit.length === 0) throw notInstalled(this.#topology, reason);
  }

  mesh(started: StartedPlatform): Mesh {
    const documents = new Map(
      [...started.clusters].map(([name, cluster]) => [name, cluster.kubeconfig('this-machine')]),
    );
    const files = new OwnFiles();
    this.#cleanUp.add('remove the files', async () => files.remove());
    const limit = { clock: systemClock, readMs: READ_MS };
    const clients = new Map(
      [...documents].map(([name, text]) => [name as string, new KubernetesClient(text, { limit })] as const),
    );
    this.#cleanUp.add('close the connections', async () => {
      for (const client of clients.values()) client.close();
    });
    const whileUp = new WhileUp();
    const limited = new Map([...clients].map(([name, client]) => [name, whileUp.limit(client, name)]));
    const points = started.faults as FaultPoints; // the simulator has them
    const names = [...documents.keys()];
    const kubeconfig = files.write('kubeconfig', mergeKubeconfigs(documents));
    const contexts = perCluster(names, name => name);
    const running: Running = { platform: this.#platform, started, seed: this.#seed, whileUp };
    const stop = () => {
      whileUp.end();
      return this.end();
    };
    const mesh: Mesh = {
      topology: this.#topology,
      plan: this.#plan,
      kubeconfig,
      kubeconfigs: perCluster(names, name => files.write(`${name}.kubeconfig`, documents.get(name) ?? '')),
      contexts,
      clients: Object.fromEntries(limited),
      env: {
        KUBECONFIG: kubeconfig,
        // kubectl remembers what a server can do by its port, which may be another's tomorrow.
        KUBECACHEDIR: path.join(files.folder, 'kube-cache'),
        ...Object.fromEntries(names.map(name => [contextVariable(name), name])),
      },
      faults: new WorldFaults(
        {
          topology: this.#topology,
          edition: this.#plan.edition,
          client: this.#plan.client,
          clients,
          clock: systemClock,
          points,
        },
        whileUp,
      ),
      defects: this.#defects,
      exec: async (cluster, target, argv, given) =>
        await execIn(named('cluster', cluster, limited), cluster, target, argv, given),
      stop,
      [Symbol.asyncDispose]: stop,
    };
    note(mesh, running);
    return mesh;
  }

  /** Takes all away again; a second time waits for the first. */
  end(): Promise<void> {
    this.#ending ??= this.#cleanUp[Symbol.asyncDispose]();
    return this.#ending;
  }

  #failed(cluster: string, what: string): void {
    const message = redact(what);
    this.#defects.push({ cluster, message });
    this.#defect.abort(
      new HarnessError('ERR_SIMULATOR_DEFECT', `In ${cluster}, ${message}`, {
        hint: 'This is a defect of mesh-harness. Please report it with what was brought up, and the seed.',
      }),
    );
  }
}

/** The platform as a run sees it that has clusters already. */
const aboutOf = (platform: SimulatorPlatform): Platform => ({
  name: platform.name,
  clock: platform.clock,
  capabilities: platform.capabilities,
  doctor: async () => [],
  start: async (topology, signal) => await platform.start(topology, signal),
});

/** Makes the error of a plan that was not carried out, of what the first failure points to. */
function notInstalled({ name }: Topology, reason: Problem | undefined): HarnessError {
  const { message = 'its run ended early', hint, diagnosis } = reason ?? {};
  const look = diagnosis?.steps.length ? `Look at ${diagnosis.steps.join(', ')}.` : undefined;
  return new HarnessError('ERR_PLATFORM_NOT_READY', `${name} could not be installed: ${message}`, {
    hint: [diagnosis?.sentence, look, hint].filter(Boolean).join(' '),
  });
}
