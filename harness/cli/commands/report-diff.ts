/** `mesh-harness report diff`: what has changed from one report to another. */
import { EXIT } from '../../base/errors.ts';
import { printable } from '../../base/printable.ts';
import { CHANGE_KINDS, type Change, diffReports, isWorse } from '../../report/read/diff.ts';
import {
  changesAsJson,
  changesAsMarkdown,
  changesOf,
  changesSentence,
  kindsIn,
  subjectOf,
} from '../../report/read/diff-lines.ts';
import { readReport } from '../../report/read/read-report.ts';
import type { Environment } from '../environment.ts';
import { harmlessIn, harmlessJsonIn } from '../github.ts';
import { createScreen, type Screen } from '../terminal/screen.ts';
import { columnsOf, wrappedLines } from '../terminal/text-width.ts';
import type { ReportDiffFlags } from './report.flags.ts';

/**
 * Compares two reports.
 * @returns 1 if something got worse, 0 if not
 * @throws HarnessError ERR_UNREADABLE_FILE, ERR_INVALID_REPORT
 */
export async function reportDiffCommand(
  before: string,
  after: string,
  { format, noise }: ReportDiffFlags,
  environment: Environment,
): Promise<number> {
  const [old, now] = [readReport(before).report, readReport(after).report];
  const changes = diffReports(old, now, noise === undefined ? {} : { factor: 1 + noise / 100 });
  const { env, stdout } = environment;
  if (format === 'json') stdout.write(harmlessJsonIn(env, changesAsJson(changes)));
  else if (format === 'markdown') stdout.write(harmlessIn(env, changesAsMarkdown(changes)));
  else tell(changes, createScreen(environment), columnsOf(stdout));
  return changes.some(isWorse) ? EXIT.failed : EXIT.passed;
}

function tell(
  changes: readonly Change[],
  { result, resultColours }: Screen,
  width: number | undefined,
): void {
  const { bold, dim, red, green } = resultColours;
  const shown = (text: string) => wrappedLines(printable(text), width);
  for (const kind of kindsIn(changes)) {
    const { sentence, isWorse: worse } = CHANGE_KINDS[kind];
    result(`${(worse ? red : green)(kind.replaceAll('-', ' '))} ${dim(`(${sentence})`)}`, 'painted');
    for (const change of changesOf(changes, kind)) {
      result(shown(`  ${subjectOf(change)}`), 'painted');
      const [old, now] = [change.before, change.after].map(firstLine);
      if (old !== now) result(shown(`      before: ${old}`), 'painted');
      result(shown(`      now:    ${now}`), 'painted');
    }
  }
  result(bold(changesSentence(changes)), 'painted');
}

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? '';
