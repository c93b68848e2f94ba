/** From the files of a guide to a plan: reads them, mends them unless told not to, and follows them. */
import { HarnessError } from '../base/errors.ts';
import { firstOf } from '../base/printable.ts';
import type { EditionName } from '../model/east-west-gateway.ts';
import { follow } from './follow/follow.ts';
import { assertNamed } from './follow/given.ts';
import { viewOfTabs } from './follow/views.ts';
import { type GuideFile, mend } from './lint/fix.ts';
import { lint } from './lint/lint.ts';
import { lineBefore } from './lint/print/unified-diff.ts';
import type { Page } from './page/page.ts';
import { readPage } from './page/read-page.ts';
import { type GuidePlan, planOfGuide } from './plan/plan-of-guide.ts';
import { placeText } from './plan/units.ts';

/** What is asked of a guide. */
interface GuideRequest {
  /** In the order in which a reader goes through them. */
  readonly files: readonly GuideFile[];
  /** Names of tabs, as people read them or as the page calls them. */
  readonly tabs: readonly string[];
  readonly edition: EditionName;
  /** True: nothing of the pages is mended, and nothing is added. */
  readonly isAsPrinted: boolean;
  /** What the pages leave to their reader: variables that have a value whatever the pages say. */
  readonly given?: ReadonlyMap<string, string>;
  /** True: what the guide does at its end to take everything away is a part of the plan, too. */
  readonly withCleanUp?: boolean;
}

/** A page that is broken says something else than its author meant. */
function assertWhole(pages: readonly Page[]): void {
  const problems = pages.flatMap(page =>
    page.problems.map(({ message, span }) => {
      const place = page.source.placeOf(span.start);
      return `  ${placeText({ place })}: ${message}`;
    }),
  );
  if (problems.length === 0) return;
  const what = pages.length === 1 ? 'The page is' : 'The pages are';
  throw new HarnessError('ERR_INVALID_GUIDE', `${what} broken:\n${firstOf(problems).join('\n')}`, {
    hint: 'Nobody knows what stands behind such a place. Mend it by hand; guide lint tells the same.',
  });
}

/**
 * Makes the plan of a guide.
 * @throws HarnessError ERR_UNKNOWN_TAB; ERR_USAGE for a variable that no page names; ERR_INVALID_GUIDE for
 *   what no plan can carry out, each with its place
 */
export function readGuide(request: GuideRequest): GuidePlan {
  const { files, tabs, edition, isAsPrinted, given, withCleanUp = false } = request;
  const pagesOf = (each: readonly GuideFile[]): readonly Page[] =>
    each.map(({ file, text }) => readPage(file, text));
  const printed = pagesOf(files);
  assertWhole(printed);
  if (given) assertNamed(given, printed);
  // A wrong name of a tab is told before what is wrong with commands.
  const printedView = viewOfTabs(printed, tabs);
  const findings = lint(printed, edition);
  // The first look of the mends is at the pages as they are printed, which have been linted.
  const lintFiles = (each: readonly GuideFile[]) =>
    each === files ? findings : lint(pagesOf(each), edition);
  const mended = isAsPrinted ? { files, findings } : mend(files, lintFiles);
  const followed = mended.files;
  const view = followed === files ? printedView : viewOfTabs(pagesOf(followed), tabs);
  const lines = new Map(
    files.map(({ file, text }, index) => [file, lineBefore(text, followed[index]?.text ?? text)]),
  );
  const lineOf = (file: string, line: number) => lines.get(file)?.(line) ?? line;
  const left = new Set(
    mended.findings.map(({ rule, place: { file, line } }) => `${rule} ${file}:${lineOf(file, line)}`),
  );
  return planOfGuide(follow({ ...view, ...(given && { given }) }), edition, {
    isAsPrinted,
    withCleanUp,
    findings,
    printed: follow(printedView),
    lineOf,
    isLeft: ({ rule, place: { file, line } }) => left.has(`${rule} ${file}:${line}`),
  });
}
