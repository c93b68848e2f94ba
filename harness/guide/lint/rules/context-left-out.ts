/** Rule: a command names no cluster, in a guide that works on several. */
import type { EditionName } from '../../../model/east-west-gateway.ts';
import type { Trace } from '../../follow/trace.ts';
import { contextOf } from '../documents.ts';
import type { Rule, RuleFinding } from '../rule.ts';
import { callsOf, hasFlag, type ToolCall } from '../words.ts';

/** Commands that ask no cluster, or may do without one. */
const WITHOUT_CLUSTER =
  /^(version|config|completion|help|manifest|profile|operator|validate|analyze|kustomize|experimental (?!create-r))/;

/** The rule `context-left-out`. */
export const contextLeftOut: Rule = {
  id: 'context-left-out',
  severity: 'error',
  sentence: 'A command names no cluster, in a guide that works on several.',
  because:
    'Without --context kubectl and istioctl act on the current context of the kubeconfig, which is the ' +
    'cluster that was made or chosen last: a guide that names the cluster elsewhere means one of them.',
  example: {
    bad: labelled('$ kubectl label namespace shop x=y'),
    good: labelled('$ kubectl --context=b label namespace shop x=y'),
  },
  find: ({ traces, edition }) => traces.flatMap(trace => findIn(trace, edition)),
};

/** Writes a guide of two clusters, and one more command. */
function labelled(last: string): string {
  const commands = ['create namespace shop', ...['p', 'q', 'r'].map(key => `label namespace shop ${key}=y`)];
  return [
    ...['a', 'b'].flatMap(name => commands.map(each => `$ kubectl --context=${name} ${each}`)),
    last,
  ].join('\n');
}

/** One in so many may be a slip, and so many in all. */
const SELDOM = 8;
const MOST = 2;

function findIn(trace: Trace, edition: EditionName): readonly RuleFinding[] {
  const calls = callsOf(trace, edition).filter(asksCluster);
  const without = calls.filter(call => contextOf(call) === undefined);
  const contexts = new Set(calls.map(contextOf));
  contexts.delete(undefined);
  // Where many do without, the guide chooses the context in another way, or speaks of one cluster a while.
  if (contexts.size < 2 || without.length > MOST || without.length * SELDOM > calls.length) return [];
  return without.map(({ tool, command, event }) => ({
    page: event.origin.page,
    span: event.origin.span,
    message:
      `${tool} ${command} names no cluster, as the guide does elsewhere ` +
      `(${[...contexts].slice(0, 3).join(', ')}).`,
    wouldHappen: 'The command acts on whichever cluster is the current one.',
  }));
}

const asksCluster = (call: ToolCall): boolean =>
  (call.tool === 'kubectl' || call.tool === 'istioctl') &&
  call.command !== '' &&
  !WITHOUT_CLUSTER.test(call.command) &&
  !hasFlag(call, 'kubeconfig', 'dry-run', 'help');
