/** `mesh-harness matrix [SCENARIO…]` */
import { randomBytes } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';
import { EXIT, HarnessError } from '../../base/errors.ts';
import { type AttemptResult, attemptsOf, type PreparedAttempt, type Wanted } from '../../matrix/attempts.ts';
import { type Chapter, readCorpus } from '../../matrix/corpus.ts';
import { matrixJson, matrixMarkdown, summaryLines } from '../../matrix/matrix-report.ts';
import { inThisThread, tryAll } from '../../matrix/try-all.ts';
import { editionOf } from '../../plan/plan.ts';
import { assertWritable, type ReportPlace, writeReport } from '../../report/write.ts';
import type { Environment } from '../environment.ts';
import { keepReports, placeOf } from '../report-folder.ts';
import { namesOf, scenariosOf } from '../scenarios.ts';
import { STANDARD_INPUT } from '../standard-input.ts';
import { createScreen, type Screen } from '../terminal/screen.ts';
import { setWhenReady } from '../threads/side-by-side.ts';
import type { MatrixFlags } from './matrix.flags.ts';
import { TryingThread } from './matrix-threads.ts';
import { reportLost } from './run-results.ts';

/** More threads than these don't make it faster: each warms up by itself. */
const MOST_JOBS = 8;

export async function matrixCommand(
  names: readonly string[],
  flags: MatrixFlags,
  { env, stdout, stderr, signal, dataIsRead }: Environment,
): Promise<number> {
  const chapters = await readCorpus();
  const screen = createScreen({ stdout, stderr, env });
  const attempts = attemptsOf(await wantedBy(names, flags, { chapters, signal }));
  if (flags.list) {
    listCases(chapters, attempts, screen);
    return EXIT.passed;
  }
  const runId = `matrix-${randomBytes(4).toString('hex')}`;
  const place = placeOf(runId, flags);
  await assertWritable(place);
  if (!flags.quiet)
    screen.progress(`On the simulator: ${attempts.length} attempts. No real cluster is touched.`);
  const startedAtMs = performance.now();
  const results = await tryThem(attempts, flags, screen, signal);
  const wallMs = Math.round(performance.now() - startedAtMs);
  const wanted = attempts.length;
  const json = matrixJson(results, { interrupted: signal.aborted, wanted, wallMs });
  // Whoever looks at the folder takes the report for whole once the data is there.
  const files = { 'matrix.md': matrixMarkdown(results, wanted), 'matrix.json': json };
  if (flags.output === 'json') {
    dataIsRead?.();
    stdout.write(json);
  } else tell(results, wanted, screen);
  const isWritten = await writeMatrix(place, files, flags, screen);
  if (signal.aborted) return EXIT.interrupted;
  if (results.some(({ held }) => held.problems.length > 0)) return EXIT.failed;
  return isWritten ? EXIT.passed : EXIT.unknown;
}

/** Writes the report, after its lines are printed: nothing is lost with it. @returns whether it is there */
async function writeMatrix(
  place: ReportPlace,
  files: Readonly<Record<string, string>>,
  flags: MatrixFlags,
  screen: Screen,
): Promise<boolean> {
  const { folder } = place;
  const tell = (text: string) => flags.quiet || screen.progress(text);
  try {
    await writeReport({ folder }, files);
  } catch (error) {
    screen.progress(reportLost(error));
    return false;
  }
  tell(`\nReport: ${path.relative('', folder) || '.'}/matrix.md`);
  await keepReports(place, flags, tell, screen.progress);
  return true;
}

async function wantedBy(
  names: readonly string[],
  flags: MatrixFlags,
  { chapters, signal }: { readonly chapters: readonly Chapter[]; readonly signal: AbortSignal },
): Promise<Wanted> {
  const asked = await namesOf(names.length === 0 ? ['all'] : names);
  if (asked.includes(STANDARD_INPUT))
    throw new HarnessError('ERR_USAGE', 'The matrix reads a scenario once for each of its threads.', {
      hint: 'Write it to a file, and name that instead of standard input.',
    });
  const loaded = await scenariosOf(asked, signal);
  const scenarios = new Map(
    asked.flatMap((name, index) => {
      const topology = loaded[index]?.topology;
      return topology ? [[name, topology] as const] : [];
    }),
  );
  const ids = idsOf(flags.case, chapters);
  return {
    chapters,
    scenarios,
    ...(flags.edition !== undefined && { editions: [editionOf(flags.edition).name] }),
    ...(ids && { ids }),
  };
}

/** @throws HarnessError ERR_USAGE for an id that no misconfiguration has, and none begins with */
function idsOf(asked: readonly string[], chapters: readonly Chapter[]): readonly string[] | undefined {
  if (asked.length === 0) return undefined;
  const all = chapters.flatMap(({ cases }) => cases.map(({ id }) => id));
  return asked.flatMap(each => {
    const found = all.filter(id => id === each || id.startsWith(`${each}/`));
    if (found.length > 0) return found;
    throw new HarnessError('ERR_USAGE', `There is no misconfiguration "${each}".`, {
      hint: 'mesh-harness matrix --list names them all.',
    });
  });
}

async function tryThem(
  attempts: readonly PreparedAttempt[],
  { jobs, quiet }: MatrixFlags,
  screen: Screen,
  signal: AbortSignal,
): Promise<readonly AttemptResult[]> {
  const count = Math.max(1, Math.min(jobs ?? os.availableParallelism(), MOST_JOBS, attempts.length));
  // This thread tells.
  const threads = count === 1 ? [] : Array.from({ length: count }, () => new TryingThread());
  let done = 0;
  const onResult = ({ id, scenario, edition, held, wallMs }: AttemptResult) => {
    done += 1;
    if (quiet) return;
    const mark = held.problems.length === 0 ? '✓' : '✗';
    screen.progress(
      ` ${mark} ${done}/${attempts.length} ${scenario} ${edition}: ${id} (${(wallMs / 1000).toFixed(1)} s)`,
    );
    for (const problem of held.problems) screen.progress(`     ${problem}`);
  };
  try {
    await setWhenReady(threads);
    return await tryAll(attempts, count === 1 ? [inThisThread] : threads, onResult, signal);
  } finally {
    for (const each of threads) each[Symbol.dispose]();
  }
}

/** Prints the misconfigurations that can be made in the meshes asked for. */
function listCases(
  chapters: readonly Chapter[],
  attempts: readonly PreparedAttempt[],
  { result }: Screen,
): void {
  for (const { title, cases } of chapters) {
    const there = cases.filter(({ id }) => attempts.some(attempt => attempt.id === id));
    if (there.length === 0) continue;
    const width = Math.max(...there.map(({ id }) => id.length));
    result(`${title}:`);
    for (const { id, sentence } of there) result(`  ${id.padEnd(width)}  ${sentence}`);
  }
}

/** Prints a line for each misconfiguration and a column for each mesh, then the sum. */
function tell(results: readonly AttemptResult[], wanted: number, { result }: Screen): void {
  const meshes = [...new Set(results.map(({ scenario, edition }) => `${scenario} ${edition}`))];
  const ids = [...new Set(results.map(({ id }) => id))];
  const width = Math.max(0, ...ids.map(id => id.length));
  for (const [index, mesh] of meshes.entries()) result(`  ${index + 1}  ${mesh}`);
  for (const id of ids) {
    const cells = meshes.map(mesh => {
      const found = results.find(each => each.id === id && `${each.scenario} ${each.edition}` === mesh);
      if (!found) return '–';
      if (found.held.problems.length > 0) return '✗';
      return found.trial.expected.passes === undefined ? `✓${found.held.rank ?? ''}` : 'ok';
    });
    const one = results.find(each => each.id === id && each.held.caughtBy !== null);
    const how = one ? `${one.held.caughtBy}: ${one.trial.expected.cause ?? one.held.causes[0] ?? ''}` : '';
    result(`${id.padEnd(width)}  ${cells.map(each => each.padEnd(3)).join(' ')}  ${how}`);
  }
  result('\n✓1: refused as it must be, its cause first; ok: works nevertheless; ✗: otherwise; –: not there.');
  for (const line of summaryLines(results, wanted)) result(line);
}
