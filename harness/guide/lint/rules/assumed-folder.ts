/** Rule: paths begin with samples/, and the page does not say in which folder to stand. */
import type { Rule, RuleFinding } from '../rule.ts';
import { callsOf } from '../words.ts';

const RELEASE = '(?:release|installation|package|istio|download\\w*|root|top-level)';
const FOLDER = '(?:director(?:y|ies)|folders?|package)';
/** The release's folder, the folder of the release, and what leads there. */
const SAYS_WHERE = new RegExp(
  `\\b${RELEASE}\\b[^.]{0,40}\\b${FOLDER}\\b|\\b${FOLDER}\\b[^.]{0,40}\\b${RELEASE}\\b|\\bcd istio|\\bunpack`,
  'i',
);

/** The rule `assumed-folder`. */
export const assumedFolder: Rule = {
  id: 'assumed-folder',
  severity: 'note',
  sentence: 'Paths begin with samples/, and the page does not say in which folder to stand.',
  because: 'samples/ is a folder of the Istio release that a reader has downloaded; elsewhere there is none.',
  example: {
    bad: '$ kubectl apply -f samples/sleep/sleep.yaml',
    good:
      'Go to the release folder: the root of the Istio package folder.\n\n$ kubectl apply -f ' +
      'samples/sleep/sleep.yaml',
  },
  find: ({ pages, traces, edition }) => {
    if (pages.some(({ prose }) => prose.some(({ text }) => SAYS_WHERE.test(text)))) return [];
    const uses = traces.flatMap(trace =>
      callsOf(trace, edition).flatMap(({ event, args }) =>
        [event.program, ...args]
          .filter(({ text }) => /^(?:--\w+=)?samples\//.test(text))
          .map(word => ({ page: event.origin.page, word })),
      ),
    );
    return pages.flatMap((page): readonly RuleFinding[] => {
      const words = uses.filter(use => use.page === page).map(({ word }) => word);
      const [first] = words.sort((one, other) => one.span.start - other.span.start);
      if (!first) return [];
      return [
        {
          page,
          span: first.span,
          message: `${first.text} is relative to an Istio release, and nothing says so.`,
          wouldHappen: 'Elsewhere the command ends with: No such file or directory.',
        },
      ];
    });
  },
};
