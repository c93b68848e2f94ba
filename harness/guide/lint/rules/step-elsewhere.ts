/** Rule: a step of the guide is told on another page, which was not given. */
import type { Page, Prose } from '../../page/page.ts';
import type { Rule, RuleFinding } from '../rule.ts';
import { within } from '../sorted.ts';

const TOLD_ELSEWHERE =
  /\b(?:follow|has|see|complete|perform)\b[^.]*\[[^\]]*\b(?:instructions?|commands?|steps?)\b[^\]]*\]\(\/[^)]*\)/is;

/** The rule `step-elsewhere`. */
export const stepElsewhere: Rule = {
  id: 'step-elsewhere',
  severity: 'note',
  sentence: 'A step of the guide is told on another page, which was not given.',
  because:
    'Whoever types only what this page shows leaves the step out, and nothing on the page tells that it ' +
    'was. Give the other page to guide lint too, and its commands are followed.',
  example: {
    bad: 'Follow the [instructions](/docs/certificates/) to make certificates.',
    good: 'Make certificates:\n\n$ kubectl create secret generic cacerts',
  },
  find: ({ pages }) => pages.flatMap(page => page.prose.flatMap(prose => findIn(page, prose, pages))),
};

function findIn(page: Page, { span }: Prose, pages: readonly Page[]): readonly RuleFinding[] {
  const links = within(page.links, span);
  const said = page.source.text.slice(span.start, span.end);
  if (links.length === 0 || !TOLD_ELSEWHERE.test(said)) return [];
  return links
    .filter(({ target }) => target.startsWith('/') && !pages.some(each => isFileOf(each, target)))
    .filter(({ span: at }) =>
      /\b(?:instructions?|commands?|steps?)\b/i.test(page.source.text.slice(at.start, at.end)),
    )
    .map(({ target, span: at }) => ({
      page,
      span: at,
      message: `The commands of this step are on ${target}.`,
      wouldHappen: 'The page goes through without the step; what it was for is missing in the end.',
    }));
}

const isFileOf = ({ source }: Page, target: string): boolean =>
  source.file.replaceAll('\\', '/').includes(`${target.split(/[#?]/)[0]?.replace(/\/+$/, '')}/`);
