/** Rule: a remote is told a name that the guide does not have, or that it is its own primary. */
import type { EditionName } from '../../../model/east-west-gateway.ts';
import type { Trace } from '../../follow/trace.ts';
import { contextOf, documentsOf, installsOf, lineSpan, MOST_CLUSTERS } from '../documents.ts';
import { meshNames } from '../names.ts';
import type { Rule, RuleFinding } from '../rule.ts';
import { secretsOf } from '../secrets.ts';
import { callsOf, flagValue } from '../words.ts';

/** The rule `unknown-name`. */
export const unknownName: Rule = {
  id: 'unknown-name',
  severity: 'error',
  sentence:
    'A remote is told a cluster or a network that the guide does not have, or that it is its own primary.',
  because:
    "The path of injection /inject/cluster/C/net/N gives a remote's pods the names of their cluster and " +
    'network; the annotation topology.istio.io/controlPlaneClusters names the cluster whose istiod ' +
    'leads (istio.io, Install Primary-Remote).',
  example: {
    bad:
      '$ istioctl create-remote-secret --context=c2 --name=c2 | kubectl apply -f - --context=c1\n$ ' +
      'kubectl --context=c2 annotate namespace istio-system topology.istio.io/controlPlaneClusters=c2',
    good:
      '$ istioctl create-remote-secret --context=c2 --name=c2 | kubectl apply -f - --context=c1\n$ ' +
      'kubectl --context=c2 annotate namespace istio-system topology.istio.io/controlPlaneClusters=c1',
  },
  find: ({ traces, edition }) => {
    const names = new Set([...meshNames(traces, edition), ...traces.flatMap(valuesIn)]);
    return traces.flatMap(trace => [...pathsIn(trace, names), ...leadsItself(trace, edition)]);
  },
};

/** Every word that a call gives as a value: it may be a name that we do not read out of it otherwise. */
const valuesIn = ({ events }: Trace): readonly string[] =>
  events.flatMap(event =>
    event.kind === 'call' ? event.args.map(({ text }) => text.slice(text.lastIndexOf('=') + 1)) : [],
  );

const PATH = /^\s*injectionPath:\s*["']?\/inject\/cluster\/([\w.-]+)\/net\/([\w.-]+)/;

/** A guide that names no other network says nothing of which there are. */
function pathsIn(trace: Trace, names: ReadonlySet<string>): readonly RuleFinding[] {
  return documentsOf(trace).flatMap(document =>
    document.content.text.split('\n').flatMap((line, index): RuleFinding[] => {
      const [, ...told] = PATH.exec(line) ?? [];
      const unknown = told.filter(name => !names.has(name));
      if (unknown.length === 0 || unknown.length === told.length) return [];
      return [
        {
          page: document.page,
          span: lineSpan(document, index),
          message: `The guide has no cluster or network ${unknown.join(' ')}.`,
          wouldHappen: 'Pods of the remote are injected with a name that nothing else in the mesh has.',
        },
      ];
    }),
  );
}

/** The remote secret tells which cluster a context leads to. */
function leadsItself(trace: Trace, edition: EditionName): readonly RuleFinding[] {
  const secrets = secretsOf(trace, edition);
  const installs = installsOf(trace, edition);
  if (installs.length > MOST_CLUSTERS || secrets.length > MOST_CLUSTERS) return [];
  return callsOf(trace, edition).flatMap(call => {
    if (call.tool !== 'kubectl' || call.command !== 'annotate') return [];
    const own = [
      ...secrets
        .filter(({ watched }) => watched === contextOf(call))
        .map(({ create }) => flagValue(create, 'name')?.text),
      ...installs.filter(({ context }) => context === contextOf(call)).map(({ clusterName }) => clusterName),
    ];
    return call.operands.flatMap(({ text, span }): RuleFinding[] => {
      const leader = /^topology\.istio\.io\/controlPlaneClusters=(.*)$/.exec(text)?.[1];
      if (leader === undefined || !own.includes(leader)) return [];
      return [
        {
          page: call.event.origin.page,
          span,
          message: `${leader} is named as its own control plane.`,
          wouldHappen:
            "No primary's istiod leads here: the webhook gets no CA bundle, and no pod can be created.",
        },
      ];
    });
  });
}
