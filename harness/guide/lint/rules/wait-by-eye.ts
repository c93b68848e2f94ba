/** Rule: the reader is to look at a list of pods until they run. */
import type { EditionName } from '../../../model/east-west-gateway.ts';
import type { Trace } from '../../follow/trace.ts';
import { contextOf } from '../documents.ts';
import { commandBefore, findInCalls, promptLine, wordsAt } from '../each-call.ts';
import type { Fix } from '../finding.ts';
import { keptByEdition } from '../kept.ts';
import { proseAfter, proseBefore } from '../prose-near.ts';
import type { Rule } from '../rule.ts';
import { sampleObjectsOf } from '../sample-files.ts';
import { callsOf, flagValue, type ToolCall } from '../words.ts';

const WAITING = /\bwait (?:\w+ ){0,3}(?:until|for|till)\b|\bonce\b.*\b(?:running|ready)\b/i;
const SECONDS = 180;

/** The rule `wait-by-eye`. */
export const waitByEye: Rule = {
  id: 'wait-by-eye',
  severity: 'warning',
  sentence: 'The reader is to look at a list of pods until they run.',
  because:
    'A page that is typed by a program goes on at once. Running is also what a pod shows whose sidecar ' +
    'is not ready yet (READY 1/2). kubectl wait and kubectl rollout status wait, and fail when it takes ' +
    'too long.',
  example: {
    bad: '$ kubectl get pod -n shop\n\nWait until the status of `web` is `Running`.',
    good:
      '$ kubectl wait -n shop --for=condition=Available deployment/web --timeout=180s\n$ kubectl get pod ' +
      '-n shop\n\nWait until the status of `web` is `Running`.',
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
      if (isAwaited(call, callsOf(trace, input.edition))) return [];
      const fix = waitBefore(call, sentence, deployedBefore(call, trace, input.edition));
      return [
        {
          span: call.event.origin.span,
          // Whoever looks for READY 2/2 looks at the right column.
          ...(/\bready\b|\d\/\d/i.test(sentence) && { severity: 'note' as const }),
          message: 'The waiting is left to the eye: the command lists pods as they are now.',
          wouldHappen:
            'Whoever goes on too early calls pods that are not there; Running is shown before all ' +
            'containers are ready.',
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

/** Characters of the page within which a wait counts that stands in a block of its own. */
const NEAR = 400;

/** Looks for a wait in the calls before, as far as they stand in the same block or near it. */
function isAwaited({ index, event: { origin } }: ToolCall, calls: readonly ToolCall[]): boolean {
  for (let at = index - 1; at >= 0; at -= 1) {
    const { tool, command, event } = calls[at] ?? {};
    const isNear =
      event?.origin.page === origin.page &&
      (event.origin.block === origin.block || origin.span.start - event.origin.span.end < NEAR);
    if (!isNear) return false;
    if (tool === 'kubectl' && (command === 'wait' || command === 'rollout status')) return true;
  }
  return false;
}

/** Cluster and namespace → Deployment → the event that puts it there first. */
type Deployed = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** Lists the Deployments that the guide has put into the cluster and namespace of a call. */
function deployedBefore(call: ToolCall, trace: Trace, edition: EditionName): readonly string[] {
  return [...(deployedIn(trace, edition).get(placeOf(call)) ?? [])].flatMap(([name, at]) =>
    at < call.at ? [name] : [],
  );
}

const placeOf = (call: ToolCall): string => `${contextOf(call)} ${flagValue(call, 'namespace')?.text}`;

const deployedIn = keptByEdition((trace, edition): Deployed => {
  const deployed = new Map<string, Map<string, number>>();
  for (const call of callsOf(trace, edition)) {
    if (call.tool !== 'kubectl' || call.command !== 'apply') continue;
    const here = deployed.get(placeOf(call)) ?? new Map<string, number>();
    deployed.set(placeOf(call), here);
    for (const { kind, name } of sampleObjectsOf(call, edition))
      if (kind === 'Deployment' && !here.has(name)) here.set(name, call.at);
  }
  return deployed;
});

/** Waits for the Deployment that the sentence names, if the guide has made it. */
function waitBefore(call: ToolCall, sentence: string, deployments: readonly string[]): Fix | undefined {
  const { page, block, span } = call.event.origin;
  const words = new Set(sentence.toLowerCase().match(/[a-z0-9][a-z0-9-]*/g) ?? []);
  const names = deployments.filter(name => words.has(name));
  const [name] = names;
  const line = promptLine(block, span.start);
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
