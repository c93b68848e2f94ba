/** Runs a topology from its clusters to the report, for a program. */

import { KUBERNETES_MINORS } from '../base/kubernetes-versions.ts';
import type { EditionName } from '../model/east-west-gateway.ts';
import type { Topology } from '../model/topology.ts';
import { planTopology } from '../plan/plan.ts';
import type { Plan } from '../plan/step.ts';
import type { ConformanceReport } from '../report/report.ts';
import type { SessionOptions } from '../session/options.ts';
import { run as runSession } from '../session/run.ts';
import {
  aBoolean,
  aFilledList,
  aFunction,
  aList,
  aNumber,
  anObject,
  aSignal,
  aText,
  aTopology,
  checkOptions,
  either,
  oneOf,
  someTexts,
  texts,
} from './options.ts';
import { ownChecks } from './own-checks.ts';
import { checkRealSettings } from './real-settings.ts';
import { refuseIdle } from './verify.ts';

const OPTIONS = {
  topology: aTopology,
  platform: either(aText, anObject),
  traceFolder: aText,
  onTraceLost: aFunction,
  real: anObject,
  seed: aText,
  kubernetes: oneOf(...KUBERNETES_MINORS),
  keep: oneOf('always', 'on-failure'),
  onKept: aFunction,
  diagnosticsFolder: either(aText, aFunction),
  beforeCleanUp: aFunction,
  plan: anObject,
  edition: aText,
  steps: oneOf('all', 'none'),
  wholePlan: anObject,
  omit: texts,
  keepGoing: aBoolean,
  deadlineScale: aNumber,
  requests: aNumber,
  risk: aNumber,
  extended: aBoolean,
  onlyChecks: someTexts,
  skipChecks: texts,
  allowChanges: aBoolean,
  checks: aFilledList,
  faults: aList,
  signal: aSignal,
  listeners: aList,
} satisfies Record<keyof SessionOptions, unknown>;

/**
 * Runs a topology from the start to the clean-up. On the simulator it does so on a virtual clock: it takes
 * about a second, and nothing outside of this process sees the clusters; `up` is for clusters to talk to.
 * @returns the report, whatever the verdict: failures of the mesh and of the environment are values
 * @throws HarnessError for options that are wrong, before anything is started
 */
export async function run(options: SessionOptions): Promise<ConformanceReport> {
  checkOptions('run', options, OPTIONS, ['topology']);
  refuseIdle('run', options);
  checkRealSettings(options);
  return await runSession({ ...options, ...ownChecks(options.checks) });
}

/**
 * Plans the guide's steps for a topology. Pure.
 * @param edition - `1.8` (default) or `current`
 * @throws HarnessError ERR_UNKNOWN_EDITION
 */
export function plan(topology: Topology, edition: EditionName = '1.8'): Plan {
  checkOptions('plan', { topology }, { topology: aTopology }, ['topology']);
  return planTopology(topology, edition);
}
