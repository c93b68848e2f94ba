/** Rule: pods are selected, or a container is named, that the guide has not put there. */
import type { EditionName } from '../../../model/east-west-gateway.ts';
import type { Trace } from '../../follow/trace.ts';
import { contextOf } from '../documents.ts';
import { findInCalls } from '../each-call.ts';
import { keptByEdition } from '../kept.ts';
import type { Rule, RuleFinding, RuleInput } from '../rule.ts';
import { filesOf, sampleObjectsOf } from '../sample-files.ts';
import { selects } from '../selectors.ts';
import { type SampleObject, sampleFacts } from '../tables/tables.ts';
import { callsOf, flagValue, hasFlag, type ToolCall } from '../words.ts';

/** The rule `no-such-pod`. */
export const noSuchPod: Rule = {
  id: 'no-such-pod',
  severity: 'error',
  sentence: 'Pods are selected, or a container is named, that the guide has not put there.',
  because:
    'Where a guide has put nothing but samples into a namespace, the labels of their pods and the names ' +
    'of their containers are known.',
  example: {
    bad: '$ kubectl apply -n shop -f samples/sleep/sleep.yaml\n$ kubectl get pod -n shop -l app=curl',
    good: '$ kubectl apply -n shop -f samples/sleep/sleep.yaml\n$ kubectl get pod -n shop -l app=sleep',
  },
  find: input => findInCalls(input, (call, trace) => findIn(call, trace, input)),
};

/** Containers that the injection of sidecars adds. */
const INJECTED = ['istio-proxy', 'istio-init', 'istio-validation'];

function findIn(call: ToolCall, trace: Trace, input: RuleInput): readonly Omit<RuleFinding, 'page'>[] {
  const isGet = call.command === 'get' && /^(?:po|pods?)$/.test(call.operands[0]?.text ?? '');
  if (call.tool !== 'kubectl' || !(isGet || call.command === 'exec')) return [];
  const word = flagValue(call, isGet ? 'selector' : 'container');
  if (!word?.isExact || word.text === '' || hasFlag(call, 'all-namespaces')) return [];
  const workloads = workloadsAt(call, trace, input);
  if (workloads.length === 0) return [];
  const containers = workloads.flatMap(({ pod }) => pod?.containers ?? []);
  const isThere = isGet
    ? workloads.some(({ pod }) => pod && selects(word.text, pod))
    : [...INJECTED, ...containers].includes(word.text);
  if (isThere) return [];
  const names = workloads.map(({ name }) => name).join(', ');
  return [
    {
      span: word.span,
      message: isGet
        ? `-l ${word.text} selects no pod of what the guide has put here: ${names}.`
        : `No pod that the guide has put here has a container ${word.text}: ${names}.`,
      wouldHappen: isGet
        ? 'kubectl prints nothing, or fails: array index out of bounds.'
        : `Error from server (BadRequest): container ${word.text} is not valid for pod.`,
    },
  ];
}

/** Lists the workloads in the namespace of a call; none if there may be others, too. */
function workloadsAt(call: ToolCall, trace: Trace, { edition }: RuleInput): readonly SampleObject[] {
  const { unknownFrom, makers } = makersOf(trace, edition);
  if (unknownFrom < call.at) return [];
  const found: SampleObject[] = [];
  for (const maker of makers.get(placeOf(call)) ?? []) {
    if (maker.at >= call.at) break;
    const objects = objectsOf(maker, edition);
    if (!objects) return [];
    found.push(...objects);
  }
  return found.filter(({ pod }) => pod);
}

interface Makers {
  /** Index of the first event that is not understood: it may have put anything anywhere. */
  readonly unknownFrom: number;
  /** By place, in order. */
  readonly makers: ReadonlyMap<string, readonly ToolCall[]>;
}

const makersOf = keptByEdition((trace, edition): Makers => {
  const beyond = trace.events.findIndex(({ kind }) => kind === 'beyond');
  let unknownFrom = beyond < 0 ? Number.POSITIVE_INFINITY : beyond;
  const makers = new Map<string, ToolCall[]>();
  for (const call of callsOf(trace, edition)) {
    // What a slip has kept from being read may have made something.
    if (call.problems.length > 0) unknownFrom = Math.min(unknownFrom, call.at);
    if (!MAKES.test(`${call.tool} ${call.command}`)) continue;
    const place = placeOf(call);
    const there = makers.get(place);
    // Of very many a few hundred tell as much.
    if (!there) makers.set(place, [call]);
    else if (there.length < MOST_MAKERS) there.push(call);
  }
  return { unknownFrom, makers };
});

const MOST_MAKERS = 200;
const MAKES = /^(?:kubectl (?:apply|create|run|replace)(?! (?:ns|namespace|secret))|helm |istioctl install)/;

/** The objects that a call makes of samples; undefined if it makes others. */
function objectsOf(call: ToolCall, edition: EditionName): readonly SampleObject[] | undefined {
  const files = filesOf(call);
  const selector = flagValue(call, 'selector')?.text;
  const objects = sampleObjectsOf(call, edition);
  const isKnown = files.every(
    ({ text, isExact }) => isExact && sampleFacts(edition).objectsOf(text).length > 0,
  );
  if (call.tool !== 'kubectl' || files.length === 0 || !isKnown) return undefined;
  return objects.filter(object => selector === undefined || selects(selector, object));
}

/** The cluster and namespace that a call acts in. */
const placeOf = (call: ToolCall): string =>
  `${contextOf(call) ?? ''} ${flagValue(call, 'namespace')?.text ?? 'default'}`;
