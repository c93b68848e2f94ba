/** `mesh-harness run SCENARIO…` */
import path from 'node:path';
import { systemClock } from '../../base/clock.ts';
import { EXIT, HarnessError, messageOf } from '../../base/errors.ts';
import { redact } from '../../base/redact.ts';
import { editionOf } from '../../plan/plan.ts';
import type { Programs } from '../../platform/platform.ts';
import { assertWritable } from '../../report/write.ts';
import type { RunEvent, RunListener } from '../../run/events.ts';
import type { OpenedOptions } from '../../session/opened.ts';
import { type PreparedSession, prepareSession } from '../../session/prepare.ts';
import { reportOf } from '../../session/run.ts';
import { runAgain } from '../again.ts';
import type { Environment } from '../environment.ts';
import { assertGithubSwitch } from '../github.ts';
import { realSettings } from '../real-settings.ts';
import { keepReports, placeOf } from '../report-folder.ts';
import { createResults } from '../result-output.ts';
import { beginRun, type RunBeginning } from '../run-beginning.ts';
import { simulatorPrograms } from '../simulator-programs.ts';
import { createProgress } from '../terminal/create-progress.ts';
import { silentProgress } from '../terminal/progress.ts';
import { createScreen } from '../terminal/screen.ts';
import { setForRuns } from '../v8-flags.ts';
import type { RunFlags } from './run.flags.ts';
import { diagnosticsIn, publishResults, tellWhatIsNext } from './run-results.ts';

/**
 * Runs the scenarios one after the other; everything that can be wrong with the command line is found before
 * the first starts.
 */
export async function runScenarios(
  names: readonly string[],
  flags: RunFlags,
  environment: Environment,
): Promise<number> {
  const { env, signal } = environment;
  const screen = createScreen(environment);
  assertGithubSwitch(env);
  const tell = (text: string) => flags.quiet || screen.progress(text);
  const beginning = await beginRun(names, flags, environment);
  using programs = await programsFor(flags, beginning, env);
  const progress = flags.quiet ? silentProgress : await createProgress(screen, systemClock, flags.verbose);
  const results = createResults(flags.output, environment);
  const heard = new Heard();
  const startedAtMs = systemClock.now();
  try {
    const settings = realSettings(flags, beginning.edition, environment, text => tell(`  ${text}`));
    const listeners = [heard.listener, progress.listener, results.listener];
    const sessions = await prepareSessions({
      ...{ flags, beginning, heard, listeners, signal },
      programs: programs?.programs,
      ...(beginning.platform !== 'simulator' && { real: settings }),
    });
    const [first] = sessions;
    if (!first) throw new HarnessError('ERR_USAGE', 'No scenario was named.');
    const place = placeOf(first.runId, flags);
    await assertWritable(place);
    for (const line of beginning.lines) screen.progress(line);
    signal.throwIfAborted();
    const scenarios = beginning.works.map(({ topology }) => topology.name);
    results.begin(scenarios);
    const begun = await startAll(sessions, signal, screen.progress);
    progress.stop();

    const report = reportOf(heard.events, startedAtMs, {
      ...{ notBegun: scenarios.slice(begun), reproduce: runAgain(names, flags) },
      ...diagnosticsIn(place),
      ...(beginning.shard && { shard: beginning.shard }),
    });
    const { files, exitCode } = await publishResults(place, report, { results, screen, environment });
    if (!flags.quiet)
      tellWhatIsNext(report, files, { again: runAgain(names, flags), names, flags }, screen.progress);
    if (files.length > 0) await keepReports(place, flags, tell, screen.progress);
    for (const line of new Set(heard.kept)) screen.progress(line);
    for (const line of heard.troubles) screen.progress(line);
    const ended = heard.troubles.length === 0 || exitCode !== EXIT.passed ? exitCode : EXIT.unknown;
    results.end(report, { exitCode: ended, files });
    return ended;
  } finally {
    progress.stop();
  }
}

/** What the sessions of a command have said. */
class Heard {
  readonly events: RunEvent[] = [];
  /** What stays, and how to remove it. */
  readonly kept: string[] = [];
  /** What was lost besides reports. */
  readonly troubles: string[] = [];
  readonly listener: RunListener = event => void this.events.push(event);

  readonly onTraceLost = (error: unknown): void =>
    void this.troubles.push(redact(`mesh-harness: The trace ends early: ${messageOf(error)}`));
}

/** Starts one after the other until the signal aborts. @returns how many were begun */
async function startAll(
  sessions: readonly PreparedSession[],
  signal: AbortSignal,
  trouble: (text: string) => void,
): Promise<number> {
  setForRuns();
  let begun = 0;
  for (const session of sessions) {
    if (signal.aborted) break;
    begun += 1;
    const { listenerFailures } = await session.start();
    for (const failure of listenerFailures) trouble(`mesh-harness: ${failure}`);
  }
  return begun;
}

/** What all sessions of a command share. */
interface Sessions extends Pick<OpenedOptions, 'real'> {
  readonly flags: RunFlags;
  readonly beginning: RunBeginning;
  readonly heard: Heard;
  readonly listeners: readonly RunListener[];
  readonly programs: Programs | undefined;
  readonly signal: AbortSignal;
}

/** Prepares a session for each scenario. @throws HarnessError for options that are wrong */
async function prepareSessions(shared: Sessions): Promise<readonly PreparedSession[]> {
  const { flags, beginning, heard, listeners, signal, real } = shared;
  const sessions: PreparedSession[] = [];
  for (const work of beginning.works) {
    const { name } = work.topology;
    const folder = (runId: string) => placeOf(sessions[0]?.runId ?? runId, flags).folder;
    sessions.push(
      await prepareSession({
        ...workOptions(work, flags),
        ...{ signal, listeners, platform: beginning.platform, edition: beginning.edition },
        ...openingOf(shared),
        ...(flags.trace !== undefined && {
          traceFolder: beginning.works.length === 1 ? flags.trace : path.join(flags.trace, name),
        }),
        ...(real && { real }),
        onKept: lines => void heard.kept.push(...lines),
        onTraceLost: heard.onTraceLost,
        diagnosticsFolder: runId => path.join(folder(runId), 'diagnostics', name),
      }),
    );
  }
  return sessions;
}

/** Returns the options that flags and the scenario's file decide. */
function workOptions({ topology, verify, plan }: RunBeginning['works'][number], flags: RunFlags) {
  const requests = flags.requests ?? verify.requests;
  const risk = flags.risk ?? verify.risk;
  return {
    topology,
    ...(plan && { plan }),
    ...(flags.seed !== undefined && { seed: flags.seed }),
    ...(flags.kubernetesVersion && { kubernetes: flags.kubernetesVersion }),
    omit: flags.omit,
    faults: flags.fault,
    keepGoing: flags.keepGoing,
    extended: flags.extended,
    onlyChecks: flags.check,
    skipChecks: flags.skipCheck,
    ...(flags.allowChanges && { allowChanges: true }),
    ...(flags.keep ? { keep: 'always' as const } : flags.keepOnFailure && { keep: 'on-failure' as const }),
    ...(requests !== undefined && { requests }),
    ...(risk !== undefined && { risk }),
  };
}

/** Returns how the simulator is opened: to programs, to a real istiod, or not at all. */
function openingOf({ programs, beginning }: Sessions): Pick<OpenedOptions, 'open'> {
  const { edition, istiod, istioctl } = beginning;
  if (!programs && !istiod) return {};
  return {
    open: {
      istioVersion: editionOf(edition).istioVersion,
      ...(programs && { programs }),
      ...(istioctl && { istioctlVersion: istioctl.version }),
      ...(istiod && { istiod }),
    },
  };
}

/**
 * Chooses the programs of a run. Real clusters need real programs; the simulator uses the embedded ones,
 * unless it is opened to programs.
 */
async function programsFor(
  { tools }: RunFlags,
  { edition, istioctl }: RunBeginning,
  env: Environment['env'],
): Promise<Awaited<ReturnType<typeof simulatorPrograms>> | undefined> {
  if (istioctl) {
    if (tools !== 'embedded') return await simulatorPrograms(edition, env, istioctl);
    throw new HarnessError('ERR_USAGE', '--tools embedded leaves no work to an istioctl of yours.');
  }
  return tools === 'process' ? await simulatorPrograms(edition, env) : undefined;
}
