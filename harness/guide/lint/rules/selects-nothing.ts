/** Rule: a selector takes nothing of a file, or another object than the text says. */
import { findInCalls } from '../each-call.ts';
import { proseBefore } from '../prose-near.ts';
import type { Rule } from '../rule.ts';
import { filesOf } from '../sample-files.ts';
import { selects } from '../selectors.ts';
import { type SampleObject, sampleFacts } from '../tables/tables.ts';
import { flagValue, type ToolCall } from '../words.ts';

/** The rule `selects-nothing`. */
export const selectsNothing: Rule = {
  id: 'selects-nothing',
  severity: 'error',
  sentence: 'A selector takes nothing of a file, or another object than the text says.',
  because:
    'kubectl apply -l applies what has the label. If nothing has it, kubectl ends with: error: no ' +
    'objects passed to apply (kubernetes/kubectl pkg/cmd/apply).',
  example: {
    bad: '$ kubectl apply -f samples/helloworld/helloworld.yaml -l version=v7',
    good: '$ kubectl apply -f samples/helloworld/helloworld.yaml -l version=v1',
  },
  find: input =>
    findInCalls(input, call => {
      const selector = flagValue(call, 'selector');
      if (call.tool !== 'kubectl' || call.command !== 'apply' || !selector?.isExact) return [];
      const objects = filesOf(call).map(({ text }) => sampleFacts(input.edition).objectsOf(text));
      if (objects.length === 0 || objects.some(each => each.length === 0) || /[()!]/.test(selector.text))
        return [];
      const all = objects.flat();
      const taken = all.filter(object => selects(selector.text, object));
      const other = otherObject(call, taken, all);
      if (taken.length > 0 && other === undefined) return [];
      return [
        {
          span: selector.span,
          message:
            taken.length > 0
              ? `The text speaks of ${other}, and -l ${selector.text} takes ` +
                `${taken.map(({ name }) => name).join(', ')}.`
              : `Nothing of the file has the label ${selector.text}.`,
          wouldHappen:
            taken.length > 0
              ? `${other} is not there when the guide asks for it.`
              : 'kubectl ends with: error: no objects passed to apply.',
        },
      ];
    }),
};

/** Finds an object of the file which the paragraph before names, while it names none that is taken. */
function otherObject(
  { event }: ToolCall,
  taken: readonly SampleObject[],
  all: readonly SampleObject[],
): string | undefined {
  const { page, block } = event.origin;
  const words = new Set(
    proseBefore(page, block)
      ?.text.toLowerCase()
      .match(/[a-z0-9][a-z0-9-]*/g) ?? [],
  );
  if (taken.some(({ name }) => words.has(name))) return undefined;
  // Only a name that is no word of every sentence: `helloworld-v1`.
  return all.find(({ name, kind }) => kind === 'Deployment' && name.includes('-') && words.has(name))?.name;
}
