/** Each proxy was told exactly the endpoints of HelloWorld that the topology promises. */

import { parseIpv4 } from '../../../base/ipv4.ts';
import type { ClusterName } from '../../../model/names.ts';
import { type ClusterSpec, controlPlaneOf, isMultiNetwork, type Topology } from '../../../model/topology.ts';
import type { Check, CheckContext, CheckFamily, CheckOutcome, Diagnosis } from '../../check.ts';
import { gatherFacts } from '../../diagnose/gather-facts.ts';
import { inOrder, type StepIndex } from '../../diagnose/steps.ts';
import { explainStrangeSlices } from '../../diagnose/strange-slices.ts';
import { tryGather } from '../../diagnose/try-gather.ts';
import { gatewayAddressesIn } from '../../gateway-addresses.ts';
import { listPods, type PodFact } from '../../pods.ts';
import { askProxy, type ProxyEndpoint, readEndpoints } from '../../proxy-endpoints.ts';
import { pushMs, settle } from '../../settle.ts';
import {
  APPLICATION_PORT,
  GATEWAY,
  ISTIO_NAMESPACE,
  NAMESPACE,
  SERVICE,
  SERVICE_CLUSTER,
} from '../../workloads.ts';
import { GATEWAY_PORT, SNI } from './gateway-counters.ts';

/** What a cluster has that may be an endpoint. */
interface Owner {
  readonly spec: ClusterSpec;
  /** Ready pods of HelloWorld. */
  readonly pods: readonly string[];
  readonly gateways: readonly string[];
}

/** An endpoint that a proxy ought to have: `10.30.0.5:5000` → whose it is. */
type Expected = ReadonlyMap<string, { readonly whose: string; readonly cluster: ClusterName }>;

/** A proxy, and what it says of HelloWorld. */
interface Told {
  /** `the client in cluster1`, `the gateway of cluster2` */
  readonly who: string;
  readonly expected: Expected;
  /** Undefined if the proxy does not answer. */
  readonly endpoints: readonly ProxyEndpoint[] | undefined;
  /** Networks that are reached through gateways, with the pods that their weight has to stand for. */
  readonly behind: readonly {
    readonly network: string;
    readonly gateways: readonly string[];
    readonly pods: number;
  }[];
}

const podsOf = (owners: readonly Owner[]): Expected =>
  new Map(
    owners.flatMap(({ spec, pods }) =>
      pods.map(address => {
        const whose = { whose: `pod of ${spec.name}`, cluster: spec.name };
        return [`${address}:${APPLICATION_PORT}`, whose] as const;
      }),
    ),
  );

/** The endpoints that a client's proxy ought to have: near pods, and the gateways of networks with pods. */
function expectedOfClient(
  owners: readonly Owner[],
  { network }: ClusterSpec,
): Omit<Told, 'who' | 'endpoints'> {
  const near = owners.filter(({ spec }) => spec.network === network);
  const far = owners.filter(({ spec }) => spec.network !== network);
  const behind = [...new Set(far.map(({ spec }) => spec.network))]
    .map(name => {
      const those = far.filter(({ spec }) => spec.network === name);
      return {
        network: name,
        gateways: those.flatMap(({ gateways }) => gateways.map(address => `${address}:${GATEWAY_PORT}`)),
        pods: those.reduce((sum, { pods }) => sum + pods.length, 0),
      };
    })
    .filter(({ pods }) => pods > 0);
  const gateways: Expected = new Map(
    far
      .filter(({ spec }) => behind.some(({ network: name }) => name === spec.network))
      .flatMap(owner =>
        owner.gateways.map(address => {
          const whose = { whose: `gateway of ${owner.spec.name}`, cluster: owner.spec.name };
          return [`${address}:${GATEWAY_PORT}`, whose] as const;
        }),
      ),
  );
  return { expected: new Map([...podsOf(near), ...gateways]), behind };
}

async function ownersIn(context: CheckContext): Promise<readonly Owner[]> {
  return await Promise.all(
    [...context.clusters.values()].map(async ({ spec, client }) => ({
      spec,
      pods: (await listPods(client, NAMESPACE, context.signal)).flatMap(({ app, isReady, address }) =>
        app === SERVICE && isReady && address !== undefined ? [address] : [],
      ),
      gateways: (await gatewayAddressesIn(client, context.signal)) ?? [],
    })),
  );
}

/** Asks the proxies of a cluster: those of its clients, and where there are several networks its gateways. */
async function toldIn(
  context: CheckContext,
  spec: ClusterSpec,
  owners: readonly Owner[],
): Promise<readonly Told[]> {
  const client = context.clusters.get(spec.name)?.client;
  if (!client) return [];
  const running = async (namespace: string, app: string): Promise<readonly PodFact[]> =>
    (await listPods(client, namespace, context.signal)).filter(
      pod => pod.app === app && pod.status === 'Running',
    );
  const ask = async (namespace: string, pod: PodFact, cluster: string) => {
    const page = await askProxy(client, { namespace, pod: pod.name }, 'clusters', context);
    return page === undefined ? undefined : readEndpoints(page, cluster);
  };
  const told: Told[] = [];
  for (const pod of await running(NAMESPACE, context.client)) {
    const endpoints = await ask(NAMESPACE, pod, SERVICE_CLUSTER);
    told.push({ who: `the client in ${spec.name}`, endpoints, ...expectedOfClient(owners, spec) });
  }
  if (!isMultiNetwork(context.topology)) return told;
  for (const pod of await running(ISTIO_NAMESPACE, GATEWAY)) {
    const endpoints = await ask(ISTIO_NAMESPACE, pod, SNI);
    // A gateway passes on to the pods of its own network only.
    const expected = podsOf(owners.filter(owner => owner.spec.network === spec.network));
    told.push({ who: `the gateway of ${spec.name}`, endpoints, expected, behind: [] });
  }
  return told;
}

/** A difference, and the cluster whose endpoint it is. */
interface Difference {
  readonly found: string;
  readonly cluster?: ClusterName;
}

/** Compares what a proxy was told with what it ought to be told. */
function differencesOf({ who, endpoints, expected, behind }: Told): readonly Difference[] {
  if (!endpoints) return [{ found: `the proxy of ${who} does not answer` }];
  const has = new Map(endpoints.map(endpoint => [`${endpoint.address}:${endpoint.port}`, endpoint]));
  const missing = [...expected]
    .filter(([address]) => !has.has(address))
    .map(([address, { whose, cluster }]) => ({ found: `${who} lacks ${address}, ${whose}`, cluster }));
  const more = [...has.keys()]
    .filter(address => !expected.has(address))
    .map(address => ({ found: `${who} has ${address}, which it should not have` }));
  const ill = endpoints
    .filter(({ health }) => health !== 'healthy')
    .map(({ address, port, health }) => ({ found: `${who} takes ${address}:${port} for ill: ${health}` }));
  if (missing.length + more.length > 0) return [...missing, ...more, ...ill];
  const weightOf = (addresses: Iterable<string>) =>
    [...addresses].reduce((sum, address) => sum + (has.get(address)?.weight ?? 0), 0);
  const allPods = [...expected.keys()].length - behind.flatMap(({ gateways }) => gateways).length;
  const near = endpoints.find(({ port }) => port !== GATEWAY_PORT)?.weight;
  const total = allPods + behind.reduce((sum, { pods }) => sum + pods, 0);
  // The weight of one pod; without a near one all together stand for all.
  const ofOnePod = near ?? weightOf(has.keys()) / total;
  const light = behind.flatMap(({ network, gateways, pods }) => {
    const counted = weightOf(gateways) / ofOnePod;
    return Math.abs(counted - pods) < 0.01
      ? []
      : [
          {
            found:
              `${who} gives the gateways of ${network} the weight of ` +
              `${Number(counted.toFixed(2))} pods, and ${pods} are behind them`,
          },
        ];
  });
  return [...ill, ...light];
}

function stepsFor(
  topology: Topology,
  spec: ClusterSpec,
  steps: StepIndex,
  wrong: readonly Difference[],
): readonly string[] {
  const lacking = topology.clusters.filter(({ name }) => wrong.some(({ cluster }) => cluster === name));
  return inOrder(
    lacking.flatMap(({ name }) => steps.remoteSecret(name, controlPlaneOf(spec))),
    lacking.flatMap(({ name }) => steps.about('gateway-address', name)),
    lacking.flatMap(({ name }) => steps.about('network-label', name)),
    steps.about('install', spec.name),
    topology.clusters.flatMap(({ name }) => steps.about('install', name)),
  );
}

/** Says why a proxy has other endpoints than it should have. */
async function explain(
  context: CheckContext,
  spec: ClusterSpec,
  steps: StepIndex,
  wrong: readonly Difference[],
): Promise<Diagnosis> {
  const plane = controlPlaneOf(spec);
  const known = await tryGather(
    async () => ({
      byHand: wrong.some(({ cluster }) => !cluster) && (await explainStrangeSlices(context, steps)),
      secrets: (await gatherFacts(context)).clusters.get(plane)?.remoteSecrets ?? [],
    }),
    context.signal,
  );
  if ('byHand' in known && known.byHand) return known.byHand;
  const unjoined = context.topology.clusters.filter(
    ({ name }) =>
      name !== plane &&
      wrong.some(({ cluster }) => cluster === name) &&
      'secrets' in known &&
      !known.secrets.includes(name),
  );
  const ids = stepsFor(context.topology, spec, steps, wrong);
  const names = unjoined.map(({ name }) => name).join(' and ');
  return {
    cause: unjoined.length > 0 ? 'remote-secret-missing' : 'endpoints-not-told',
    sentence:
      unjoined.length > 0
        ? `The istiod of ${plane} has no remote secret for ${names}, and knows nothing of what runs there.`
        : `The istiod of ${plane} does not know these pods or gateways, or takes them for those of ` +
          'another network.',
    steps: ids,
  };
}

/**
 * Makes the check of what istiod tells the proxies: the own pods and those of the same network by their
 * addresses, the gateways of other networks in the place of the pods behind them; nothing missing, nothing
 * more.
 */
function endpointsIn(spec: ClusterSpec, steps: StepIndex): Check {
  return {
    id: `${spec.name}-endpoints-as-told`,
    sentence:
      `The proxies of the client and the gateway in ${spec.name} have exactly the ` +
      'endpoints of HelloWorld that the topology promises.',
    level: 'extended',
    cluster: spec.name,
    run: async (context): Promise<CheckOutcome> => {
      const ask = async () => {
        const owners = await ownersIn(context);
        const told = await toldIn(context, spec, owners);
        const names = owners.flatMap(({ gateways }) =>
          gateways.filter(address => parseIpv4(address) === undefined),
        );
        return { told, names, wrong: told.flatMap(differencesOf) };
      };
      const right = ({ told, wrong, names }: Awaited<ReturnType<typeof ask>>) =>
        names.length > 0 || (told.length > 0 && wrong.length === 0);
      const { told, names, wrong } = await settle(context, ask, right, { timeoutMs: pushMs(context) });
      const evidence = told.map(({ who, endpoints, expected }) => ({
        proxy: who,
        has: (endpoints ?? []).map(({ address, port, weight }) => `${address}:${port}, weight ${weight}`),
        expected: [...expected].map(([address, { whose }]) => `${address}, ${whose}`),
      }));
      const [name] = names;
      if (name !== undefined) {
        const found =
          `The gateway ${name} is known by a name: whose the addresses in the proxies are ` +
          'cannot be told.';
        return { outcome: 'unknown', found, evidence };
      }
      if (told.length > 0 && wrong.length === 0) {
        const found = told.map(({ who, expected }) => `${who} has the ${expected.size} that it should have`);
        return { outcome: 'passed', found: found.join('; '), evidence };
      }
      return {
        outcome: 'failed',
        found:
          told.length === 0 ? `no proxy runs in ${spec.name}` : wrong.map(({ found }) => found).join('; '),
        evidence,
        ...(!told.some(({ endpoints }) => endpoints) && { unproved: true }),
        diagnosis: await explain(context, spec, steps, wrong),
      };
    },
  };
}

/** The claim of "Enable Endpoint Discovery", proxy by proxy. */
export const endpointsAsTold: CheckFamily = {
  id: 'CLUSTER-endpoints-as-told',
  claim:
    'The proxies of the client and the gateway have exactly the endpoints of HelloWorld that ' +
    'the topology promises.',
  level: 'extended',
  guide: 'Enable Endpoint Discovery',
  appliesTo: 'each cluster with a client, and each cluster of a mesh of several networks',
  evidence: 'the endpoints, weights and health in each proxy, beside the pods and gateways of all clusters',
  checksOf: (topology, steps) =>
    topology.clusters
      .filter(({ client }) => client || isMultiNetwork(topology))
      .map(spec => endpointsIn(spec, steps)),
};
