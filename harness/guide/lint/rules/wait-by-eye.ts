/** Rule: the reader is to look at a list of pods until they run. */
import { contextOf } from '../documents.ts';
import { commandBefore, findInCalls, wordsAt } from '../each-call.ts';
import type { Fix } from '../finding.ts';
import { proseAfter, proseBefore } from '../prose-near.ts';
import type { Rule, RuleInput } from '../rule.ts';
import { type SampleObject, sampleFacts } from '../tables/tables.ts';
import { callsOf, flagValue, type ToolCall } from '../words.ts';

const WAITING = /\bwait (?:\w+ ){0,3}(?:until|for|till)\b|\bonce\b.*\b(?:running|ready)\b/i;
const SECONDS = 180;

export const waitByEye: Rule = {
  id: 'wait-by-eye',
  severity: 'warning',
  sentence: 'The reader is to look at a list of pods until they run.',
  because:
    'A page that is typed by a program goes on at once. Running is also what a pod shows whose sidecar is not ready yet (READY 1/2). kubectl wait and kubectl rollout status wait, and fail when it takes too long.',
  example: {
    bad: '$ kubectl get pod -n shop\n\nWait until the status of `web` is `Running`.',
    good: '$ kubectl wait -n shop --for=condition=Available deployment/web --timeout=180s\n$ kubectl get pod -n shop\n\nWait until the status of `web` is `Running`.',
  },
  find: input =>
    findInCalls(input, (call, trace) => {
      const [kind] = call.operands;
      if (call.tool !== 'kubectl' || call.command !== 'get' || !kind || !/^(po|pods?)$/.test(kind.text))
        return [];
      if (call.event.output.to !== 'terminal' || hasJsonOutput(call)) return [];
      const said = saidAround(call);
      const sentence = said.find(text => WAITING.test(text) && /\b(running|ready|status)\b/i.test(text));
      if (sentence === undefined) return [];
      const calls = callsOf(trace, input.edition).filter(({ at }) => at < call.at);
      if (calls.some(each => waitsInBlock(each, call))) return [];
      const fix = waitBefore(call, sentence, deployedBy(calls, call, input));
      return [
        {
          span: call.event.origin.span,
          // Whoever looks for READY 2/2 looks at the right column.
          ...(/\bready\b|\d\/\d/i.test(sentence) && { severity: 'note' as const }),
          message: 'The waiting is left to the eye: the command lists pods as they are now.',
          wouldHappen:
            'Whoever goes on too early calls pods that are not there; Running is shown before all containers are ready.',
          ...(fix && { fix }),
        },
      ];
    }),
};

const hasJsonOutput = (call: ToolCall): boolean =>
  /json|yaml|name|template/.test(flagValue(call, 'output')?.text ?? '');

/** What is said right before the block and right behind it. */
function saidAround({ event }: ToolCall): readonly string[] {
  const { page, block } = event.origin;
  const before = proseBefore(page, block);
  return [...(before ? [before] : []), ...proseAfter(page, block).slice(0, 2)].map(({ text }) => text);
}

const waitsInBlock = (each: ToolCall, { event }: ToolCall): boolean =>
  each.tool === 'kubectl' &&
  (each.command === 'wait' || each.command === 'rollout status') &&
  each.event.origin.page === event.origin.page &&
  (each.event.origin.block === event.origin.block ||
    event.origin.span.start - each.event.origin.span.end < 400);

/** Lists the Deployments that the guide has put into the cluster and namespace of a call. */
function deployedBy(
  calls: readonly ToolCall[],
  call: ToolCall,
  { edition }: RuleInput,
): readonly SampleObject[] {
  const context = contextOf(call);
  const namespace = flagValue(call, 'namespace')?.text;
  return calls
    .filter(each => each.tool === 'kubectl' && each.command === 'apply')
    .filter(each => contextOf(each) === context && flagValue(each, 'namespace')?.text === namespace)
    .flatMap(each =>
      each.flags.flatMap(({ name, value }) => (name === 'filename' && value ? [value.text] : [])),
    )
    .flatMap(file => sampleFacts(edition).objectsOf(file))
    .filter(({ kind }) => kind === 'Deployment');
}

/** Waits for the Deployment that the sentence names, if the guide has made it. */
function waitBefore(call: ToolCall, sentence: string, deployments: readonly SampleObject[]): Fix | undefined {
  const { page, block, span } = call.event.origin;
  const words = new Set(sentence.toLowerCase().match(/[a-z0-9][a-z0-9-]*/g) ?? []);
  const names = [...new Set(deployments.map(({ name }) => name))].filter(name => words.has(name));
  const [name] = names;
  const line = block.lines.findLast(({ offset, text }) => offset <= span.start && /^\s*\$ /.test(text));
  if (name === undefined || names.length > 1 || !line) return undefined;
  const flags = call.flags
    .filter(flag => flag.name === 'context' || flag.name === 'namespace')
    .map(flag => wordsAt(page, flag.span));
  const command = [
    'kubectl wait',
    ...flags,
    '--for=condition=Available',
    `deployment/${name}`,
    `--timeout=${SECONDS}s`,
  ];
  return {
    description: `Wait for the Deployment first: ${command.join(' ')}`,
    edits: [commandBefore(page, line.offset, command.join(' '))],
    isSafe: flags.every(flag => !/[\r\n]/.test(flag)),
  };
}
