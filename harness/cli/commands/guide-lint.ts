/** `mesh-harness guide lint` and `guide rules` */
import { replaceFile } from '../../base/disk/replace-file.ts';
import { EXIT } from '../../base/errors.ts';
import { packageVersion } from '../../base/package-root.ts';
import { printable } from '../../base/printable.ts';
import { assertNamed } from '../../guide/follow/given.ts';
import type { Finding } from '../../guide/lint/finding.ts';
import { type GuideFile, mend } from '../../guide/lint/fix.ts';
import { lint } from '../../guide/lint/lint.ts';
import { findingsForGithub } from '../../guide/lint/print/github.ts';
import { findingsAsJson } from '../../guide/lint/print/json.ts';
import { toSarif } from '../../guide/lint/print/sarif.ts';
import { unifiedDiff } from '../../guide/lint/print/unified-diff.ts';
import { RULES } from '../../guide/lint/rules.ts';
import type { Page } from '../../guide/page/page.ts';
import { readPage } from '../../guide/page/read-page.ts';
import { editionOf } from '../../plan/plan.ts';
import type { Environment } from '../environment.ts';
import { readGuideFiles } from '../guide-files.ts';
import { findingLines, summaryLine } from '../terminal/finding-lines.ts';
import { createScreen, type Screen } from '../terminal/screen.ts';
import { columnsOf, wrappedLines } from '../terminal/text-width.ts';
import { setForRuns } from '../v8-flags.ts';
import { givenVariables } from './guide-choice.flags.ts';
import type { GuideLintFlags, GuideRulesFlags } from './guide-lint.flags.ts';

/** What was read, and what is to be said of it. */
interface Linted {
  readonly pages: readonly Page[];
  readonly findings: readonly Finding[];
}

/**
 * Tells what is wrong with pages, or mends them first. @returns 1 if errors are left, 0 otherwise
 * @throws HarnessError ERR_UNREADABLE_FILE, ERR_UNKNOWN_EDITION, ERR_USAGE, ERR_WRITE_FAILED
 */
export async function guideLintCommand(
  files: readonly string[],
  flags: GuideLintFlags,
  environment: Environment,
): Promise<number> {
  setForRuns();
  const { name: edition } = editionOf(flags.edition);
  const screen = createScreen(environment);
  const before = readGuideFiles(files);
  const printed = before.map(({ file, text }) => readPage(file, text));
  const given = givenVariables(flags.var);
  assertNamed(given, printed);
  const pagesOf = (files: readonly GuideFile[]) =>
    files === before ? printed : files.map(({ file, text }) => readPage(file, text));
  const lintFiles = (files: readonly GuideFile[]) => lint(pagesOf(files), edition, given);
  const isMended = flags.fix || flags.dryRun;
  const { files: after, findings } = isMended
    ? mend(before, lintFiles)
    : { files: before, findings: lintFiles(before) };
  if (isMended) {
    showDiffs(before, after, flags, screen);
    if (!flags.dryRun) for (const { file, text } of changed(before, after)) replaceFile(file, text);
  }
  if (!flags.dryRun) print({ pages: pagesOf(after), findings }, flags, environment, screen);
  return findings.some(({ severity }) => severity === 'error') ? EXIT.failed : EXIT.passed;
}

/** A file that is no UTF-8 would not be what it was. */
const changed = (before: readonly GuideFile[], after: readonly GuideFile[]): readonly GuideFile[] =>
  after.filter(({ text }, index) => text !== before[index]?.text && !text.includes('\ufffd'));

/** The diff is the result of a dry run; beside findings for a program it is trouble for people. */
function showDiffs(
  before: readonly GuideFile[],
  after: readonly GuideFile[],
  { format, dryRun }: GuideLintFlags,
  screen: Screen,
): void {
  for (const [index, { file, text }] of after.entries()) {
    const diff = unifiedDiff(file, before[index]?.text ?? '', text).replace(/\n$/, '');
    if (diff === '') continue;
    // `patch` needs the ends of lines as they are.
    const shown = diff.split('\r\n').map(printable).join('\r\n');
    if (dryRun || format === 'text') screen.result(shown, 'whole');
    else screen.progress(shown, 'whole');
  }
}

function print(
  { pages, findings }: Linted,
  { format }: GuideLintFlags,
  { stdout }: Environment,
  screen: Screen,
): void {
  switch (format) {
    case 'json':
      stdout.write(findingsAsJson(findings));
      break;
    case 'sarif':
      stdout.write(
        `${JSON.stringify(toSarif({ findings, pages, rules: RULES, version: packageVersion() }), null, 2)}\n`,
      );
      break;
    case 'github':
      stdout.write(findingsForGithub(findings));
      break;
    case 'text':
      printText({ pages, findings }, columnsOf(stdout), screen);
  }
}

function printText({ pages, findings }: Linted, width: number | undefined, screen: Screen): void {
  const style = { colours: screen.resultColours, width };
  for (const finding of findings) {
    const page = pages.find(({ source }) => source.file === finding.place.file);
    if (page) screen.result(`${findingLines(finding, page.source, style).join('\n')}\n`, 'whole');
  }
  screen.result(wrappedLines(summaryLine(findings, pages.length), width));
}

/** Lists the rules. */
export async function guideRulesCommand(
  { format }: GuideRulesFlags,
  { stdout }: Environment,
): Promise<number> {
  if (format === 'json') {
    const rules = RULES.map(({ id, severity, sentence, because, example }) => ({
      ...{ id, severity, sentence, because, example },
    }));
    stdout.write(`${JSON.stringify({ rules }, null, 2)}\n`);
    return EXIT.passed;
  }
  const width = Math.max(...RULES.map(({ id }) => id.length));
  const lines = RULES.map(
    ({ id, severity, sentence }) => `${id.padEnd(width)}  ${severity.padEnd(7)}  ${sentence}\n`,
  );
  stdout.write(wrappedLines(lines.join(''), columnsOf(stdout)));
  return EXIT.passed;
}
