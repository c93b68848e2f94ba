/** Rule: configuration of Istio is applied in a remote, where no istiod reads it. */
import type { EditionName } from '../../../model/east-west-gateway.ts';
import type { Trace } from '../../follow/trace.ts';
import { contextOf, installsOf } from '../documents.ts';
import { findInCalls } from '../each-call.ts';
import type { Rule } from '../rule.ts';
import { filesOf } from '../sample-files.ts';
import { sampleFacts } from '../tables/tables.ts';

const OF_ISTIO: ReadonlySet<string> = new Set([
  'Gateway',
  'VirtualService',
  'DestinationRule',
  'Sidecar',
  'EnvoyFilter',
]);

/** The rule `config-in-remote`. */
export const configInRemote: Rule = {
  id: 'config-in-remote',
  severity: 'note',
  sentence: 'Configuration of Istio is applied in a remote, where no istiod reads it.',
  because:
    "The proxies of a remote are configured by its primary's istiod, which reads the configuration of " +
    'its own cluster (Istio, "Deployment Models", control plane models).',
  example: {
    bad: remoteAnd(
      '$ kubectl apply --context=r -n istio-system -f samples/multicluster/expose-services.yaml',
    ),
    good: remoteAnd(
      '$ kubectl apply --context=p -n istio-system -f samples/multicluster/expose-services.yaml',
    ),
  },
  find(input) {
    const remotes = new Map(input.traces.map(trace => [trace, remotesOf(trace, input.edition)]));
    return findInCalls(input, (call, trace) => {
      if (call.tool !== 'kubectl' || call.command !== 'apply') return [];
      const context = contextOf(call);
      const isRemote = context !== undefined && remotes.get(trace)?.has(context);
      const [file] = filesOf(call);
      if (!isRemote || !file) return [];
      const objects = sampleFacts(input.edition).objectsOf(file.text);
      if (objects.length === 0 || !objects.every(({ kind }) => OF_ISTIO.has(kind))) return [];
      return [
        {
          span: call.event.origin.span,
          message: `${file.text} is applied in ${context}, a remote, where no istiod reads it.`,
          wouldHappen: "Nothing: the remote's gateway is configured by what lies in its primary.",
        },
      ];
    });
  },
};

/** The contexts of the remotes that a trace installs. */
const remotesOf = (trace: Trace, edition: EditionName): ReadonlySet<string> =>
  new Set(
    installsOf(trace, edition).flatMap(({ context, remotePilotAddress }) =>
      remotePilotAddress === undefined ? [] : [context],
    ),
  );

function remoteAnd(command: string): string {
  return [
    '$ cat <<EOF > r.yaml\nkind: IstioOperator\nspec:\n  values:\n    global:\n      ' +
      'remotePilotAddress: 1.2.3.4\nEOF',
    '$ istioctl install -y --context=r -f r.yaml',
    command,
  ].join('\n');
}
