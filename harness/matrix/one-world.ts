/**
 * Verifies again and again in one mesh that was installed once, as people do who try what they have left out.
 */
import { clusterName } from '../model/names.ts';
import type { Topology } from '../model/topology.ts';
import { kubectl } from '../plan/commands.ts';
import { inSequence } from '../plan/graph.ts';
import type { Plan, Step } from '../plan/step.ts';
import type { Platform, StartedPlatform } from '../platform/platform.ts';
import { SimulatorPlatform } from '../platform/simulator/simulator-platform.ts';
import type { ConformanceReport } from '../report/report.ts';
import type { RunEvent } from '../run/events.ts';
import type { SessionOptions } from '../session/options.ts';
import { prepareSession } from '../session/prepare.ts';
import { reportOf } from '../session/run.ts';
import { checksFor } from '../verify/catalog.ts';

const DELETE = ['delete', 'namespace', 'sample', '--ignore-not-found'];
/** Steps of the guide's section "Verify the Installation", in every edition. */
const OF_VERIFICATION =
  /^[^/]+\/(create-sample-namespace|enable-injection|create-helloworld-service|deploy-[^/]+|wait-for-helloworld-[^/]+|call-helloworld)$/;

/** Tells whether a step belongs to the verification. */
export const isOfVerification = (id: string): boolean => OF_VERIFICATION.test(id);

/** A run of which only the verification is done again. */
export type Again = Omit<SessionOptions, 'plan' | 'platform'> & { readonly plan: Plan };

/**
 * Runs a whole plan. In the world that this leaves, the namespace `sample` is deleted and the verification is
 * done again for each of the others, whose omissions and mistakes must lie there.
 *
 * @returns the reports: that of the first, then those of the others in their order
 */
export async function runInOneWorld(
  first: Again,
  others: readonly Again[],
): Promise<readonly [ConformanceReport, ...ConformanceReport[]]> {
  const platform = oneWorld(first.seed ?? '1');
  // Files are read here: nothing may be awaited from outside while a world runs.
  const sessions = await Promise.all(
    others.map(each => sessionOf({ ...each, platform }, verificationOf(each.plan, each.topology))),
  );
  const reports: ConformanceReport[] = [];
  const { beforeCleanUp } = first;
  const whole = await sessionOf(
    {
      ...first,
      platform,
      beforeCleanUp: async started => {
        await beforeCleanUp?.(started);
        for (const { session, report } of sessions) {
          if (first.signal?.aborted) return;
          await session.start();
          reports.push(report());
        }
      },
    },
    first.plan,
  );
  await whole.session.start();
  return [whole.report(), ...reports];
}

/** The checks are those of the whole plan: a diagnosis may name any of its steps. */
async function sessionOf(options: Again & { readonly platform: Platform }, plan: Plan) {
  const events: RunEvent[] = [];
  const session = await prepareSession({
    ...options,
    plan,
    checks: options.checks ?? checksFor(options.topology, options.plan, { extended: false }),
    listeners: [event => void events.push(event)],
  });
  const report = () => {
    const cleanUp = events.find(event => event.type === 'clean-up-ended');
    if (cleanUp && cleanUp.failures.length > 0) throw new Error(cleanUp.failures.join('\n'));
    return reportOf(events, 0);
  };
  return { session, report };
}

/**
 * The verification of a plan, and what it has beyond the guide, after all that an earlier one has made is
 * gone.
 */
function verificationOf(plan: Plan, { clusters }: Topology): Plan {
  const again = clusters.map(({ name }): Step => startAgain(name));
  const part = plan.steps.filter(({ id, guide }) => isOfVerification(id) || guide.section === 'none');
  const ids = new Set(part.map(({ id }) => id));
  return {
    ...plan,
    steps: [
      ...again,
      ...inSequence(part).map(step => ({
        ...step,
        dependsOn: [...again.map(({ id }) => id), ...step.dependsOn.filter(id => ids.has(id))],
      })),
    ],
  };
}

const startAgain = (cluster: string): Step => ({
  id: `${cluster}/start-again`,
  title: `Delete what was deployed in ${cluster}`,
  cluster: clusterName(cluster),
  guide: { section: 'none' },
  dependsOn: [],
  files: [],
  commands: [kubectl(clusterName(cluster), DELETE, { timeoutMs: 300_000 })],
  omission: { harmless: true, because: 'no step of the guide' },
  errata: [],
  deadlineMs: 600_000,
});

/** The simulator, which starts one world: who starts it again gets the same, to be used and left as it is. */
function oneWorld(seed: string): Platform {
  const simulator = new SimulatorPlatform({ seed });
  let started: StartedPlatform | undefined;
  return {
    name: simulator.name,
    clock: simulator.clock,
    capabilities: simulator.capabilities,
    doctor: () => simulator.doctor(),
    start: async (topology, signal) => {
      if (started) return { ...started, [Symbol.asyncDispose]: async () => undefined };
      started = await simulator.start(topology, signal);
      return started;
    },
  };
}
