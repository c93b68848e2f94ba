/** Rule: a variable of the guide is named where its value is meant. */
import type { Trace } from '../../follow/trace.ts';
import { documentsOf, lineSpan } from '../documents.ts';
import { wordsAt } from '../each-call.ts';
import type { Rule, RuleFinding, RuleInput } from '../rule.ts';
import { callsOf } from '../words.ts';

/** Names that cannot be meant as words: `CTX_CLUSTER1`. */
const NAME = /^[A-Z][A-Z0-9]*_[A-Z0-9_]+$/;

/** The rule `lost-dollar`. */
export const lostDollar: Rule = {
  id: 'lost-dollar',
  severity: 'error',
  sentence: 'A variable is named where its value is meant: the dollar sign is missing, or quotes keep it.',
  because:
    'The shell puts the value in the place of $NAME, in braces or not, outside of single quotes ' +
    '(POSIX, "Parameter Expansion").',
  example: {
    bad: '$ export CTX_ONE=one\n$ kubectl --context=CTX_ONE get pod',
    good: '$ export CTX_ONE=one\n$ kubectl --context=$CTX_ONE get pod',
  },
  find: input => input.traces.flatMap(trace => findIn(trace, input)),
};

function findIn(trace: Trace, { edition }: RuleInput): readonly RuleFinding[] {
  const names = new Set(
    trace.events.flatMap(event => (event.kind === 'set' && NAME.test(event.name) ? [event.name] : [])),
  );
  for (const event of trace.events)
    if (event.kind === 'call' && event.output.to === 'variable' && NAME.test(event.output.name))
      names.add(event.output.name);
  if (names.size === 0) return [];
  const nameIn = (text: string): string | undefined => {
    const name = /^(?:\$?\{)?([A-Z][A-Z0-9_]+)\}?$/.exec(text)?.[1];
    return name !== undefined && names.has(name) ? name : undefined;
  };
  const inCalls = callsOf(trace, edition).flatMap(({ flags, event }) =>
    flags.flatMap(({ value }) => {
      const name = value && value.uses.length === 0 ? nameIn(value.text) : undefined;
      const isExpanded = value && /^\$|^"\$/.test(wordsAt(event.origin.page, value.span));
      return name === undefined || !value || isExpanded ? [] : [finding(event.origin.page, value.span, name)];
    }),
  );
  const inDocuments = documentsOf(trace).flatMap(document =>
    document.raw.split('\n').flatMap((line, index) => {
      const name = nameIn(/^[^#]*:\s+(\S+)\s*$/.exec(line)?.[1] ?? '');
      return name === undefined || line.includes('$')
        ? []
        : [finding(document.page, lineSpan(document, index), name)];
    }),
  );
  return [...inCalls, ...inDocuments];
}

const finding = (page: RuleFinding['page'], span: RuleFinding['span'], name: string): RuleFinding => ({
  page,
  span,
  message: `${name} stands here as a word; the value of the variable is meant: \${${name}}.`,
  wouldHappen: `The command gets the word ${name}, which is the name of nothing.`,
});
