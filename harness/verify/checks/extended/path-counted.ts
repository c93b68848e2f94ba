/** As many calls left for each network as were answered from there, and gateways carried them. */

import type { ApiClient } from '../../../base/api-client.ts';
import { type ClusterSpec, controlPlaneOf } from '../../../model/topology.ts';
import { callFrom, isTrouble, type Trouble } from '../../calling.ts';
import type { Check, CheckContext, CheckFamily, Diagnosis } from '../../check.ts';
import { gatherFacts } from '../../diagnose/gather-facts.ts';
import { gatherEndpoints } from '../../diagnose/known-endpoints.ts';
import { explainOtherNetwork } from '../../diagnose/other-network.ts';
import { inOrder, type StepIndex } from '../../diagnose/steps.ts';
import { nothingExposes } from '../../diagnose/unexposed.ts';
import { type AnswerGroup, groupName, groupsFrom } from '../../groups.ts';
import { PodDirectory } from '../../pod-directory.ts';
import type { PodFact } from '../../pods.ts';
import { askProxy, type ProxyEndpoint, readEndpoints } from '../../proxy-endpoints.ts';
import { NAMESPACE, SERVICE_CLUSTER } from '../../workloads.ts';
import { inCluster } from '../in-cluster.ts';
import { forwardedByAll } from './gateway-counters.ts';

/** Enough that a cluster with half of the endpoints is missed once in a thousand million runs. */
const CALLS = 30;

/** What a client's proxy and the gateways counted while the calls were made. */
interface Count {
  readonly group: AnswerGroup;
  /** Calls that were answered from these clusters. */
  readonly answered: number;
  /** Requests that the client's proxy sent to their pods, or to their gateways: retries count too. */
  readonly sent: number;
  /** Connections to them that the client's proxy has opened meanwhile. */
  readonly opened: number;
  /** Connections that their gateways have passed on meanwhile, and since they started; not near. */
  readonly forwarded?: { readonly meanwhile: number; readonly ever: number };
}

type Counters = ReadonlyMap<string, ProxyEndpoint>;

async function countersOf(
  context: CheckContext,
  client: ApiClient,
  pod: PodFact,
): Promise<Counters | undefined> {
  const page = await askProxy(client, { namespace: NAMESPACE, pod: pod.name }, 'clusters', context);
  if (page === undefined) return undefined;
  return new Map(readEndpoints(page, SERVICE_CLUSTER).map(each => [`${each.address}:${each.port}`, each]));
}

/** Calls and counts. */
async function countFrom(
  context: CheckContext,
  spec: ClusterSpec,
  client: ApiClient,
): Promise<readonly Count[] | Trouble> {
  const first = await callFrom(context, client, 1);
  if (isTrouble(first)) return first;
  const silent = { trouble: `The proxy of the client in ${spec.name} does not answer.` };
  const [before, gatewaysBefore] = [
    await countersOf(context, client, first.pod),
    await forwardedByAll(context),
  ];
  const called = await callFrom(context, client, CALLS);
  if (isTrouble(called)) return called;
  const [after, gatewaysAfter] = [
    await countersOf(context, client, called.pod),
    await forwardedByAll(context),
  ];
  const endpoints = await gatherEndpoints(context, await gatherFacts(context), spec.name, called.pod);
  if (!before || !after || !endpoints) return silent;
  const directory = new PodDirectory(context);
  await directory.learn(called.answers);
  const rise = (address: string, counter: 'requests' | 'connections') =>
    (after.get(address)?.[counter] ?? 0) - (before.get(address)?.[counter] ?? 0);
  return groupsFrom(context.topology, spec).map((group): Count => {
    const networkOf = (name: string) => context.topology.clusters.find(each => each.name === name)?.network;
    const own = endpoints
      .filter(({ owner }) =>
        group.isNear
          ? owner?.kind === 'pod' && group.clusters.includes(owner.cluster)
          : owner?.kind === 'gateway' && networkOf(owner.cluster) === group.network,
      )
      .map(({ address, port }) => `${address}:${port}`);
    const behind = context.topology.clusters.filter(({ network }) => network === group.network);
    const total = (counts: typeof gatewaysAfter) =>
      behind.reduce((sum, { name }) => sum + (counts.get(name) ?? 0), 0);
    return {
      group,
      answered: called.answers.filter(
        answer =>
          answer.kind === 'answer' &&
          group.clusters.some(name => name === directory.locate(answer.instance, answer.version)),
      ).length,
      sent: own.reduce((sum, address) => sum + rise(address, 'requests'), 0),
      opened: own.reduce((sum, address) => sum + rise(address, 'connections'), 0),
      ...(!group.isNear && {
        forwarded: {
          meanwhile: total(gatewaysAfter) - total(gatewaysBefore),
          ever: total(gatewaysAfter),
        },
      }),
    };
  });
}

/** Says what the counters of a group contradict; undefined if nothing. Pure. */
function contradictionIn({ group, answered, sent, opened, forwarded }: Count): string | undefined {
  const who = groupName(group);
  const by = group.isNear ? `the pods of ${who}` : `the gateways of ${group.network}`;
  if (answered === 0) return `no call was answered from ${who}`;
  if (sent < answered)
    return (
      `${answered} calls were answered from ${who}, and ${sent} were sent to ${by}: the ` +
      'others took another way'
    );
  if (!forwarded) return undefined;
  if (forwarded.ever === 0) return `${answered} calls were answered from ${who}, and ${by} carried none`;
  return forwarded.meanwhile < opened
    ? `${opened} connections were opened to ${by}, which passed ${forwarded.meanwhile} on`
    : undefined;
}

/** Says why answers came by another way, or not at all. */
async function explain(
  context: CheckContext,
  steps: StepIndex,
  counts: readonly Count[],
): Promise<Diagnosis> {
  const facts = await gatherFacts(context);
  const elsewhere = explainOtherNetwork(facts, steps);
  if (elsewhere) return elsewhere;
  const silent = counts.filter(count => !count.group.isNear && contradictionIn(count) !== undefined);
  const hidden = context.topology.clusters.filter(
    spec =>
      silent.some(({ group }) => group.network === spec.network) &&
      facts.clusters.get(controlPlaneOf(spec))?.exposesServices === false,
  );
  if (hidden.length > 0) {
    const names = hidden.map(({ name }) => name).join(' and ');
    return {
      cause: 'services-not-exposed',
      sentence: `Nothing listens on the gateways of ${names}: ${nothingExposes(hidden, 'services there')}.`,
      steps: inOrder(
        hidden.flatMap(spec => steps.about('expose-services', controlPlaneOf(spec))),
        steps.about('gateway-install'),
      ),
    };
  }
  return {
    cause: 'path-not-taken',
    sentence:
      'Answers came by another way than the networks ask for, or not at all: a cluster is not known, or is ' +
      'taken for one of another network.',
    steps: inOrder(
      steps.about('expose-services'),
      steps.about('gateway-install'),
      steps.about('network-label'),
      steps.about('install'),
    ),
  };
}

const describeCount = ({ group, answered, sent, forwarded }: Count): string =>
  forwarded
    ? `${answered} answers from ${groupName(group)}, ${sent} sent to the gateways of ${group.network}`
    : `${answered} answers from ${groupName(group)}, ${sent} sent to its pods`;

/**
 * Makes the check that counts the way of the calls. The client's proxy counts requests for each endpoint, so
 * that every answer must be covered by a request to the endpoint of where it came from. A gateway counts
 * connections, which are kept for many calls: it can only be held to have passed on as many as were opened.
 */
function countedFrom(spec: ClusterSpec, steps: StepIndex): Check {
  return {
    id: `${spec.name}-path-counted`,
    sentence:
      `Every answer that ${spec.name} got from another network was sent to a gateway ` +
      'of that network, and every other to a pod.',
    level: 'extended',
    cluster: spec.name,
    run: inCluster(spec.name, async (context, client) => {
      const counts = await countFrom(context, spec, client);
      if (isTrouble(counts)) return counts;
      const wrong = counts.flatMap(count => contradictionIn(count) ?? []);
      const evidence = counts.map(({ group, answered, sent, opened, forwarded }) => ({
        from: groupName(group),
        network: group.network,
        answered,
        sent,
        connectionsOpened: opened,
        ...(forwarded && {
          passedOnByGateways: forwarded.meanwhile,
          passedOnSinceTheyStarted: forwarded.ever,
        }),
      }));
      if (wrong.length === 0)
        return { outcome: 'passed', found: counts.map(describeCount).join('; '), evidence };
      return {
        outcome: 'failed',
        found: wrong.join('; '),
        evidence,
        diagnosis: await explain(context, steps, counts),
      };
    }),
  };
}

/** The claim of "Install Istio" about the ways that calls take, in figures. */
export const pathCounted: CheckFamily = {
  id: 'CLUSTER-path-counted',
  claim: 'Every answer from another network was sent to a gateway of that network, and every other to a pod.',
  level: 'extended',
  guide: 'Install Istio',
  appliesTo: 'each cluster with a client',
  evidence:
    'who answered, beside the counters of the client’s proxy for each endpoint and those of the gateways',
  checksOf: ({ clusters }, steps) =>
    clusters.filter(({ client }) => client).map(spec => countedFrom(spec, steps)),
};
