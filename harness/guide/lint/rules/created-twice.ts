/** Rule: a namespace is made twice in one cluster. */
import type { Trace } from '../../follow/trace.ts';
import { contextOf } from '../documents.ts';
import type { Rule, RuleFinding, RuleInput } from '../rule.ts';
import { callsOf, hasFlag, type ToolCall } from '../words.ts';

/** The rule `created-twice`. */
export const createdTwice: Rule = {
  id: 'created-twice',
  severity: 'warning',
  sentence: 'A namespace is made twice in one cluster, in one section.',
  because:
    'The second kubectl create is refused: AlreadyExists. Mostly a context was copied, and another cluster ' +
    'lacks its namespace.',
  example: {
    bad: '$ kubectl --context=c1 create namespace shop\n$ kubectl --context=c1 create namespace shop',
    good: '$ kubectl --context=c1 create namespace shop\n$ kubectl --context=c2 create namespace shop',
  },
  find: input => input.traces.flatMap(trace => findIn(trace, input)),
};

function findIn(trace: Trace, { edition }: RuleInput): readonly RuleFinding[] {
  // By cluster, section and name.
  const made = new Map<string, ToolCall>();
  return callsOf(trace, edition).flatMap((call): readonly RuleFinding[] => {
    if (call.tool !== 'kubectl') return [];
    if (/^(delete|replace)\b/.test(call.command)) made.clear();
    const context = contextOf(call);
    const [name] = call.operands;
    if (call.command !== 'create namespace' || context === undefined || !name?.isExact) return [];
    if (hasFlag(call, 'dry-run') || call.event.output.to !== 'terminal') return [];
    const { page, block, place } = call.event.origin;
    const key = [page.source.file, ...block.section, context, name.text].join('\n');
    const before = made.get(key);
    if (!before) made.set(key, call);
    if (!before || before.event.origin.place.line === place.line) return [];
    return [
      {
        page,
        span: name.span,
        message: `Line ${before.event.origin.place.line} has made the namespace ${name.text} in ${context}.`,
        wouldHappen: `Error from server (AlreadyExists): namespaces "${name.text}" already exists.`,
      },
    ];
  });
}
