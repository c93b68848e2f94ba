/** Reports of earlier releases get the fields that were added since, with what can be said. Pure. */
import { callsSeen } from '../../verify/seen/calls.ts';
import { unseenCluster } from '../../verify/seen/seen.ts';
import type { ConformanceReport, ScenarioReport, Volatile, WallTimes } from '../report.ts';
import { trafficOf } from '../words.ts';

/** A scenario of any release that wrote the schema version. */
type AnyScenario = Omit<ScenarioReport, 'seen'> & Partial<Pick<ScenarioReport, 'seen'>>;
/** Fields that may be absent. */
type Without<Whole, Names extends keyof Whole> = Omit<Whole, Names> & Partial<Pick<Whole, Names>>;
/** A report of any release that wrote the schema version. */
export type AnyReport = Omit<ConformanceReport, 'scenarios' | 'harness' | 'reproduce' | 'volatile'> &
  Partial<Pick<ConformanceReport, 'reproduce'>> & {
    readonly harness: Without<ConformanceReport['harness'], 'commit'>;
    readonly scenarios: readonly AnyScenario[];
    readonly volatile: Without<Volatile, 'diagnostics' | 'wallTimes'>;
  };

const WHY = 'the release that wrote the report did not look';

/** Returns a report in which nothing is missing: what its release did not look at is told as not seen. */
export const completed = (report: AnyReport): ConformanceReport => ({
  ...report,
  harness: { ...report.harness, commit: report.harness.commit ?? null },
  reproduce: report.reproduce ?? null,
  scenarios: report.scenarios.map(completedScenario),
  volatile: {
    ...report.volatile,
    diagnostics: report.volatile.diagnostics ?? null,
    wallTimes: report.volatile.wallTimes ?? report.scenarios.map(noTimes),
  },
});

const noTimes = ({ scenario }: AnyScenario): WallTimes => ({
  ...{ scenario, startedAt: null, durationMs: 0 },
  ...{ steps: {}, checks: {} },
});

function completedScenario(scenario: AnyScenario): ScenarioReport {
  if (scenario.seen) return { ...scenario, seen: scenario.seen };
  const client = scenario.steps.some(({ id }) => id.endsWith('/deploy-curl')) ? 'curl' : 'sleep';
  const { topology } = scenario;
  const clusters = topology.clusters.map(({ name, helloWorld }) =>
    unseenCluster(name, WHY, { client, helloWorld }),
  );
  return { ...scenario, seen: { clusters, calls: callsSeen(topology, trafficOf(scenario), clusters) } };
}
