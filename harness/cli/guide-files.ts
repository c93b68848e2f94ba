/** The files of a guide, as the command line names them. */
import { readTextFile } from '../base/disk/read-file.ts';
import { realFile } from '../base/disk/replace-file.ts';
import { HarnessError, messageOf } from '../base/errors.ts';
import type { GuideFile } from '../guide/lint/fix.ts';
import type { GuidePlan } from '../guide/plan/plan-of-guide.ts';
import { readGuide } from '../guide/read-guide.ts';
import { editionOf } from '../plan/plan.ts';
import { type GuideChoiceFlags, givenVariables } from './commands/guide-choice.flags.ts';

/** A page of 5,000 lines has a quarter of a megabyte. */
const MAX_PAGE_BYTES = 16 * 1024 * 1024;

/**
 * Reads the pages of a guide; one that is named twice, or by a link too, is one page.
 * @throws HarnessError ERR_UNREADABLE_FILE for what is no regular file of moderate size
 */
export function readGuideFiles(files: readonly string[]): readonly GuideFile[] {
  const read = new Map<string, GuideFile>();
  for (const file of files) {
    const real = realFile(file);
    if (!read.has(real)) read.set(real, { file, text: readGuideFile(file) });
  }
  return [...read.values()];
}

/**
 * Makes the plan of a guide, with its clean-up if that is asked for.
 * @throws HarnessError ERR_UNREADABLE_FILE, ERR_UNKNOWN_EDITION, ERR_UNKNOWN_TAB, ERR_INVALID_GUIDE
 */
export function guideOf(
  files: readonly string[],
  { tab, var: given, asPrinted, cleanUp }: GuideChoiceFlags,
  edition: string,
): GuidePlan {
  return readGuide({
    files: readGuideFiles(files),
    tabs: tab,
    edition: editionOf(edition).name,
    isAsPrinted: asPrinted,
    given: givenVariables(given),
    withCleanUp: cleanUp,
  });
}

function readGuideFile(file: string): string {
  try {
    return readTextFile(file, MAX_PAGE_BYTES);
  } catch (error) {
    throw new HarnessError('ERR_UNREADABLE_FILE', `The page ${file} cannot be read: ${messageOf(error)}`, {
      hint: 'Name the Markdown files of a guide, in the order in which they are followed.',
      cause: error,
    });
  }
}
