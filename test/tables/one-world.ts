/**
 * Verifies again and again in one mesh that was installed once, as people do who try what they have left out.
 */
import { clusterName } from '../../harness/model/names.ts';
import { kubectl } from '../../harness/plan/commands.ts';
import type { Plan, Step } from '../../harness/plan/step.ts';
import type { Platform, StartedPlatform } from '../../harness/platform/platform.ts';
import { SimulatorPlatform } from '../../harness/platform/simulator/simulator-platform.ts';
import type { ConformanceReport } from '../../harness/report/report.ts';
import type { RunEvent } from '../../harness/run/events.ts';
import { type PreparedSession, prepareSession } from '../../harness/session/prepare.ts';
import { reportOf } from '../../harness/session/run.ts';
import { type Case, optionsOf } from '../omissions/hold-against.ts';
import { impatientChecks } from '../support/impatient-checks.ts';
import { isOfVerification } from './covering.ts';

const SEED = '1';
const DELETE = ['delete', 'namespace', 'sample', '--ignore-not-found'];

/**
 * Runs the first case's whole plan. In the world that this leaves, the namespace `sample` is deleted and the
 * plan's verification is done again for each of the others, whose omissions and mistakes must lie there.
 *
 * @returns by case: what was seen
 */
export async function runInOneWorld(
  first: Case,
  others: readonly Case[],
): Promise<ReadonlyMap<Case, ConformanceReport>> {
  const platform = oneWorld();
  const sessions: { each: Case; session: PreparedSession; report: () => ConformanceReport }[] = [];
  // Files are read here: nothing may be awaited from outside while a world runs.
  for (const each of others)
    sessions.push({ each, ...(await sessionOf(each, { platform, plan: verificationOf(each) })) });
  const reports = new Map<Case, ConformanceReport>();
  const whole = await sessionOf(first, {
    platform,
    plan: first.changed,
    beforeCleanUp: async () => {
      for (const { each, session, report } of sessions) {
        await session.start();
        reports.set(each, report());
      }
    },
  });
  await whole.session.start();
  reports.set(first, whole.report());
  return reports;
}

interface Surroundings {
  readonly platform: Platform;
  readonly plan: Plan;
  readonly beforeCleanUp?: () => Promise<void>;
}

/** The checks are those of the whole plan: a diagnosis may name any of its steps. */
async function sessionOf(each: Case, surroundings: Surroundings) {
  const events: RunEvent[] = [];
  const session = await prepareSession({
    ...optionsOf(each),
    ...surroundings,
    seed: SEED,
    checks: impatientChecks(each.topology, each.changed, each.expected),
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
 * The section "Verify the Installation" of a case's plan, after all that an earlier verification has made is
 * gone.
 */
function verificationOf({ changed, topology }: Case): Plan {
  const again = topology.clusters.map(({ name }): Step => startAgain(name));
  const part = changed.steps.filter(({ id }) => isOfVerification(id));
  const ids = new Set(part.map(({ id }) => id));
  return {
    ...changed,
    steps: [
      ...again,
      ...part.map(step => ({
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
function oneWorld(): Platform {
  const simulator = new SimulatorPlatform({ seed: SEED });
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
