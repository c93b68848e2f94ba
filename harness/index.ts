/** The library's public names. */
import path from 'node:path';
import { packageRoot } from './base/package-root.ts';
import type { Topology } from './model/topology.ts';
import { planTopology } from './plan/plan.ts';
import type { Plan } from './plan/step.ts';
import { loadScenario as loadScenarioFrom } from './scenario/load.ts';

export { ERROR_CODES, type ErrorCode, EXIT, HarnessError } from './base/errors.ts';
export type { Command, CommandResult, PlanFile } from './model/command.ts';
export type { ClusterName, NetworkName } from './model/names.ts';
export type { ClusterSpec, NetworkSpec, Role, Topology } from './model/topology.ts';
export { omitSteps } from './plan/omit.ts';
export type { Erratum, Plan, Step, StepId } from './plan/step.ts';
export type { Cluster, Platform, StartedPlatform } from './platform/platform.ts';
export { formatHtml } from './report/html/html.ts';
export { formatJson } from './report/json.ts';
export { formatJunit } from './report/junit.ts';
export { formatMarkdown } from './report/markdown.ts';
export type { ConformanceReport, ScenarioReport } from './report/report.ts';
export { formatTap } from './report/tap.ts';
export type { RunEvent, RunListener, Verdict } from './run/events.ts';
export type { SessionOptions as RunOptions } from './session/options.ts';
export { run } from './session/run.ts';
export type { Check, CheckResult } from './verify/check.ts';

/**
 * Loads the topology of a scenario.
 * @param nameOrPath - one of the guide's four (`multi-primary`), or the path of a file of your own
 *   (`./my-mesh.yaml`)
 * @throws HarnessError ERR_UNKNOWN_SCENARIO, ERR_UNREADABLE_FILE, or ERR_INVALID_SCENARIO with every problem
 *   of the file
 */
export async function loadScenario(nameOrPath: string): Promise<Topology> {
  const { topology } = await loadScenarioFrom(nameOrPath, { folder: path.join(packageRoot(), 'scenarios') });
  return topology;
}

/**
 * Plans the guide's steps for a topology. Pure.
 * @param edition - `1.8` (default) or `current`
 * @throws HarnessError ERR_UNKNOWN_EDITION
 */
export function plan(topology: Topology, edition = '1.8'): Plan {
  return planTopology(topology, edition);
}
