/** Rule: a selector takes more of a file than the text says. */
import type { Page } from '../../page/page.ts';
import { findInCalls, wordsAt } from '../each-call.ts';
import { proseBefore } from '../prose-near.ts';
import type { Rule } from '../rule.ts';
import { filesOf } from '../sample-files.ts';
import { selects } from '../selectors.ts';
import { type SampleObject, sampleFacts } from '../tables/tables.ts';
import { flagValue, type ToolCall } from '../words.ts';

/** The rule `wide-selector`. */
export const wideSelector: Rule = {
  id: 'wide-selector',
  severity: 'error',
  sentence: 'A selector takes more of a file than the text says.',
  because:
    'kubectl apply -l applies every object of the file that has the label. If the text speaks of the ' +
    'Service and Deployments have the label too, they are installed along with it, and a later proof ' +
    'that one of them is absent, or elsewhere, proves nothing.',
  example: {
    bad:
      'Create the HelloWorld service:\n\n$ kubectl apply -f samples/helloworld/helloworld.yaml -l ' +
      'app=helloworld -n s',
    good:
      'Create the HelloWorld service:\n\n$ kubectl apply -f samples/helloworld/helloworld.yaml -l ' +
      'service=helloworld -n s',
  },
  find: input =>
    findInCalls(input, call => {
      const selector = flagValue(call, 'selector');
      const [file] = filesOf(call);
      if (call.tool !== 'kubectl' || call.command !== 'apply' || !selector || !file) return [];
      const objects = sampleFacts(input.edition).objectsOf(file.text);
      if (!saysServiceOnly(call)) return [];
      const taken = objects.filter(object => selects(selector.text, object));
      const others = taken.filter(({ kind }) => kind !== 'Service' && kind !== 'ServiceAccount');
      const services = taken.filter(({ kind }) => kind === 'Service');
      if (services.length === 0 || others.length === 0) return [];
      const better = narrower(services, others);
      const page: Page = call.event.origin.page;
      const flag = call.flags.findLast(({ name }) => name === 'selector');
      return [
        {
          span: flag?.span ?? selector.span,
          message:
            `-l ${selector.text} takes ${others.map(({ kind, name }) => `${kind} ${name}`).join(' and ')} ` +
            `of ${file.text} too, where the text speaks of the Service.`,
          wouldHappen:
            `${others.map(({ name }) => name).join(' and ')} run in each cluster from here on; what the ` +
            `guide deploys and verifies later is there already, and proves nothing.`,
          ...(better !== undefined && {
            fix: {
              description: `Select by what the Service alone has: -l ${better}`,
              edits: [{ ...selector.span, text: better }],
              isSafe: wordsAt(page, selector.span) === selector.text,
            },
          }),
        },
      ];
    }),
};

/** The paragraph before speaks of a Service, and of nothing that runs. */
function saysServiceOnly({ event }: ToolCall): boolean {
  const { page, block } = event.origin;
  const said = proseBefore(page, block)?.text ?? '';
  return (
    /\bservices?\b/i.test(said) &&
    !/\b(deploy|deployments?|pods?|applications?|apps?|workloads?)\b/i.test(said)
  );
}

/** Finds a label that all of some objects have and none of the others. */
function narrower(wanted: readonly SampleObject[], others: readonly SampleObject[]): string | undefined {
  const terms = Object.entries(wanted[0]?.labels ?? {}).map(([key, value]) => `${key}=${value}`);
  return terms.find(
    term => wanted.every(object => selects(term, object)) && !others.some(object => selects(term, object)),
  );
}
