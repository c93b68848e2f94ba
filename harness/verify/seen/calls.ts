/** The calls that checks sent, by the cluster that was to answer; with the way that they take. Pure. */
import type { Topology } from '../../model/topology.ts';
import { describeShortfall } from '../gateway-weight.ts';
import { missingIn, partlyCounted, shownOf } from '../missing.ts';
import type { Traffic } from '../traffic.ts';
import type { SeenCalls, SeenCluster } from './seen.ts';

/** Lists the calls of each client that was asked: to every cluster that has HelloWorld, or that answered. */
export function callsSeen(
  topology: Topology,
  traffic: readonly Traffic[],
  clusters: readonly SeenCluster[],
): readonly SeenCalls[] {
  return traffic.flatMap(each => {
    const counted = shownOf(each);
    const { open } = missingIn(topology, each);
    const answered = (cluster: string) =>
      counted.instances
        .filter(instance => instance.cluster === cluster)
        .reduce((sum, { count }) => sum + count, 0);
    return topology.clusters
      .filter(({ name, helloWorld }) => helloWorld.length > 0 || answered(name) > 0)
      .map(({ name }) => {
        const via = wayTo(
          name,
          topology,
          clusters.find(({ cluster }) => cluster === each.from),
        );
        const calls = { from: each.from, to: name, requests: counted.requests, answered: answered(name) };
        const seen = { ...calls, ...(via !== undefined && { via }) };
        if (calls.answered > 0) return { ...seen, state: 'present' as const };
        if (calls.requests === 0) {
          return { ...seen, state: 'not-seen' as const, error: each.convergence.trouble ?? 'none was sent' };
        }
        const answering = open.get(name);
        if (answering && typeof via === 'string') {
          return { ...seen, state: 'not-seen' as const, error: whyOpen(name, each, answering) };
        }
        return { ...seen, state: 'broken' as const, error: whyNone(name, each, via, clusters) };
      });
  });
}

/** Returns the cluster whose gateway the client's proxy has for another; null for the pods' own addresses. */
function wayTo(
  to: string,
  { clusters }: Topology,
  source: SeenCluster | undefined,
): string | null | undefined {
  const endpoints = source?.endpoints.endpoints ?? [];
  if (endpoints.some(({ owner }) => owner?.kind === 'pod' && owner.cluster === to)) return null;
  const network = clusters.find(({ name }) => name === to)?.network;
  const gateways = endpoints.flatMap(({ owner }) =>
    owner?.kind === 'gateway' && clusters.find(({ name }) => name === owner.cluster)?.network === network
      ? [owner.cluster]
      : [],
  );
  return gateways.find(each => each === to) ?? gateways[0];
}

/** Words why nothing is said of a cluster that did not answer: it is judged together with others. */
const whyOpen = (to: string, traffic: Traffic, answering: readonly string[]): string =>
  `none of ${shownOf(traffic).requests} calls came to ${to}, which is judged together with ` +
  `${answering.join(' and ')}: gateways choose a pod for each connection, not for each call`;

/** Words why a cluster did not answer: the first error of the calls, or what the client's proxy lacks. */
function whyNone(
  to: string,
  traffic: Traffic,
  via: string | null | undefined,
  clusters: readonly SeenCluster[],
): string {
  const { from, convergence } = traffic;
  const counted = shownOf(traffic);
  const partly = partlyCounted(traffic, to);
  // That a network is counted in part explains nothing of another.
  const trouble = convergence.partlyCounted ? partly && describeShortfall(partly, from) : convergence.trouble;
  const said = counted.errors[0]?.error ?? trouble;
  const none = `none of ${counted.requests} calls was answered by ${to}`;
  const endpoints = clusters.find(({ cluster }) => cluster === from)?.endpoints;
  if (said !== undefined) return `${none}: ${said}`;
  if (via === undefined && endpoints && endpoints.state !== 'not-seen')
    return `${none}: the proxy of the client in ${from} has no endpoint there`;
  return none;
}
