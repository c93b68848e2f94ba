/** Rule: a namespace is labelled for injection in one cluster, and used without the label in another. */
import type { EditionName } from '../../../model/east-west-gateway.ts';
import type { Trace } from '../../follow/trace.ts';
import { contextOf } from '../documents.ts';
import type { Rule, RuleFinding } from '../rule.ts';
import { sampleObjectsOf } from '../sample-files.ts';
import { callsOf, flagValue, type ToolCall } from '../words.ts';

/** The rule `missing-label`. */
export const missingLabel: Rule = {
  id: 'missing-label',
  severity: 'error',
  sentence: 'Pods go into a namespace that has the label for injection in another cluster only.',
  because:
    'The label is of the namespace of one cluster. Without it pods get no sidecar there (READY 1/1), ' +
    'and are no part of the mesh (istio.io, "Installing the Sidecar").',
  example: {
    bad: labelled(['a']),
    good: labelled(['a', 'b']),
  },
  find: ({ traces, edition }) => traces.flatMap(trace => findIn(trace, edition)),
};

function labelled(contexts: readonly string[]): string {
  return [
    ...contexts.map(name => `$ kubectl --context=${name} label namespace shop istio-injection=enabled`),
    ...['a', 'b'].map(name => `$ kubectl --context=${name} apply -n shop -f samples/sleep/sleep.yaml`),
  ].join('\n');
}

const LABEL = /^(?:istio-injection=enabled|istio\.io\/rev=.+)$/;

function findIn(trace: Trace, edition: EditionName): readonly RuleFinding[] {
  const calls = callsOf(trace, edition);
  const labels = new Set<string>();
  const namespaces = new Set<string>();
  for (const call of calls) {
    const namespace = labelledBy(call);
    if (namespace === undefined) continue;
    namespaces.add(namespace);
    labels.add(`${contextOf(call)} ${namespace}`);
  }
  // What is beyond what we follow may set labels.
  if (namespaces.size === 0 || trace.events.some(({ kind }) => kind === 'beyond')) return [];
  const told = new Set<string>();
  return calls.flatMap((call): readonly RuleFinding[] => {
    const namespace = flagValue(call, 'namespace')?.text ?? 'default';
    const context = contextOf(call);
    const place = `${context} ${namespace}`;
    if (context === undefined || !namespaces.has(namespace) || labels.has(place) || told.has(place))
      return [];
    if (!makesPods(call, edition)) return [];
    told.add(place);
    return [
      {
        page: call.event.origin.page,
        span: call.event.origin.span,
        message:
          `The namespace ${namespace} of ${context} never gets the label for injection, as it does ` +
          'elsewhere.',
        wouldHappen:
          'Its pods have no sidecar (READY 1/1): calls to them and from them do not go through the mesh.',
      },
    ];
  });
}

function labelledBy({ tool, command, operands }: ToolCall): string | undefined {
  const [kind, name, ...labels] = operands;
  if (tool !== 'kubectl' || command !== 'label' || !kind || !/^(ns|namespaces?)$/.test(kind.text))
    return undefined;
  return labels.some(({ text }) => LABEL.test(text)) ? name?.text : undefined;
}

const makesPods = (call: ToolCall, edition: EditionName): boolean =>
  call.tool === 'kubectl' &&
  call.command === 'apply' &&
  sampleObjectsOf(call, edition).some(({ pod }) => pod);
