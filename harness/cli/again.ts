/** The command lines that a run ends with: the same run once more, and its steps. Pure. */
import { quoteArgv } from '../base/quote.ts';
import type { ScenarioReport } from '../report/report.ts';
import { argvOfGuide, type GuideChoiceFlags } from './commands/guide-choice.flags.ts';
import { argvOfRun, type RunFlags } from './commands/run.flags.ts';
import { asWord } from './flag-values.ts';
import { nameFor } from './scenarios.ts';

/** Returns the command line of the same run, quoted for a shell. */
export const runAgain = (names: readonly string[], flags: RunFlags): string =>
  quoteArgv(['mesh-harness', ...argvOfRun(names, flags)]);

/** Returns the command line that prints the steps of a guide. */
export const planOfGuideLine = (files: readonly string[], flags: GuideChoiceFlags, edition: string): string =>
  quoteArgv([
    ...['mesh-harness', 'guide', 'plan', ...files.map(asWord)],
    ...argvOfGuide(flags),
    ...['--edition', edition],
  ]);

/**
 * Returns the command line that prints the steps of a scenario. A file of the user's own is known by its path
 * only.
 */
export function planOf(
  names: readonly string[],
  { scenario, edition }: ScenarioReport,
  flags: Partial<GuideChoiceFlags> & Pick<RunFlags, 'guide'> = {},
): string {
  const { guide, tab = [], var: given = [], asPrinted = false, cleanUp = false } = flags;
  if (guide) return planOfGuideLine(guide, { tab, var: given, asPrinted, cleanUp }, edition);
  const name = names.find(each => nameFor(each) === scenario) ?? scenario;
  return quoteArgv(['mesh-harness', 'plan', asWord(name), '--edition', edition]);
}
