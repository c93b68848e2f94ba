/** Rule: the guide writes a file, or pipes a document, and nothing reads it. */
import { samePath } from '../../follow/known-text.ts';
import type { Trace } from '../../follow/trace.ts';
import { findInCalls } from '../each-call.ts';
import { loneFiles, mistakenPair } from '../files.ts';
import type { Rule, RuleFinding, RuleInput } from '../rule.ts';
import { callBeside, hasFlag, type ToolCall } from '../words.ts';

/** The rule `unread-file`. */
export const unreadFile: Rule = {
  id: 'unread-file',
  severity: 'warning',
  sentence: 'A document is written to a file or into a pipe, and nothing reads it.',
  because:
    'istioctl install without -f installs the default profile, whatever lies beside it or comes ' +
    'through a pipe; kubectl apply without -f is refused.',
  example: {
    bad: '$ cat <<EOF > c.yaml\nkind: IstioOperator\nEOF\n$ istioctl install -y',
    good: '$ cat <<EOF > c.yaml\nkind: IstioOperator\nEOF\n$ istioctl install -y -f c.yaml',
  },
  find: input => [
    ...input.traces.flatMap(trace => unreadIn(trace, input)),
    ...findInCalls(input, (call, trace) => unreadPipe(call, trace, input)),
  ],
};

function unreadIn(trace: Trace, input: RuleInput): readonly RuleFinding[] {
  // Where the name of the file that is read is the mistake, another rule tells it.
  if (mistakenPair(trace, input)) return [];
  return loneFiles(trace, input).unread.map(({ path, origin }) => ({
    page: origin.page,
    span: path.span,
    message: `Nothing reads ${samePath(path.text)}.`,
    wouldHappen: 'What stands in the file has no effect.',
  }));
}

function unreadPipe(
  call: ToolCall,
  trace: Trace,
  { edition }: RuleInput,
): readonly Omit<RuleFinding, 'page'>[] {
  const reads = call.tool === 'istioctl' ? /^(install|upgrade)$/ : /^(apply|create|replace|delete)$/;
  if (!['kubectl', 'istioctl'].includes(call.tool) || !reads.test(call.command)) return [];
  const before = callBeside(trace, edition, call, -1);
  if (before?.event.output.to !== 'next-call' || /^(echo|yes|printf)$/.test(before.tool)) return [];
  if (hasFlag(call, 'kustomize')) return [];
  if (call.flags.some(({ value }) => value?.text === '-' || value?.text === '/dev/stdin')) return [];
  return [
    {
      span: call.event.origin.span,
      severity: 'error',
      message: `${call.tool} ${call.command} reads nothing of the pipe: -f - is missing.`,
      wouldHappen: 'What comes through the pipe has no effect, or the command is refused.',
    },
  ];
}
