/** Rule: a command asks whether it should go on, and nobody answers. */
import { findInCalls, insertion } from '../each-call.ts';
import type { Rule } from '../rule.ts';
import { callBeside, hasFlag, type ToolCall } from '../words.ts';

const ASKS: ReadonlySet<string> = new Set(['install', 'upgrade', 'uninstall', 'experimental uninstall']);

/** The rule `unanswered-prompt`. */
export const unansweredPrompt: Rule = {
  id: 'unanswered-prompt',
  severity: 'warning',
  sentence: 'A command asks whether it should go on, and nobody answers.',
  because:
    'istioctl install, upgrade and uninstall ask unless they are given -y (istio/istio ' +
    'operator/cmd/mesh/shared.go). A script, or a test that types the page, has nobody to answer: the ' +
    'command prints "Cancelled." and exits with 1.',
  example: {
    bad: '$ istioctl install --context=c1 -f c1.yaml',
    good: '$ istioctl install -y --context=c1 -f c1.yaml',
  },
  find: input =>
    findInCalls(input, (call, trace) => {
      if (call.tool !== 'istioctl' || !ASKS.has(call.command)) return [];
      if (hasFlag(call, 'skip-confirmation', 'dry-run', 'help')) return [];
      const before = callBeside(trace, input.edition, call, -1);
      if (before?.event.output.to === 'next-call' && before.tool !== '') return [];
      return [
        {
          span: call.event.origin.span,
          // Somebody types it, and answers.
          ...(isTypedByHand(call) && { severity: 'note' as const }),
          message: `istioctl ${call.command} asks before it begins, and the page gives no answer.`,
          wouldHappen: 'Without a person to answer, istioctl prints "Cancelled." and exits with 1.',
          fix: {
            description: `Add -y: istioctl ${call.command} -y`,
            edits: [insertion(call.commandEnd, ' -y')],
            isSafe: true,
          },
        },
      ];
    }),
};

/** True: the page says that it is not tested, or the reader has to put in words of his own. */
const isTypedByHand = ({ args, event: { origin } }: ToolCall): boolean =>
  ['no', false, 'n/a'].some(value => origin.page.frontMatter['test'] === value) ||
  args.some(({ isExact }) => !isExact);
