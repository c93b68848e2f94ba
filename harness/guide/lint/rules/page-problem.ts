/** Rule: the page itself is broken: a shortcode that is never closed, a tab outside of its set, no text. */
import type { Rule } from '../rule.ts';

export const pageProblem: Rule = {
  id: 'page-problem',
  severity: 'error',
  sentence: 'The page itself is broken: a shortcode that is never closed, a tab outside of its set, no text.',
  because:
    'What stands behind such a place is read as something else than its author meant, by the site and by this linter.',
  example: {
    bad: '{{< tabset category-name="a" >}}\n\n{{< tab name="One" category-value="one" >}}\n\nWords.\n\n{{< /tab >}}',
    good: '{{< tabset category-name="a" >}}\n\n{{< tab name="One" category-value="one" >}}\n\nWords.\n\n{{< /tab >}}\n\n{{< /tabset >}}',
  },
  find: ({ pages }) =>
    pages.flatMap(page =>
      page.problems.map(({ kind, message, span }) => ({
        page,
        span,
        message: `${message} (${kind})`,
        wouldHappen: 'The site refuses to build the page, or shows another one than its author meant.',
      })),
    ),
};
