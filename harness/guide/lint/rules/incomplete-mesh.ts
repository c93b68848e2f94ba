/** Rule: a cluster lacks a step that the guide takes elsewhere, and that its place in the mesh needs. */
import type { EditionName } from '../../../model/east-west-gateway.ts';
import type { Trace } from '../../follow/trace.ts';
import { contextOf, type Install, installsOf, MOST_CLUSTERS } from '../documents.ts';
import { printsOperator } from '../gateway-script.ts';
import type { Rule, RuleFinding } from '../rule.ts';
import { filesOf } from '../sample-files.ts';
import { secretsOf } from '../secrets.ts';
import { callsOf, type ToolCall } from '../words.ts';

type Kind = 'gateway' | 'expose-istiod' | 'expose-services' | 'secret';

/** The rule `incomplete-mesh`. */
export const incompleteMesh: Rule = {
  id: 'incomplete-mesh',
  severity: 'error',
  sentence: 'A cluster lacks a step that the guide takes elsewhere, and that its place in the mesh needs.',
  because:
    'Clusters on several networks need a gateway each, and services exposed where the configuration is ' +
    'read; a remote needs the istiod of its primary exposed; each control plane needs a secret for each ' +
    'other cluster (Istio, "Deployment Models"). Only steps that the guide takes for another cluster or ' +
    'in another tab are missed.',
  example: {
    bad: pairOf(['a', 'b'], ['b', 'a'].slice(0, 1)),
    good: pairOf(['a', 'b'], ['b', 'a']),
  },
  find({ traces, edition }) {
    const known = new Set(
      traces.flatMap(trace => [...stepsOf(trace, edition)].map(step => step.split(' ')[0])),
    );
    return traces.flatMap(trace =>
      findIn(trace, edition)
        .filter(({ kind }) => known.has(kind))
        .map(({ found }) => found),
    );
  },
};

/** Writes a guide with two primaries, and a secret for each of some. */
function pairOf(clusters: readonly string[], watched: readonly string[]): string {
  return [
    ...clusters.flatMap(name => [
      `$ cat <<EOF > ${name}.yaml\nkind: IstioOperator\nspec:\n  values:\n    global:\n      network: ` +
        `n\n      multiCluster:\n        clusterName: ${name}\nEOF`,
      `$ istioctl install -y --context=${name} -f ${name}.yaml`,
    ]),
    ...watched.map(
      name =>
        `$ istioctl x create-remote-secret --context=${name} --name=${name} | kubectl apply -f - ` +
        `--context=${clusters.find(each => each !== name)}`,
    ),
  ].join('\n');
}

/** Lists what is done: `gateway CONTEXT`, `secret WATCHED HOLDER`. */
function stepsOf(trace: Trace, edition: EditionName): ReadonlySet<string> {
  const calls = callsOf(trace, edition);
  const steps = new Set<string>();
  for (const [index, call] of calls.entries()) {
    const next = calls[index + 1];
    if (printsOperator(call) && next) steps.add(`gateway ${contextOf(next)}`);
    for (const file of ['expose-istiod', 'expose-services'] as const)
      if (applies(call, file)) steps.add(`${file} ${contextOf(call)}`);
  }
  for (const { watched, holder } of secretsOf(trace, edition)) steps.add(`secret ${watched} ${holder}`);
  return steps;
}

const applies = (call: ToolCall, file: string): boolean =>
  call.tool === 'kubectl' &&
  (call.command === 'apply' || call.command === 'create') &&
  filesOf(call).some(({ text }) => text.includes(`/${file}`));

interface Missing {
  readonly kind: Kind;
  readonly found: RuleFinding;
}

function findIn(trace: Trace, edition: EditionName): readonly Missing[] {
  const installs = installsOf(trace, edition).filter(({ clusterName }) => clusterName !== undefined);
  const contexts = new Set(installs.map(({ context }) => context));
  if (contexts.size > MOST_CLUSTERS) return [];
  if (contexts.size < 2 || contexts.size !== installs.length || contexts.has('')) return [];
  const steps = stepsOf(trace, edition);
  const isRemote = ({ remotePilotAddress }: Install) => remotePilotAddress !== undefined;
  const primaries = installs.filter(each => !isRemote(each));
  const remotes = installs.filter(isRemote);
  const networks = new Set(installs.map(({ network }) => network));
  const several = networks.size > 1 && !networks.has(undefined);
  return installs.flatMap(install => {
    const needs: [Kind, string, string][] = [];
    const need = (kind: Kind, what: string, because: string) => needs.push([kind, what, because]);
    const here = install.context;
    const leads = primaries[0] === install && remotes.length > 0 && primaries.length === 1;
    if (several || leads) need('gateway', `gateway ${here}`, 'an east-west gateway');
    if (leads) need('expose-istiod', `expose-istiod ${here}`, 'its control plane exposed to the remote');
    if (several && !isRemote(install))
      need('expose-services', `expose-services ${here}`, 'its services exposed on the gateway');
    const holders = isRemote(install)
      ? primaries.length === 1
        ? primaries
        : []
      : primaries.filter(each => each !== install);
    // A primary that serves remotes alone is watched by nobody.
    for (const { context } of holders)
      need('secret', `secret ${here} ${context}`, `a remote secret that leads to it, in ${context}`);
    return needs
      .filter(([, step]) => !steps.has(step))
      .map(([kind, , what]) => ({ kind, found: missing(install, what) }));
  });
}

function missing({ call, context, clusterName }: Install, what: string): RuleFinding {
  const { page, span, block } = call.event.origin;
  const [outer] = block.tabs;
  const tab = outer && page.tabsets[outer.tabset]?.tabs.find(({ name }) => name === outer.tab);
  return {
    page,
    // What is missing has no place; a tab that lacks it has.
    span: tab ? { start: tab.span.start, end: tab.span.start + 1 } : span,
    message: `${clusterName} (${context}) never gets ${what}.`,
    wouldHappen: 'The clusters are not joined there: calls that should cross stay at home, or fail.',
  };
}
