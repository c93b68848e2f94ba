/** Makes the safe mends of a page, again and again, until none is left. */
import { compatible, edited } from './edits.ts';
import type { Finding } from './finding.ts';

/** A mend may make room for another; more rounds than that would be two mends that undo each other. */
const MOST_PASSES = 12;

/** A file of a guide: its name and its text. */
export interface GuideFile {
  readonly file: string;
  readonly text: string;
}

/** What became of the files, and what is found in them then. */
interface Mended {
  readonly files: readonly GuideFile[];
  readonly findings: readonly Finding[];
}

/**
 * Makes the safe mends of files that are one guide. In a pass no two mends touch each other; the next pass
 * takes those that were left.
 * @param lintFiles - finds what is wrong with the files as they are then
 */
export function mend(
  files: readonly GuideFile[],
  lintFiles: (files: readonly GuideFile[]) => readonly Finding[],
): Mended {
  let at = files;
  let findings = lintFiles(at);
  for (let pass = 0; pass < MOST_PASSES; pass += 1) {
    const made = at.map(file => mendOnce(file, findings));
    if (made.every(({ text }, index) => text === at[index]?.text)) break;
    at = made;
    findings = lintFiles(at);
  }
  return { files: at, findings };
}

function mendOnce({ file, text }: GuideFile, findings: readonly Finding[]): GuideFile {
  const groups = findings
    .filter(({ place, fix }) => place.file === file && fix?.isSafe)
    .map(({ fix }) => fix?.edits ?? []);
  return { file, text: edited(text, compatible(groups)) };
}
