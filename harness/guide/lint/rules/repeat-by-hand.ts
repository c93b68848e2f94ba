/** Rule: the reader is to repeat a command until he sees answers of several kinds. */
import type { Page, Prose } from '../../page/page.ts';
import type { Rule, RuleFinding } from '../rule.ts';
import { lastBefore } from '../sorted.ts';

const AGAIN =
  /\b(?:repeat|send|call|run)\b[^.]{0,80}\b(?:several|a few|many|multiple) (?:more )?times\b|\b(?:toggles?|alternates?)\b[^.]{0,40}\bbetween\b/i;

/** The rule `repeat-by-hand`. */
export const repeatByHand: Rule = {
  id: 'repeat-by-hand',
  severity: 'note',
  sentence: 'The reader is to repeat a command until he sees answers of several kinds.',
  because:
    'A page that is typed by a program sends one request, and one answer proves nothing. Each worker of ' +
    'a proxy takes turns by itself, so equal answers follow each other: they do not toggle.',
  example: {
    bad: '$ kubectl exec web -- curl -sS a:80\n\nRepeat this request several times.',
    good: '$ kubectl exec web -- curl -sS a:80/[1-10]',
  },
  find: ({ pages }) => pages.flatMap(page => page.prose.flatMap(prose => findIn(page, prose))),
};

function findIn(page: Page, { span, text }: Prose): readonly RuleFinding[] {
  if (!AGAIN.test(text)) return [];
  const heading = lastBefore(page.headings, span.start);
  const block = lastBefore(page.blocks, span.start);
  if (!block || (heading && heading.span.start > block.span.start)) return [];
  return [
    {
      page,
      span,
      message: 'How often is left to the reader, and what counts as enough.',
      wouldHappen:
        'Equal answers follow each other although all is well, and a few requests may hide what is broken.',
    },
  ];
}
