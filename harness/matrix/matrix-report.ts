/** What a matrix has shown, as a value, as JSON and as Markdown. Pure. */
import { printable } from '../base/printable.ts';
import type { AttemptResult } from './attempts.ts';

/** How many causes were ranked where, of those that an expectation names. */
export interface Ranks {
  readonly causes: number;
  readonly first: number;
  readonly firstThree: number;
}

/** What the matrix has shown as a whole. */
export interface MatrixSummary {
  readonly attempts: number;
  readonly misconfigurations: number;
  readonly asExpected: number;
  /** Of those that must be refused. */
  readonly refused: { readonly wanted: number; readonly seen: number };
  readonly ranks: Ranks;
  /** How many headlines name the cause; one of a step that failed before may name what it saw. */
  readonly headlines: number;
  /** Of cases whose authors had not read the diagnosis. */
  readonly ranksOfBlind: Ranks;
}

/** Counts. */
export function summarize(results: readonly AttemptResult[]): MatrixSummary {
  const mustFail = results.filter(({ trial }) => trial.expected.passes === undefined);
  return {
    attempts: results.length,
    misconfigurations: new Set(results.map(({ id }) => id)).size,
    asExpected: results.filter(({ held }) => held.problems.length === 0).length,
    refused: {
      wanted: mustFail.length,
      seen: mustFail.filter(({ held }) => held.caughtBy !== null).length,
    },
    ranks: ranksOf(results),
    headlines: results.filter(
      ({ trial: { expected }, held }) => expected.cause !== undefined && held.headline === expected.cause,
    ).length,
    ranksOfBlind: ranksOf(results.filter(({ trial }) => trial.isBlind)),
  };
}

function ranksOf(results: readonly AttemptResult[]): Ranks {
  const named = results.filter(({ trial }) => trial.expected.cause !== undefined);
  const within = (place: number) =>
    named.filter(({ held: { rank } }) => rank !== null && rank <= place).length;
  return { causes: named.length, first: within(1), firstThree: within(3) };
}

/** Writes the results as JSON. */
export function matrixJson(
  results: readonly AttemptResult[],
  more: Readonly<Record<string, unknown>>,
): string {
  const rows = results.map(({ id, scenario, edition, trial, held, wallMs }) => ({
    id,
    scenario,
    edition,
    sentence: trial.sentence,
    repair: trial.repair,
    ...(trial.isBlind && { blind: true }),
    expected: trial.expected,
    ...held,
    wallMs,
  }));
  const whole = {
    schemaVersion: 1,
    evidence: 'simulated',
    ...more,
    summary: summarize(results),
    results: rows,
  };
  return `${JSON.stringify(whole, null, 2)}\n`;
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

/**
 * Writes the results as Markdown: a table for each mesh.
 * @param wanted - how many attempts there were to be: fewer results are those of an interrupted matrix
 */
export function matrixMarkdown(results: readonly AttemptResult[], wanted = results.length): string {
  const lines = ['# Misconfigurations, tried', '', ...summaryLines(results, wanted), ''];
  const meshes = new Set(results.map(({ scenario, edition }) => `${scenario}, edition ${edition}`));
  for (const mesh of meshes) {
    lines.push(
      `## ${mesh}`,
      '',
      '| misconfiguration | calls | caught by | cause | rank | |',
      '|---|---|---|---|---|---|',
    );
    for (const { id, scenario, edition, held, trial } of results) {
      if (`${scenario}, edition ${edition}` !== mesh) continue;
      const { caughtBy, causes, rank, problems, calls } = held;
      const cause = trial.expected.cause ?? causes[0] ?? (caughtBy === null ? 'it works' : '');
      const verdict = problems.length === 0 ? '✓' : `✗ ${problems.join('; ')}`;
      const cells = [id, calls, caughtBy ?? '', cause, String(rank ?? ''), verdict];
      lines.push(`| ${cells.map(cell).join(' | ')} |`);
    }
    lines.push('');
  }
  return printable(`${lines.join('\n')}\n`);
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

const rate = ({ causes, first, firstThree }: Ranks): string =>
  causes === 0
    ? 'none'
    : `first in ${first} of ${causes} (${((100 * first) / causes).toFixed(1)} %), in the first three in ${firstThree}`;

/** Returns the summary in sentences, one a line. @param wanted - as of `matrixMarkdown` */
export function summaryLines(results: readonly AttemptResult[], wanted = results.length): readonly string[] {
  const { attempts, misconfigurations, asExpected, refused, ranks, headlines, ranksOfBlind } =
    summarize(results);
  return [
    ...(wanted > results.length ? [`Interrupted: ${results.length} of ${wanted} attempts were tried.`] : []),
    `${counted(misconfigurations, 'misconfiguration')}, ${counted(attempts, 'attempt')}; ` +
      `${asExpected} came out as they must.`,
    `Refused: ${refused.seen} of ${refused.wanted}. The cause: ${rate(ranks)}; in the headline in ${headlines}.`,
    ...(ranksOfBlind.causes > 0 ? [`By authors who had not read the diagnosis: ${rate(ranksOfBlind)}.`] : []),
    'On the simulator only: this shows what the checks and the diagnosis make of a fault, not that Istio has it.',
  ];
}
