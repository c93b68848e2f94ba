/** Pages that a guide wants its reader to have followed before. */
import type { Page } from '../page/page.ts';
import { kept } from './kept.ts';

/** `Before proceeding, be sure to complete the steps under …`; to read something is no step. */
const DO_BEFORE = new RegExp(
  '\\bbefore (?:proceeding|continuing|starting|going on|you (?:begin|start|continue|proceed|go on))\\b' +
    '[^.]*\\b(?:complete|perform|follow|do|finish|go through|run)\\b',
  'is',
);
const SECTION = /^(?:before you (?:begin|start)|prerequisites?|requirements?|what you need)\b/i;
const DO = /\b(?:complete|perform|follow|finish|go through|deploy|install|set ?up|setup)\b/i;

/** Tells whether a page builds on what its reader has typed from another page. */
export const hasPagesBefore = kept((page: Page): boolean =>
  page.prose.some(({ text, span }) => {
    const leads = page.links.some(
      link => link.span.start >= span.start && link.span.end <= span.end && leadsAway(link.target),
    );
    return leads && (DO_BEFORE.test(text) || (isInSection(page, span.start) && DO.test(text)));
  }),
);

/** True for a link to another page of the same site. */
const leadsAway = (target: string): boolean => !/^(?:#|[a-z]+:)/i.test(target);

function isInSection({ headings }: Page, at: number): boolean {
  const heading = headings.findLast(({ span }) => span.end <= at);
  return heading !== undefined && SECTION.test(heading.text);
}
