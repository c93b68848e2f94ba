/**
 * Calls take the way that the networks ask for: from pod to pod on one network, through an east-west gateway
 * between two.
 */

import type { ClusterName } from '../../../model/names.ts';
import { type ClusterSpec, controlPlaneOf } from '../../../model/topology.ts';
import { callFrom, isTrouble } from '../../calling.ts';
import type { Check, CheckContext, CheckFamily, CheckOutcome } from '../../check.ts';
import type { Cause } from '../../diagnose/causes.ts';
import type { Facts, KnownEndpoint } from '../../diagnose/facts.ts';
import { gatherFacts } from '../../diagnose/gather-facts.ts';
import { describeEndpoint, gatherEndpoints } from '../../diagnose/known-endpoints.ts';
import { inOrder, type StepIndex, type Topic } from '../../diagnose/steps.ts';
import { nothingExposes } from '../../diagnose/unexposed.ts';
import { contributionsOf } from '../../workloads.ts';
import { inCluster } from '../in-cluster.ts';
import { forwardedByAll } from './gateway-counters.ts';

/** Enough that a cluster with half of the endpoints is missed once in a thousand million runs. */
const CALLS = 30;

/**
 * Makes the check of the guide's paths: on one network, "workloads in each cluster can reach directly to one
 * another"; on two, all calls between the networks go through gateways. The endpoints of the client's proxy
 * say where calls go, and the gateways' counters whether they went there.
 */
function pathFrom(spec: ClusterSpec, steps: StepIndex): Check {
  return {
    id: `${spec.name}-traffic-path`,
    sentence: `Calls from ${spec.name} go to pods directly on its own network, and through east-west gateways to other networks.`,
    level: 'extended',
    cluster: spec.name,
    run: inCluster(spec.name, async (context, client) => {
      const before = await forwardedByAll(context);
      const called = await callFrom(context, client, CALLS);
      if (isTrouble(called)) return called;
      const after = await forwardedByAll(context);
      const facts = await gatherFacts(context);
      const endpoints = await gatherEndpoints(context, facts, spec.name, called.pod);
      return judge(context, spec, steps, { endpoints, before, after, facts });
    }),
  };
}

type Counters = ReadonlyMap<ClusterName, number | undefined>;

/** What was there while the calls were sent. */
interface Observed {
  readonly endpoints: readonly KnownEndpoint[] | undefined;
  readonly before: Counters;
  readonly after: Counters;
  readonly facts: Facts;
}

function judge(
  context: CheckContext,
  spec: ClusterSpec,
  steps: StepIndex,
  { endpoints, before, after, facts }: Observed,
): CheckOutcome {
  if (!endpoints) {
    return {
      outcome: 'failed',
      found: `The proxy of the client in ${spec.name} does not answer.`,
      evidence: null,
      unproved: true,
    };
  }
  const networkOf = (cluster: ClusterName) => context.clusters.get(cluster)?.spec.network;
  const moved = (cluster: ClusterName) => {
    const [from, to] = [before.get(cluster), after.get(cluster)];
    return from === undefined || to === undefined ? undefined : to - from;
  };
  const wrong: {
    readonly found: string;
    readonly cause: Cause;
    readonly why: string;
    readonly steps: readonly string[];
  }[] = [];
  const secretOf = (cluster: ClusterName) => steps.remoteSecret(cluster, controlPlaneOf(spec));
  for (const { cluster } of contributionsOf(context.topology)) {
    const isNear = networkOf(cluster) === spec.network;
    const owned = endpoints.filter(({ owner }) => owner?.cluster === cluster);
    if (isNear && !owned.some(({ owner }) => owner?.kind === 'pod')) {
      const found = `${spec.name} has no endpoint that is a pod of ${cluster}`;
      wrong.push({
        cause: 'remote-secret-unusable',
        found,
        why: `${spec.name} is not told the endpoints of ${cluster} as those of its own network`,
        steps: inOrder(secretOf(cluster), steps.about('install', cluster), steps.about('install')),
      });
    }
    if (!isNear && owned.some(({ owner }) => owner?.kind === 'pod')) {
      const found = `${spec.name} calls pods of ${cluster} directly, across networks`;
      wrong.push({
        cause: 'gateway-missing',
        found,
        why: `${cluster} has no gateway that istiod knows, or is taken for a cluster of ${spec.network}`,
        steps: inOrder(steps.about('gateway-install', cluster), steps.about('install', cluster)),
      });
    }
  }
  const far = new Set(
    contributionsOf(context.topology)
      .map(({ cluster }) => networkOf(cluster))
      .filter(network => network !== undefined && network !== spec.network),
  );
  for (const network of far) {
    const behind = context.topology.clusters
      .filter(cluster => cluster.network === network)
      .map(({ name }) => name);
    const about = (topic: Topic) => behind.flatMap(cluster => steps.about(topic, cluster));
    const total = behind.reduce((sum, cluster) => sum + (moved(cluster) ?? 0), 0);
    if (!endpoints.some(({ owner }) => owner?.kind === 'gateway' && networkOf(owner.cluster) === network)) {
      const found = `${spec.name} has no endpoint that is a gateway of ${network}`;
      wrong.push({
        cause: 'gateway-missing',
        found,
        why: `no gateway of ${network} has an address, or ${spec.name} knows no endpoints there`,
        steps: inOrder(about('gateway-install'), about('gateway-address'), behind.flatMap(secretOf)),
      });
    }
    // Connections are kept and reused: their number tells that calls went through, not how many.
    if (total === 0 && behind.every(cluster => (after.get(cluster) ?? 0) === 0)) {
      const found = `no gateway of ${network} has forwarded a connection`;
      // Of a remote's gateway, what exposes services is applied in its control plane.
      const exposed = context.topology.clusters
        .filter(({ network: other }) => other === network)
        .flatMap(cluster => steps.about('expose-services', controlPlaneOf(cluster)));
      const hidden = context.topology.clusters.some(
        cluster =>
          cluster.network === network && !facts.clusters.get(controlPlaneOf(cluster))?.exposesServices,
      );
      const why = hidden
        ? `nothing listens on the gateways of ${network}, as ${nothingExposes(
            context.topology.clusters.filter(each => each.network === network),
            'services there',
          )}`
        : `calls do not reach the gateways of ${network}, or are not passed on there`;
      wrong.push({
        found,
        cause: hidden ? 'services-not-exposed' : 'gateway-refuses',
        why,
        steps: inOrder(exposed, hidden ? [] : about('expose-services'), about('gateway-install')),
      });
    }
  }
  const near = context.topology.clusters
    .filter(({ network }) => network === spec.network)
    .map(({ name }) => name);
  for (const cluster of near) {
    if ((moved(cluster) ?? 0) === 0) continue;
    const found = `calls went through the gateway of ${cluster}, on the own network`;
    wrong.push({
      cause: 'network-wrong',
      found,
      why: `${cluster} or ${spec.name}, on one network, is taken for a cluster of another`,
      steps: inOrder(steps.about('install', cluster), steps.about('install', spec.name)),
    });
  }
  const evidence = {
    endpoints: endpoints.map(describeEndpoint),
    forwarded: context.topology.clusters.map(({ name }) => ({
      cluster: name,
      before: before.get(name) ?? null,
      after: after.get(name) ?? null,
    })),
  };
  const [first] = wrong;
  if (!first) return { outcome: 'passed', found: evidence.endpoints.join('; '), evidence };
  const causes = [...new Set(wrong.map(({ why }) => why))].join('; ');
  return {
    outcome: 'failed',
    found: wrong.map(({ found }) => found).join('; '),
    evidence,
    diagnosis: {
      cause: first.cause,
      sentence: `Calls from ${spec.name} cannot go the way that the networks ask for: ${causes}.`,
      steps: inOrder(...wrong.map(each => each.steps)),
    },
  };
}

/** The claim of "Install Istio" about the ways that calls take. */
export const trafficPath: CheckFamily = {
  id: 'CLUSTER-traffic-path',
  claim: 'Calls go to pods directly on the own network, and through east-west gateways to other networks.',
  level: 'extended',
  guide: 'Install Istio',
  appliesTo: 'each cluster with a client',
  evidence: 'the endpoints of the client’s proxy, and what the gateways forwarded meanwhile',
  checksOf: ({ clusters }, steps) =>
    clusters.filter(({ client }) => client).map(spec => pathFrom(spec, steps)),
};
