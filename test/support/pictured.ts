/** Pictures of small meshes, from what was seen in them, without a run. */
import type { Topology } from '../../harness/model/topology.ts';
import { buildReport } from '../../harness/report/build.ts';
import { pictureModel } from '../../harness/report/html/picture-evidence.ts';
import type { PictureModel } from '../../harness/report/html/picture-model.ts';
import type { ScenarioReport } from '../../harness/report/report.ts';
import type { RunEvent } from '../../harness/run/events.ts';
import type { CheckResult } from '../../harness/verify/check.ts';
import type { SeenCluster } from '../../harness/verify/seen/seen.ts';
import { PLAN } from './run-events.ts';
import { healthyClusters } from './seen-clusters.ts';

/** Calls from a cluster, answered by all others evenly. */
function calls({ clusters }: Topology, from: string): CheckResult {
  const tally = {
    requests: 10 * clusters.length,
    instances: clusters.map(({ name, helloWorld }) => ({
      cluster: name,
      version: helloWorld[0] ?? 'v1',
      instance: `helloworld-${name}`,
      count: 10,
    })),
    errors: [],
    slow: 0,
    longestSeconds: 0.004,
  };
  return {
    id: `${from}-reaches-every-version`,
    sentence: 'Calls are answered.',
    level: 'core',
    outcome: 'passed',
    found: 'all',
    evidence: null,
    traffic: {
      from,
      symptom: 'BOTH',
      convergence: { converged: true, afterMs: 1, batches: 1, batchSize: 10, total: tally, lastBatch: tally },
    },
  };
}

/** Builds the report of a run on a topology of which each cluster was seen as given. */
export function reportOn(
  topology: Topology,
  change: (cluster: SeenCluster) => SeenCluster = cluster => cluster,
): ScenarioReport {
  const events: readonly RunEvent[] = [
    {
      atMs: 0,
      type: 'run-started',
      runId: 'run-1',
      topology,
      plan: PLAN,
      platform: { name: 'simulator', capabilities: { realProxies: false, faults: true } },
      clock: 'virtual',
      seed: '1',
      requests: 300,
      omitted: [],
      keepGoing: false,
    },
    ...topology.clusters
      .filter(({ client }) => client)
      .map(
        ({ name }): RunEvent => ({
          atMs: 1,
          type: 'check-ended',
          result: calls(topology, name),
          durationMs: 1,
        }),
      ),
    { atMs: 1, type: 'clusters-seen', clusters: healthyClusters(topology).map(change) },
    { atMs: 1, type: 'run-ended', verdict: 'passed', interrupted: false, durationMs: 1 },
  ];
  const [scenario] = buildReport(events).scenarios;
  if (!scenario) throw new Error('no scenario was reported');
  return scenario;
}

/** Returns what the picture of such a run shows. */
export const modelOf = (topology: Topology, change?: (cluster: SeenCluster) => SeenCluster): PictureModel =>
  pictureModel(reportOn(topology, change));
