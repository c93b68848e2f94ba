/** Rule: kubectl is given an IstioOperator document, which only istioctl carries out. */
import type { Trace } from '../../follow/trace.ts';
import { inputFilesOf } from '../documents.ts';
import { findInCalls, insertion, wordsAt } from '../each-call.ts';
import type { Fix } from '../finding.ts';
import { printsOperator } from '../gateway-script.ts';
import type { Rule } from '../rule.ts';
import { callBeside, type ToolCall } from '../words.ts';

/** The rule `operator-applied`. */
export const operatorApplied: Rule = {
  id: 'operator-applied',
  severity: 'error',
  sentence: 'kubectl is given an IstioOperator document, which only istioctl carries out.',
  because:
    'An IstioOperator is the input of istioctl install (istio/istio operator/pkg/apis). kubectl stores ' +
    'it as an object, if the cluster knows the kind at all; nothing reads it there since the operator ' +
    'in the cluster went away. gen-eastwest-gateway.sh prints such a document since October 2020.',
  example: {
    bad:
      '$ samples/multicluster/gen-eastwest-gateway.sh --mesh m --cluster c --network n | kubectl apply -f ' +
      '-',
    good:
      '$ samples/multicluster/gen-eastwest-gateway.sh --mesh m --cluster c --network n | istioctl install ' +
      '-y -f -',
  },
  find: input =>
    findInCalls(input, (call, trace) => {
      if (call.tool !== 'kubectl' || !['apply', 'create'].includes(call.command)) return [];
      const source = operatorSource(call, trace, callBeside(trace, input.edition, call, -1));
      if (source === undefined) return [];
      return [
        {
          span: call.event.origin.span,
          message: `${source} is an IstioOperator, and kubectl ${call.command} installs nothing of it.`,
          wouldHappen:
            'The document lies in the cluster as an object that nobody reads, or is refused as of an ' +
            'unknown kind; nothing is installed.',
          fix: toInstall(call),
        },
      ];
    }),
};

/** Says which of a call's files is an IstioOperator. */
function operatorSource(call: ToolCall, trace: Trace, before: ToolCall | undefined): string | undefined {
  const written = inputFilesOf(trace, call).find(({ document }) =>
    /^kind:\s*IstioOperator\s*$/m.test(document?.content.text ?? ''),
  );
  if (written) return written.path.text === '-' ? 'What it reads' : written.path.text;
  if (before?.event.output.to !== 'next-call' || !printsOperator(before)) return undefined;
  return `What ${before.tool} prints`;
}

/** Replaces `kubectl apply` by `istioctl install -y`; the flags of both have the same names. */
function toInstall(call: ToolCall): Fix {
  const { event, commandEnd } = call;
  const { page } = event.origin;
  const start = event.program.span.start;
  const isPlain = wordsAt(page, { start, end: commandEnd }) === `kubectl ${call.command}`;
  const known = call.flags.every(({ name }) => name === 'context' || name === 'filename');
  const edits = isPlain
    ? [
        { start, end: commandEnd, text: 'istioctl install' },
        ...call.flags
          .filter(({ name }) => name === 'filename')
          .map(({ span }) => insertion(span.start, '-y ')),
      ]
    : [];
  return { description: 'Install it: istioctl install -y -f -', edits, isSafe: isPlain && known };
}
