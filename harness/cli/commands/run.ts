/** `mesh-harness run SCENARIO…` */
import os from 'node:os';
import { systemClock } from '../../base/clock.ts';
import { EXIT, HarnessError } from '../../base/errors.ts';
import { assertWritable } from '../../report/write.ts';
import { reportOf } from '../../session/run.ts';
import { runAgain } from '../again.ts';
import type { Environment } from '../environment.ts';
import { assertGithubSwitch } from '../github.ts';
import { realSettings } from '../real-settings.ts';
import { keepReports, placeOf } from '../report-folder.ts';
import { createResults } from '../result-output.ts';
import { beginRun, type RunBeginning } from '../run-beginning.ts';
import { Heard, prepareSessions } from '../run-sessions.ts';
import { simulatorPrograms } from '../simulator-programs.ts';
import { createProgress } from '../terminal/create-progress.ts';
import { silentProgress } from '../terminal/progress.ts';
import { createScreen } from '../terminal/screen.ts';
import { jobsFor } from '../threads/jobs.ts';
import { startAll } from '../threads/side-by-side.ts';
import { Thread } from '../threads/thread.ts';
import type { RunFlags } from './run.flags.ts';
import { diagnosticsIn, publishResults, tellWhatIsNext } from './run-results.ts';

/**
 * Runs the scenarios, as many at once as there are cores, and tells of them one after the other; everything
 * that can be wrong with the command line is found before the first starts.
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
  const heard = new Heard([progress.listener, results.listener]);
  const isClosed = beginning.platform === 'simulator' && !programs && !beginning.istiod;
  const threads = threadsFor(flags, beginning, isClosed);
  const startedAtMs = systemClock.now();
  try {
    const settings = realSettings(flags, beginning.edition, environment, text => tell(`  ${text}`));
    const trouble = (failure: string) => screen.progress(`mesh-harness: ${failure}`);
    const sessions = await prepareSessions({
      ...{ flags, beginning, heard, signal, trouble },
      programs: programs?.programs,
      ...(beginning.platform !== 'simulator' && { real: settings }),
    });
    const [first] = sessions;
    if (!first) throw new HarnessError('ERR_USAGE', 'No scenario was named.');
    const place = placeOf(first.prepared.runId, flags);
    await assertWritable(place);
    for (const line of beginning.lines) screen.progress(line);
    signal.throwIfAborted();
    const scenarios = beginning.works.map(({ topology }) => topology.name);
    results.begin(scenarios);
    const begun = await startAll(sessions, threads, { heard, signal, trouble });
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
    for (const thread of threads) thread[Symbol.dispose]();
  }
}

/**
 * Starts threads for sessions beside the first, where they run on a closed simulator: nothing else leaves
 * the main thread.
 */
function threadsFor(flags: RunFlags, beginning: RunBeginning, isClosed: boolean): readonly Thread[] {
  if (!isClosed) return [];
  const clusters = beginning.works.map(({ topology }) => topology.clusters.length);
  const jobs = jobsFor(flags.jobs, clusters, {
    cores: os.availableParallelism(),
    freeBytes: process.availableMemory?.() ?? os.freemem(),
  });
  return Array.from({ length: jobs - 1 }, () => new Thread());
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
