/** Rule: the release has no sample of this path. */
import { didYouMean } from '../../../base/did-you-mean.ts';
import type { Expanded } from '../../follow/trace.ts';
import { findInCalls } from '../each-call.ts';
import type { Rule, RuleFinding } from '../rule.ts';
import { type SampleFacts, sampleFacts } from '../tables/tables.ts';

const SAMPLE = /^(?:\.\/)?samples\/\S+$/;

/** The rule `unknown-sample`. */
export const unknownSample: Rule = {
  id: 'unknown-sample',
  severity: 'error',
  sentence: 'The release has no sample of this path.',
  because:
    'Paths below samples/ are those of the release that a reader has unpacked; the table lists its files.',
  example: {
    bad: 'Unpack a release of Istio.\n\n$ kubectl apply -f samples/helloworld/hello.yaml',
    good: 'Unpack a release of Istio.\n\n$ kubectl apply -f samples/helloworld/helloworld.yaml',
  },
  find: input => {
    const samples = sampleFacts(input.edition);
    // Others have a folder of that name, too.
    if (!input.pages.some(({ source }) => /istio/i.test(source.text))) return [];
    return findInCalls(input, ({ event }) =>
      [event.program, ...event.args].flatMap(word => findIn(word, samples)),
    );
  },
};

function findIn(word: Expanded, samples: SampleFacts): readonly Omit<RuleFinding, 'page'>[] {
  // `--filename=samples/…` is a word too.
  const path = word.text.slice(word.text.lastIndexOf('=') + 1);
  if (!SAMPLE.test(path) || /[*?[{$]/.test(path) || !word.isExact) return [];
  if (samples.has(path) || samples.hasFolder(path)) return [];
  const meant = didYouMean(
    path,
    samples.paths.filter(each => isNear(each, path)),
  );
  return [
    {
      span: word.span,
      message: `The release has no ${path}.${meant === undefined ? '' : ` ${meant}`}`,
      wouldHappen: `The command ends with: ${path}: No such file or directory.`,
    },
  ];
}

/** Only what has the same name, or lies in the same folder of the samples, is worth a guess. */
const isNear = (one: string, other: string): boolean =>
  one.split('/').at(-1) === other.split('/').at(-1) || one.split('/')[1] === other.split('/')[1];
