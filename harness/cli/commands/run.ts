/** `mesh-harness run SCENARIO…` */
import path from 'node:path';
import { systemClock } from '../../base/clock.ts';
import { EXIT, HarnessError, messageOf } from '../../base/errors.ts';
import { redact } from '../../base/redact.ts';
import { editionOf } from '../../plan/plan.ts';
import type { Programs } from '../../platform/platform.ts';
import { controlPlaneSentence } from '../../report/words.ts';
import { assertWritable } from '../../report/write.ts';
import type { RunEvent } from '../../run/events.ts';
import type { OpenedOptions } from '../../session/opened.ts';
import { type PreparedSession, prepareSession } from '../../session/prepare.ts';
import { reportOf } from '../../session/run.ts';
import { runAgain } from '../again.ts';
import type { Environment } from '../environment.ts';
import { editionOfRun } from '../marked-edition.ts';
import { othersClusters } from '../others-clusters.ts';
import { describeIstioctl, type OwnIstioctl, ownIstioctl } from '../own-istioctl.ts';
import { choosePlatform, firstLine } from '../platform-choice.ts';
import { type RealIstiodProgram, realIstiodOf } from '../real-istiod.ts';
import { realSettings } from '../real-settings.ts';
import { keepReports, placeOf } from '../report-folder.ts';
import { simulatorPrograms } from '../simulator-programs.ts';
import { createProgress } from '../terminal/create-progress.ts';
import { silentProgress } from '../terminal/progress.ts';
import { createScreen } from '../terminal/screen.ts';
import { setForRuns } from '../v8-flags.ts';
import { worksOf } from '../works.ts';
import type { RunFlags } from './run.flags.ts';
import { publishResults, tellWhatIsNext } from './run-results.ts';

/**
 * Runs the scenarios one after the other; everything that can be wrong with the command line is found before
 * the first starts.
 */
export async function runScenarios(
  names: readonly string[],
  flags: RunFlags,
  environment: Environment,
): Promise<number> {
  const { env, stdout, stderr, signal } = environment;
  const screen = createScreen({ stdout, stderr, env });
  const progress = flags.quiet ? silentProgress : await createProgress(screen, systemClock);
  const events: RunEvent[] = [];
  const startedAtMs = systemClock.now();
  try {
    const choice = choosePlatform(flags.platform ?? env['MESH_HARNESS_PLATFORM'], env);
    const istioctl = await ownIstioctl(flags, choice.name, signal);
    const chosen = await editionOfRun(flags, choice.name, istioctl, environment);
    const edition = chosen.name;
    if (!flags.quiet) screen.progress(firstLine(choice, chosen));
    for (const line of flags.quiet ? [] : othersClusters(flags, environment)) screen.progress(line);
    if (istioctl && !flags.quiet) screen.progress(`  ${describeIstioctl(istioctl)}`);
    const real = realSettings(
      flags,
      edition,
      environment,
      text => flags.quiet || screen.progress(`  ${text}`),
    );
    const kept: string[] = [];
    let traceLost: unknown;
    const istiod = await realIstiodOf(flags.istiod, { edition, signal });
    if (istiod && !flags.quiet)
      screen.progress(controlPlaneSentence(istiod.version, editionOf(edition).istioVersion));
    using programs = await programsFor(flags, edition, { env, istioctl });
    const sessions: PreparedSession[] = [];
    const placeFor = (runId: string) => placeOf(sessions[0]?.runId ?? runId, flags);
    const works = await worksOf(names, flags, { edition, platform: choice.name, signal });
    for (const note of flags.quiet ? [] : works.flatMap(({ notes = [] }) => notes))
      screen.progress(`  ${note}`);
    for (const { topology, verify, plan } of works) {
      const requests = flags.requests ?? verify.requests;
      const risk = flags.risk ?? verify.risk;
      sessions.push(
        await prepareSession({
          topology,
          ...(plan && { plan }),
          ...(flags.seed !== undefined && { seed: flags.seed }),
          omit: flags.omit,
          keepGoing: flags.keepGoing,
          extended: flags.extended,
          onlyChecks: flags.check,
          skipChecks: flags.skipCheck,
          ...(flags.allowChanges && { allowChanges: true }),
          signal,
          listeners: [event => void events.push(event), progress.listener],
          platform: choice.name,
          ...openingOf(edition, { programs: programs?.programs, istiod, istioctl }),
          ...(flags.trace !== undefined && {
            traceFolder: works.length === 1 ? flags.trace : path.join(flags.trace, topology.name),
          }),
          edition,
          ...(choice.name !== 'simulator' && { real }),
          onKept: lines => void kept.push(...lines),
          onTraceLost: error => {
            traceLost = error;
          },
          ...(flags.keep
            ? { keep: 'always' as const }
            : flags.keepOnFailure && { keep: 'on-failure' as const }),
          diagnosticsFolder: runId => path.join(placeFor(runId).folder, 'diagnostics', topology.name),
          ...(requests !== undefined && { requests }),
          ...(risk !== undefined && { risk }),
        }),
      );
    }
    const [first] = sessions;
    if (!first) throw new HarnessError('ERR_USAGE', 'No scenario was named.');
    const place = placeFor(first.runId);
    await assertWritable(place);
    signal.throwIfAborted();
    setForRuns();
    let begun = 0;
    for (const session of sessions) {
      if (signal.aborted) break;
      begun += 1;
      const { listenerFailures } = await session.start();
      for (const failure of listenerFailures) screen.progress(`mesh-harness: ${failure}`);
    }
    progress.stop();

    const notBegun = works.slice(begun).map(({ topology }) => topology.name);
    const report = reportOf(events, startedAtMs, notBegun);
    const { files, exitCode } = await publishResults(place, report, flags.output, { screen, stdout });
    if (!flags.quiet)
      tellWhatIsNext(report, files, { again: runAgain(names, flags), names, flags }, text =>
        screen.progress(text),
      );
    const tell = (text: string) => flags.quiet || screen.progress(text);
    if (files.length > 0) await keepReports(place, flags, tell, screen.progress);
    for (const line of new Set(kept)) screen.progress(line);
    if (traceLost !== undefined)
      screen.progress(redact(`mesh-harness: The trace ends early: ${messageOf(traceLost)}`));
    return traceLost === undefined || exitCode !== EXIT.passed ? exitCode : EXIT.unknown;
  } finally {
    progress.stop();
  }
}

/** Those of the simulator's parts that real programs stand for. */
interface RealParts {
  readonly programs: Programs | undefined;
  readonly istiod: RealIstiodProgram | undefined;
  readonly istioctl: OwnIstioctl | undefined;
}

/** Returns how the simulator is opened: to programs, to a real istiod, or not at all. */
const openingOf = (
  edition: string,
  { programs, istiod, istioctl }: RealParts,
): Pick<OpenedOptions, 'open'> =>
  programs || istiod
    ? {
        open: {
          istioVersion: editionOf(edition).istioVersion,
          ...(programs && { programs }),
          ...(istioctl && { istioctlVersion: istioctl.version }),
          ...(istiod && { istiod }),
        },
      }
    : {};

/**
 * Chooses the programs of a run. Real clusters need real programs; the simulator uses the embedded ones,
 * unless it is opened to programs.
 */
async function programsFor(
  { tools }: RunFlags,
  edition: string,
  { env, istioctl }: { readonly env: Environment['env']; readonly istioctl: OwnIstioctl | undefined },
): Promise<Awaited<ReturnType<typeof simulatorPrograms>> | undefined> {
  if (istioctl) {
    if (tools !== 'embedded') return await simulatorPrograms(edition, env, istioctl);
    throw new HarnessError('ERR_USAGE', '--tools embedded leaves no work to an istioctl of yours.');
  }
  return tools === 'process' ? await simulatorPrograms(edition, env) : undefined;
}
