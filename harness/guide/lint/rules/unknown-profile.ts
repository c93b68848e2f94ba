/** Rule: an install names a profile that the release does not have. */
import { didYouMean } from '../../../base/did-you-mean.ts';
import type { EditionName } from '../../../model/east-west-gateway.ts';
import type { Span } from '../../source-text.ts';
import { documentsOf, type GuideDocument, lineSpan } from '../documents.ts';
import { findInCalls } from '../each-call.ts';
import type { Rule, RuleFinding } from '../rule.ts';
import { profilesOf } from '../tables/tables.ts';

/** The rule `unknown-profile`. */
export const unknownProfile: Rule = {
  id: 'unknown-profile',
  severity: 'error',
  sentence: 'An install names a profile that the release does not have.',
  because:
    'istioctl reads profiles by name from the release (istio/istio manifests/profiles); a path of a ' +
    'file is another matter.',
  example: {
    bad: '$ istioctl install -y --set profile=defualt',
    good: '$ istioctl install -y --set profile=default',
  },
  find: input => [
    ...findInCalls(input, call => {
      if (call.tool !== 'istioctl' || !/install|upgrade|generate/.test(call.command)) return [];
      return call.flags.flatMap(({ name, value }) => {
        const profile = /^profile=(.*)$/.exec(name === 'set' ? (value?.text ?? '') : '')?.[1];
        return profile === undefined || !value?.isExact ? [] : told(profile, value.span, input.edition);
      });
    }),
    ...input.traces.flatMap(trace => documentsOf(trace).flatMap(document => findIn(document, input.edition))),
  ],
};

function findIn(document: GuideDocument, edition: EditionName): readonly RuleFinding[] {
  const { text } = document.content;
  if (!/^kind:\s*IstioOperator\s*$/m.test(text)) return [];
  return text.split('\n').flatMap((line, index) => {
    const profile = /^ {2}profile:\s*["']?([\w./:-]+)["']?\s*(?:#.*)?$/.exec(line)?.[1];
    if (profile === undefined) return [];
    return told(profile, lineSpan(document, index), edition).map(found => ({
      page: document.page,
      ...found,
    }));
  });
}

function told(profile: string, span: Span, edition: EditionName): readonly Omit<RuleFinding, 'page'>[] {
  const known = profilesOf(edition);
  if (/[./:${]/.test(profile) || known.includes(profile)) return [];
  const meant = didYouMean(profile, known);
  return [
    {
      span,
      message: `The release has no profile ${profile}.${meant === undefined ? '' : ` ${meant}`}`,
      wouldHappen: `istioctl refuses it: unknown profile "${profile}".`,
    },
  ];
}
