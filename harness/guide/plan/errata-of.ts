/** What the linter found, as errata of a plan: what a reader would meet, and what the plan does about it. */
import type { Erratum } from '../../plan/step.ts';
import type { Finding } from '../lint/finding.ts';
import type { Page } from '../page/page.ts';
import { nameOfPage, shortened } from './names.ts';

/** An erratum of which the page and its line are known. */
export type PlacedErratum = Erratum & Required<Pick<Erratum, 'file' | 'lines'>>;

/** What the findings are about, and what became of them. */
interface ErrataOptions {
  readonly pages: readonly Page[];
  readonly isAsPrinted: boolean;
  /** Says whether the linter still finds it in the pages that were mended. */
  readonly isLeft?: (finding: Finding) => boolean;
}

const LONGEST_LINE = 100;
const AS_IT_IS = { weDo: 'Nothing: the step is as the page has it.', isLeft: true } as const;

/**
 * Makes an erratum of each error and warning. Its id is the rule and the line: `unset-variable/L366`, with
 * the page where the guide has several.
 */
export function errataOf(
  findings: readonly Finding[],
  { pages, isAsPrinted, isLeft = () => true }: ErrataOptions,
): readonly PlacedErratum[] {
  const errata = new Map<string, PlacedErratum>();
  for (const finding of findings) {
    const { rule, severity, place, wouldHappen } = finding;
    if (severity === 'note') continue;
    const page = pages.find(({ source }) => source.file === place.file);
    const id = [rule, ...(page && pages.length > 1 ? [nameOfPage(page)] : []), `L${place.line}`].join('/');
    if (!errata.has(id))
      errata.set(id, {
        id,
        file: place.file,
        guideLine: shortened((page?.source.line(place.line) ?? '').trim(), LONGEST_LINE),
        lines: [place.line, place.line],
        wouldHappen,
        ...(isAsPrinted ? AS_IT_IS : mendOf(finding, isLeft(finding))),
      });
  }
  return [...errata.values()];
}

function mendOf({ fix }: Finding, isLeft: boolean): Pick<Erratum, 'weDo' | 'isLeft'> {
  if (fix?.isSafe) return { weDo: fix.description };
  return isLeft ? AS_IT_IS : { weDo: 'It is mended along with another.' };
}
