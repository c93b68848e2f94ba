/** Verifies a mesh that is there, with the checks of ours, with some of them, or with checks of one's own. */
import { unlessAborted } from '../base/abort.ts';
import { systemClock } from '../base/clock.ts';
import { HarnessError } from '../base/errors.ts';
import type { EditionName } from '../model/east-west-gateway.ts';
import type { Topology } from '../model/topology.ts';
import { planTopology } from '../plan/plan.ts';
import type { ConformanceReport } from '../report/report.ts';
import type { RunEvent, RunListener } from '../run/events.ts';
import { prepareSession } from '../session/prepare.ts';
import { reportOf } from '../session/run.ts';
import { checksFor } from '../verify/catalog.ts';
import type { Check } from '../verify/check.ts';
import { attach, type ExistingMesh } from './existing.ts';
import type { Mesh } from './mesh.ts';
import {
  aBoolean,
  aFilledList,
  aList,
  aNumber,
  aSignal,
  aText,
  aTopology,
  checkOptions,
  someTexts,
  texts,
} from './options.ts';
import { ownChecks } from './own-checks.ts';
import { runningOf } from './running.ts';

/** Which checks are asked, and how much. */
export interface VerifyOptions {
  /**
   * These alone; by default those of `builtInChecks` for the mesh. Put checks of your own beside ours:
   * `[...builtInChecks(mesh.topology), mine]`.
   */
  readonly checks?: readonly Check[];
  /** Also what the guide claims but does not verify. */
  readonly extended?: boolean;
  /** Ids of checks, or of families of checks: only these, whatever their level. */
  readonly onlyChecks?: readonly string[];
  /** Ids of checks, or of families of checks, that are left out. */
  readonly skipChecks?: readonly string[];
  /**
   * Takes checks that change something and put it back, too; by default only of a mesh that `up` has made.
   */
  readonly allowChanges?: boolean;
  /** Size of the fixed sample per source; by default the smallest that holds the risk, 300 at least. */
  readonly requests?: number;
  /** Accepted probability of a wrong verdict, each way; 1e-6 by default. */
  readonly risk?: number;
  /** Scales how long checks wait for a mesh that is still spreading: two minutes at 1, the default. */
  readonly deadlineScale?: number;
  /** Called with each event. */
  readonly listeners?: readonly RunListener[];
  /** Interrupts it: the report says so. */
  readonly signal?: AbortSignal;
}

/** What chooses among the built-in checks. */
const CHOICE = { extended: aBoolean, onlyChecks: someTexts, skipChecks: texts, allowChanges: aBoolean };

const OPTIONS = {
  ...CHOICE,
  checks: aFilledList,
  requests: aNumber,
  risk: aNumber,
  deadlineScale: aNumber,
  listeners: aList,
  signal: aSignal,
} satisfies Record<keyof VerifyOptions, unknown>;

/**
 * Verifies a mesh, and leaves it as it is: one that `up` has brought up, or one that somebody else has
 * installed, by its contexts.
 * @returns the report, whatever the verdict
 * @throws HarnessError ERR_USAGE for options that are wrong or a mesh that is stopped, before or meanwhile,
 *   ERR_UNKNOWN_CHECK,
 *   ERR_SAMPLE_SIZE; ERR_UNREADABLE_FILE or ERR_KUBERNETES_API for contexts that do not serve
 */
export async function verify(
  mesh: Mesh | ExistingMesh,
  options: VerifyOptions = {},
): Promise<ConformanceReport> {
  checkOptions('verify', options, OPTIONS);
  refuseIdle('verify', options);
  const own = ownChecks(options.checks);
  const { signal: asked = new AbortController().signal } = options;
  const isUp = typeof mesh === 'object' && mesh !== null && 'stop' in mesh;
  const running = isUp ? runningOf(mesh, 'verify') : undefined;
  const { topology, plan, platform } = isUp
    ? { ...mesh, platform: runningOf(mesh, 'verify').platform }
    : await attach(mesh, asked);
  const signal = running ? AbortSignal.any([asked, running.whileUp.signal]) : asked;
  const { listeners = [], allowChanges = isUp, ...rest } = options;
  const events: RunEvent[] = [];
  const startedAtMs = systemClock.now();
  const session = await prepareSession({
    ...rest,
    ...own,
    ...{ topology, plan, platform, allowChanges, signal },
    ...(running && { seed: running.seed }),
    steps: 'none',
    wholePlan: plan,
    listeners: [event => void events.push(event), ...listeners],
  });
  const ended = session.start(running?.started);
  // The clock of a mesh that is stopped stands still: what waits for it may never end.
  await (running ? unlessAborted(ended, running.whileUp.signal) : ended);
  return reportOf(events, startedAtMs);
}

/**
 * Refuses what chooses among the built-in checks beside a list of checks, where it would have no effect.
 * @throws HarnessError ERR_USAGE
 */
export function refuseIdle(of: string, options: Pick<VerifyOptions, 'checks' | keyof typeof CHOICE>): void {
  if (options.checks === undefined) return;
  const idle = Object.keys(CHOICE).filter(name => options[name as keyof typeof CHOICE] !== undefined);
  if (idle.length > 0)
    throw new HarnessError('ERR_USAGE', `${idle.join(' and ')} of ${of} choose among the built-in checks.`, {
      hint: `Leave them out beside checks, or give them to builtInChecks(topology, { ${idle.join(', ')} }).`,
    });
}

/** Which of the built-in checks. */
export interface BuiltInChecksOptions
  extends Pick<VerifyOptions, 'extended' | 'onlyChecks' | 'skipChecks' | 'allowChanges'> {
  /** Whose steps a diagnosis names: `1.8` by default. */
  readonly edition?: EditionName;
}

/**
 * Lists the checks that mesh-harness has for a topology, in the order in which they are asked. They can be
 * filtered, put in another order, and have others beside them.
 * @throws HarnessError ERR_UNKNOWN_CHECK, ERR_UNKNOWN_EDITION, ERR_USAGE
 */
export function builtInChecks(topology: Topology, options: BuiltInChecksOptions = {}): readonly Check[] {
  checkOptions('builtInChecks', { topology }, { topology: aTopology }, ['topology']);
  checkOptions('builtInChecks', options, { ...CHOICE, edition: aText });
  const { edition = '1.8', onlyChecks, skipChecks, extended, allowChanges = true } = options;
  return checksFor(topology, planTopology(topology, edition), {
    ...(extended !== undefined && { extended }),
    ...(onlyChecks && { only: onlyChecks }),
    ...(skipChecks && { skip: skipChecks }),
    allowChanges,
  });
}
