/** Rule: kubectl is asked for a kind that there is not. */
import { didYouMean } from '../../../base/did-you-mean.ts';
import { findInCalls } from '../each-call.ts';
import type { Rule } from '../rule.ts';
import { columnFacts, resourceNames } from '../tables/tables.ts';

/** The rule `unknown-resource`. */
export const unknownResource: Rule = {
  id: 'unknown-resource',
  severity: 'error',
  sentence: 'kubectl is asked for a kind whose name is almost that of one that there is.',
  because:
    'kubectl knows kinds by the names that the API server tells, singular, plural and short; for ' +
    "others it answers: the server doesn't have a resource type.",
  example: { bad: '$ kubectl get pots -n shop', good: '$ kubectl get pods -n shop' },
  find: input =>
    findInCalls(input, ({ tool, command, operands }) => {
      const [kind] = operands;
      if (
        tool !== 'kubectl' ||
        !/^(get|describe|delete|wait|label|annotate)$/.test(command) ||
        !kind?.isExact
      )
        return [];
      const name = kind.text.split('/')[0]?.toLowerCase() ?? '';
      if (!/^[a-z]{3,}$/.test(name) || columnFacts(name, input.edition).length > 0) return [];
      const known = resourceNames(input.edition);
      const meant = didYouMean(
        name,
        known.filter(each => isDoubled(name, each) || isSlip(name, each)),
      );
      if (meant === undefined) return [];
      return [
        {
          span: kind.span,
          message: `There is no kind ${name}. ${meant}`,
          wouldHappen: `error: the server doesn't have a resource type "${name}".`,
        },
      ];
    }),
};

/** Short names of kinds that others have made look alike: of these only swapped and changed letters count. */
function isSlip(name: string, known: string): boolean {
  if (name.length < 6) return name.length === known.length && letters(name, known) >= name.length - 1;
  return Math.abs(name.length - known.length) <= 1 && letters(name, known) >= known.length - 1;
}

/** `podds`, `nss`: a letter was typed twice. */
const isDoubled = (name: string, known: string): boolean =>
  name.length === known.length + 1 &&
  [...name].some((letter, at) => letter === name[at + 1] && name.slice(0, at) + name.slice(at + 1) === known);

/** Counts the letters that two names share, wherever they stand. */
function letters(one: string, other: string): number {
  const left = [...other];
  let shared = 0;
  for (const letter of one) {
    const at = left.indexOf(letter);
    if (at < 0) continue;
    left.splice(at, 1);
    shared += 1;
  }
  return shared;
}
