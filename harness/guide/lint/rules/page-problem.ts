/** Rule: the page itself is broken: a shortcode that is never closed, a tab outside of its set, no text. */
import type { Trace } from '../../follow/trace.ts';
import type { Rule } from '../rule.ts';

/** The rule `page-problem`. */
export const pageProblem: Rule = {
  id: 'page-problem',
  severity: 'error',
  sentence: 'The page itself is broken: a shortcode that is never closed, a tab outside of its set, no text.',
  because:
    'What stands behind such a place is read as something else than its author meant, by the site and ' +
    'by this linter.',
  example: {
    bad:
      '{{< tabset category-name="a" >}}\n\n{{< tab name="One" category-value="one" >}}\n\nWords.\n\n{{< ' +
      '/tab >}}',
    good:
      '{{< tabset category-name="a" >}}\n\n{{< tab name="One" category-value="one" >}}\n\nWords.\n\n{{< ' +
      '/tab >}}\n\n{{< /tabset >}}',
  },
  find: ({ pages, traces }) => [
    ...pages.flatMap(page =>
      page.problems.map(({ kind, message, span }) => ({
        page,
        span,
        message: `${message} (${kind})`,
        wouldHappen: 'The site refuses to build the page, or shows another one than its author meant.',
      })),
    ),
    ...(isTooMuch(traces) ? pages.slice(0, 1) : []).map(page => ({
      page,
      span: { start: 0, end: 0 },
      message: `The guide has more than ${MOST_EVENTS} commands: other rules were not asked.`,
      wouldHappen: 'Nobody follows a guide of this length.',
    })),
  ],
};

/** Commands of all ways through a guide; one of 5,000 lines has some hundreds. */
const MOST_EVENTS = 20_000;

/** Tells whether a guide is so long that rules which compare its commands would take minutes. */
export const isTooMuch = (traces: readonly Trace[]): boolean =>
  traces.reduce((sum, { events }) => sum + events.length, 0) > MOST_EVENTS;
