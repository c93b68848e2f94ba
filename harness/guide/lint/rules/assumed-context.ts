/** Rule: the guide gives contexts names of its own; those of a reader differ. */
import type { Rule, RuleFinding } from '../rule.ts';
import { callsOf } from '../words.ts';

/** The rule `assumed-context`. */
export const assumedContext: Rule = {
  id: 'assumed-context',
  severity: 'note',
  sentence: 'The guide gives contexts names of its own; those of a reader differ.',
  because:
    'kind calls a context kind-NAME, cloud providers put project and region into it. Whoever copies the ' +
    'line gets: error: context "…" does not exist.',
  example: {
    bad: `$ export CTX=one\n$ kubectl --context=\${CTX} get pod`,
    good: `$ kubectl --context=\${CTX} get pod\n\nSet the variable \`CTX\` to your context.`,
  },
  find: ({ traces, edition }) =>
    traces.flatMap(trace => {
      const contexts = new Set(
        callsOf(trace, edition).flatMap(({ flags }) =>
          flags.flatMap(({ name, value }) =>
            name === 'context' ? (value?.uses.map(use => use.name) ?? []) : [],
          ),
        ),
      );
      return trace.events.flatMap((event): readonly RuleFinding[] => {
        if (event.kind !== 'set' || !contexts.has(event.name) || event.value.uses.length > 0) return [];
        // The reader has given his own, or is to put it into a place for it.
        if (trace.view.given?.has(event.name) || !event.value.isExact) return [];
        return [
          {
            page: event.origin.page,
            span: event.origin.span,
            message: `${event.name} is set to ${event.value.text}, as if the reader's context had this name.`,
            wouldHappen:
              `Where it is called otherwise, every command ends with: error: context ` +
              `"${event.value.text}" does not exist.`,
          },
        ];
      });
    }),
};
