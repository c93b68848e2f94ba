/** `mesh-harness run SCENARIO…` */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { systemClock } from '../../base/clock.ts';
import { EXIT, HarnessError } from '../../base/errors.ts';
import { editionOf } from '../../plan/plan.ts';
import { formatHtml } from '../../report/html/html.ts';
import { formatJson } from '../../report/json.ts';
import { formatJunit } from '../../report/junit.ts';
import { formatMarkdown } from '../../report/markdown.ts';
import type { ConformanceReport } from '../../report/report.ts';
import { formatTap } from '../../report/tap.ts';
import { assertWritable, type ReportPlace, reportPlace, writeReport } from '../../report/write.ts';
import type { RunEvent } from '../../run/events.ts';
import { type PreparedSession, prepareSession } from '../../session/prepare.ts';
import { reportOf } from '../../session/run.ts';
import { planOf, runAgain } from '../again.ts';
import type { Environment } from '../environment.ts';
import { chooseEdition, choosePlatform, firstLine } from '../platform-choice.ts';
import { realSettings } from '../real-settings.ts';
import { scenariosOf } from '../scenarios.ts';
import { simulatorPrograms } from '../simulator-programs.ts';
import { createProgress } from '../terminal/create-progress.ts';
import { verdictLine } from '../terminal/lines.ts';
import { silentProgress } from '../terminal/progress.ts';
import { createScreen, type Screen } from '../terminal/screen.ts';
import type { RunFlags } from './run.flags.ts';

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
    const chosen = await chooseEdition(flags, choice.name, signal);
    const edition = chosen.name;
    if (!flags.quiet) screen.progress(firstLine(choice, chosen));
    const real = realSettings(
      flags,
      edition,
      environment,
      text => flags.quiet || screen.progress(`  ${text}`),
    );
    const kept: string[] = [];
    using programs = await programsFor(flags.tools, choice.name, edition, env);
    const sessions: PreparedSession[] = [];
    const placeOf = (runId: string) =>
      reportPlace({
        workingFolder: process.cwd(),
        runId: sessions[0]?.runId ?? runId,
        reportDir: flags.reportDir,
      });
    const scenarios = await scenariosOf(names);
    for (const { topology, verify } of scenarios) {
      const requests = flags.requests ?? verify.requests;
      const risk = flags.risk ?? verify.risk;
      sessions.push(
        await prepareSession({
          topology,
          seed: flags.seed,
          omit: flags.omit,
          keepGoing: flags.keepGoing,
          extended: flags.extended,
          signal,
          listeners: [event => void events.push(event), progress.listener],
          platform: choice.name,
          ...(programs && {
            open: { istioVersion: editionOf(edition).istioVersion, programs: programs.programs },
          }),
          ...(flags.trace !== undefined && {
            traceFolder: scenarios.length === 1 ? flags.trace : path.join(flags.trace, topology.name),
          }),
          edition,
          real,
          onKept: lines => void kept.push(...lines),
          ...(flags.keep
            ? { keep: 'always' as const }
            : flags.keepOnFailure && { keep: 'on-failure' as const }),
          diagnosticsFolder: runId => path.join(placeOf(runId).folder, 'diagnostics', topology.name),
          ...(requests !== undefined && { requests }),
          ...(risk !== undefined && { risk }),
        }),
      );
    }
    const [first] = sessions;
    if (!first) throw new HarnessError('ERR_USAGE', 'No scenario was named.');
    const place = placeOf(first.runId);
    await assertWritable(place);

    for (const session of sessions) {
      if (signal.aborted) break;
      await session.start();
    }
    progress.stop();

    const report = reportOf(events, startedAtMs);
    const files = await writeFormats(place, report);
    tellResults(report, flags.output, screen, stdout);
    if (!flags.quiet) tellWhatIsNext(report, files, names, flags, text => screen.progress(text));
    for (const line of new Set(kept)) screen.progress(line);
    return exitCodeOf(report);
  } finally {
    progress.stop();
  }
}

/** Writes the report in every format. @returns the paths of the files */
const writeFormats = (place: ReportPlace, report: ConformanceReport): Promise<readonly string[]> =>
  writeReport(place, {
    'report.json': formatJson(report),
    'junit.xml': formatJunit(report),
    'report.tap': formatTap(report),
    'report.html': formatHtml(report),
    'report.md': formatMarkdown(report),
  });

/** Tells the verdicts on standard output. */
function tellResults(
  report: ConformanceReport,
  output: RunFlags['output'],
  screen: Screen,
  stdout: Environment['stdout'],
): void {
  if (output === 'tap') {
    stdout.write(formatTap(report));
    return;
  }
  const width = Math.max(...report.scenarios.map(({ scenario }) => scenario.length));
  for (const scenario of report.scenarios) screen.result(verdictLine(scenario, screen.resultColours, width));
}

/** On real clusters only real programs work; on the simulator our own do, unless it is opened to programs. */
async function programsFor(
  tools: RunFlags['tools'],
  platform: string,
  edition: string,
  env: Environment['env'],
): Promise<Awaited<ReturnType<typeof simulatorPrograms>> | undefined> {
  if (tools === undefined) return undefined;
  if (platform !== 'simulator') {
    throw new HarnessError(
      'ERR_USAGE',
      `--tools is for the simulator; on ${platform} the real programs do the work.`,
    );
  }
  return tools === 'process' ? await simulatorPrograms(edition, env) : undefined;
}

function exitCodeOf({ interrupted, verdict }: ConformanceReport): number {
  return interrupted ? EXIT.interrupted : EXIT[verdict];
}

function tellWhatIsNext(
  report: ConformanceReport,
  files: readonly string[],
  names: readonly string[],
  flags: RunFlags,
  tell: (text: string) => void,
): void {
  const page = files.find(file => file.endsWith('.html'));
  if (page)
    tell(
      `\nReport: ${path.relative('', path.dirname(page)) || '.'}/  (open ${path.relative('', page)} in a browser)`,
    );
  if (report.interrupted || report.verdict === 'passed') return;
  const described = files[0] === undefined ? undefined : path.join(path.dirname(files[0]), 'diagnostics');
  if (described !== undefined && existsSync(described))
    tell(
      `Seen at the first failure: ${path.relative('', described)}/  (pods, events, logs, what the proxies say)`,
    );
  tell(`Again:  ${runAgain(names, flags)}`);
  const suspect = report.scenarios.find(({ verdict }) => verdict !== 'passed');
  if (suspect) tell(`Steps:  ${planOf(names, suspect)}`);
}
