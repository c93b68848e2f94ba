/** Whether VirtualServices ask who calls: where none does, callers share what is generated. */
import type { StreamCaller } from '../generate/stream-chains.ts';
import type { ProxyNode } from '../mesh/proxy-node.ts';
import type { PushContext } from '../mesh/push-context.ts';

type Config = PushContext['config'];
type Labels = Readonly<Record<string, string>>;

const hasLabels = ({ sourceLabels }: { readonly sourceLabels: Labels }): boolean =>
  Object.keys(sourceLabels).length > 0;

/** Whether callers with other labels have other routes for requests. */
export const asksForLabels = ({ virtualServices }: Config): boolean =>
  virtualServices.some(({ http }) => http.some(({ matches }) => matches.some(hasLabels)));

/** What of a caller decides where its connections go: nothing, where no route for connections asks. */
export function streamCaller({ virtualServices }: Config, { namespace, labels }: ProxyNode): StreamCaller {
  const matches = virtualServices.flatMap(({ tls, tcp }) => [...tls, ...tcp].flatMap(route => route.matches));
  return {
    namespace: matches.some(({ sourceNamespace }) => sourceNamespace !== undefined) ? namespace : '',
    labels: matches.some(hasLabels) ? labels : {},
  };
}
