/** A run from the moment that its platform is up: tools and clients; its steps, then its checks. */
import { READ_MS } from '../base/answer-deadline.ts';
import type { CleanupStack } from '../base/dispose.ts';
import { jointClient } from '../base/joint-client.ts';
import type { KubernetesClient } from '../base/kubernetes-client.ts';
import type { ClusterName } from '../model/names.ts';
import type { StepId } from '../plan/step.ts';
import type { Tools } from '../tools/tools.ts';
import type { Check, CheckContext, CheckResult } from '../verify/check.ts';
import { CONVERGENCE_DEADLINE_MS } from '../verify/convergence.ts';
import { namesOfObjects, nothingLeft, type ObjectNames } from '../verify/leftovers.ts';
import { lookAtClusters } from '../verify/seen/look.ts';
import { TakenSamples } from '../verify/taken-samples.ts';
import type { StepOutcome } from './events.ts';
import { judgeCheck } from './judge.ts';
import { PlanSteps, type StepScene, type Surroundings } from './plan-steps.ts';
import type { Verification } from './run.ts';
import { runChecks } from './run-checks.ts';

const DEFAULT_CHECK_MS = 2 * 3_600_000;

/** A fault's check in a mesh that is not well: it would prove nothing. */
const notTried = (check: Check): Check => ({
  ...check,
  run: async () => ({
    outcome: 'unknown',
    found: 'The fault was not tried: what came before it did not pass.',
    evidence: null,
    unproved: true,
  }),
});

/** Does a run's work on clusters that are up, and remembers how each step ended. */
export class StartedRun {
  readonly #around: Surroundings;
  readonly #clients = new Map<ClusterName, KubernetesClient>();
  readonly #steps: PlanSteps;
  /** What the clusters held before the guide, if it cleans up. */
  #before: ObjectNames = new Map();
  /** What checks have changed and could not put back. */
  readonly #notPutBack: string[] = [];

  private constructor(around: Surroundings, tools: Tools) {
    this.#around = around;
    this.#steps = new PlanSteps(around, tools, () => this.#scene());
  }

  /** Outcome of each step, in the plan's order; empty before `runSteps`. */
  get steps(): ReadonlyMap<StepId, StepOutcome> {
    return this.#steps.outcomes;
  }

  /**
   * Makes the tools and a client for each cluster, and emits the event that the platform has started.
   * @param cleanUp - gets to know how to put them away
   */
  static async open(around: Surroundings, cleanUp: CleanupStack): Promise<StartedRun> {
    const { options, started, emitter, signal } = around;
    const tools = await options.tools(started);
    cleanUp.add('put the tools away', async () => tools[Symbol.asyncDispose]());
    const toolVersions = await tools.versions(signal);
    const { adjustments, found, remarks = [] } = started;
    emitter.emit({
      type: 'platform-started',
      adjustments,
      toolVersions,
      ...(found && { found }),
      ...(remarks.length > 0 && { remarks }),
    });
    const run = new StartedRun(around, tools);
    cleanUp.add('put back what checks have changed', () => {
      if (run.#notPutBack.length > 0) throw new Error(run.#notPutBack.join('; '));
    });
    cleanUp.add('close the connections', () => {
      for (const client of run.#clients.values()) client.close();
    });
    const limit = { clock: started.clock, readMs: READ_MS };
    for (const [name, cluster] of started.clusters) run.#clients.set(name, jointClient(cluster, { limit }));
    return run;
  }

  /** Runs the plan's steps, each as soon as those that it needs have ended. */
  async runSteps(): Promise<void> {
    if (this.#cleansUp) this.#before = await namesOfObjects(this.#clusters(), this.#around.signal);
    await this.#steps.run();
  }

  /** Looks at the clusters as they are now, and emits what was seen; nothing changes the verdict. */
  async look(): Promise<void> {
    const { options, started, emitter, signal } = this.#around;
    const { topology, plan } = options;
    const scene = { topology, clusters: this.#clusters(), clock: started.clock, signal, client: plan.client };
    emitter.emit({ type: 'clusters-seen', clusters: await lookAtClusters(scene) });
    const told = started.notSimulated?.() ?? [];
    if (told.length > 0) emitter.emit({ type: 'not-simulated', told });
  }

  /** Runs the steps by which the guide takes everything away, and looks for what they leave. */
  async runCleanUpSteps(): Promise<readonly CheckResult[]> {
    if (!this.#cleansUp) return [];
    await this.#steps.run(true);
    return this.#around.signal.aborted ? [] : await this.runChecks([nothingLeft(this.#before)]);
  }

  get #cleansUp(): boolean {
    return this.#around.options.plan.steps.some(({ isCleanUp }) => isCleanUp);
  }

  /** Runs the checks. @returns their results, fewer if the run was interrupted */
  async runChecks(checks?: readonly Check[]): Promise<readonly CheckResult[]> {
    const { options, started, emitter, findings, signal, onFailure } = this.#around;
    const { verify } = options;
    if (!verify) return [];
    return await runChecks(checks ?? verify.checks, {
      context: this.#checkContext(verify),
      deadlineMs: options.deadlines?.checkMs ?? DEFAULT_CHECK_MS,
      signal,
      emitter,
      plan: verify.wholePlan ?? options.plan,
      adjustments: started.adjustments,
      onNotPutBack: failures => void this.#notPutBack.push(...failures),
      onResult: async result => {
        const problem = await judgeCheck(result, this.#scene());
        if (!problem) return;
        findings.add(problem, 'check');
        await onFailure();
      },
    });
  }

  /**
   * Lets the faults come and go that were asked for; in a mesh that is not well none is tried.
   * @returns their results
   */
  async runFaults(): Promise<readonly CheckResult[]> {
    const { options, started, findings } = this.#around;
    const faults = options.verify?.faults?.(started) ?? [];
    if (faults.length === 0) return [];
    return await this.runChecks(findings.verdict === 'passed' ? faults : faults.map(notTried));
  }

  #checkContext(verify: Verification): Omit<CheckContext, 'signal' | 'onProgress' | 'putBack'> {
    const { options, started } = this.#around;
    const { topology, plan, platform } = options;
    const clusters = this.#clusters();
    const { capabilities } = platform;
    const { sample, convergenceMs = CONVERGENCE_DEADLINE_MS } = verify;
    return {
      ...{ topology, clusters, capabilities, sample, convergenceMs },
      samples: new TakenSamples(),
      clock: started.clock,
      client: plan.client,
    };
  }

  #clusters(): CheckContext['clusters'] {
    return new Map(
      this.#around.options.topology.clusters.flatMap(spec => {
        const client = this.#clients.get(spec.name);
        return client ? [[spec.name, { spec, client }] as const] : [];
      }),
    );
  }

  #scene(): StepScene {
    const { options, started, originMs, signal } = this.#around;
    const { topology, plan } = options;
    const clusters = this.#clusters();
    const { adjustments, clock } = started;
    return { clients: this.#clients, clusters, topology, plan, adjustments, clock, originMs, signal };
  }
}
