/**
 * Asks what no object tells: istiods, proxies, clients' pods, and API servers as another identity. Read only.
 */
import { linkedSignal } from '../../../base/deadline.ts';
import { messageOf } from '../../../base/errors.ts';
import { KubernetesApiError, type KubernetesClient } from '../../../base/kubernetes-client.ts';
import type { ClusterName } from '../../../model/names.ts';
import { type ClusterSpec, isMultiNetwork, isRemote, type Topology } from '../../../model/topology.ts';
import { type ExecContext, execIn, isTrouble, pickClientPod } from '../../calling.ts';
import { PAST_PROXIES } from '../../past-proxies.ts';
import { podsOf } from '../../pods.ts';
import { askProxy, readEndpoints } from '../../proxy-endpoints.ts';
import { ISTIO_NAMESPACE, NAMESPACE, SERVICE_CLUSTER, SERVICE_URL } from '../../workloads.ts';
import { itemsOr } from '../cluster-objects.ts';
import type { ClusterFacts, Facts } from '../facts.ts';
import { ownedEndpoints } from '../known-endpoints.ts';
import { at, text } from '../object-fields.ts';
import { isWatched, type RemoteSecret, remoteSecretsIn } from '../remote-secrets.ts';
import type { Answered, CurlAnswer, IstiodCluster, Probes } from './chain.ts';
import { reachKey, tokenKey } from './chain.ts';
import { gatewayUrl } from './gateway-port.ts';

/** A cluster that can be asked. */
export interface AskedCluster {
  readonly spec: ClusterSpec;
  /** The name of the context. */
  readonly context: string;
  readonly client: KubernetesClient;
  /** Returns a client for the same API server that shows a bearer token instead; close it. */
  as(token: string): KubernetesClient;
}

/** Whom to ask, and how long. */
export interface Asking extends ExecContext {
  readonly clusters: ReadonlyMap<ClusterName, AskedCluster>;
  /** The client's `app` label, and its container. */
  readonly client: string;
  /** Milliseconds for each question. */
  readonly deadlineMs: number;
}

/** Seconds that curl waits; less than a probe has, so that curl itself tells what it waited for. */
const CURL_SECONDS = 2;

/** Asks one question by its deadline. */
export async function answered<T>(
  { clock, signal, deadlineMs }: Asking,
  ask: (context: ExecContext) => Promise<T>,
): Promise<Answered<T>> {
  using linked = linkedSignal(signal, {
    clock,
    timeoutMs: deadlineMs,
    reason: () => new Error(`no answer in ${deadlineMs / 1000} s`),
  });
  try {
    return { answer: await ask({ clock, signal: linked.signal }) };
  } catch (error) {
    signal.throwIfAborted();
    return { trouble: messageOf(error) };
  }
}

/**
 * Reads `/debug/clusterz` (istio/istio pilot/pkg/xds/debug.go @1.30.3).
 * @throws Error for another document
 */
export function readClusterz(body: string): readonly IstiodCluster[] {
  const parsed: unknown = JSON.parse(body);
  if (!Array.isArray(parsed)) throw new Error('istiod lists no clusters');
  return parsed.map((entry: unknown) => ({
    id: text(at(entry, 'id')) ?? '',
    secret: text(at(entry, 'secretName')) ?? '',
    status: text(at(entry, 'syncStatus')) ?? '',
  }));
}

async function askIstiod(
  asking: Asking,
  facts: ClusterFacts,
): Promise<Answered<readonly IstiodCluster[]> | undefined> {
  const client = asking.clusters.get(facts.spec.name)?.client;
  const istiod = podsOf(itemsOr(facts.objects.istioPods)).find(
    ({ app, status }) => app === 'istiod' && status === 'Running',
  );
  if (!client || !istiod) return undefined;
  return await answered(asking, async context => {
    const place = { namespace: ISTIO_NAMESPACE, pod: istiod.name, container: 'discovery' };
    const argv = ['pilot-discovery', 'request', 'GET', '/debug/clusterz'];
    const outcome = await execIn(client, place, argv, context, asking.deadlineMs);
    if (isTrouble(outcome)) throw new Error(outcome.trouble);
    if (outcome.exitCode !== 0) throw new Error(`istiod does not tell: ${outcome.stderr.split('\n')[0]}`);
    return readClusterz(outcome.stdout);
  });
}

/** Runs curl in a client's pod, if one is there to be believed: ready, or without a sidecar. */
async function curl(
  asking: Asking,
  { spec, pods }: ClusterFacts,
  ...argv: readonly string[]
): Promise<Answered<CurlAnswer> | undefined> {
  const client = asking.clusters.get(spec.name)?.client;
  const pod = pickClientPod(pods, asking.client);
  if (!client || !pod || pod.status !== 'Running' || (pod.hasSidecar && !pod.isReady)) return undefined;
  return await answered(asking, async context => {
    const place = { namespace: NAMESPACE, pod: pod.name, container: asking.client };
    const words = [
      'curl',
      '-sk',
      ...PAST_PROXIES,
      '-m',
      String(CURL_SECONDS),
      '-o',
      '/dev/null',
      '-w',
      '%{http_code}',
      ...argv,
    ];
    const outcome = await execIn(client, place, words, context, asking.deadlineMs);
    if (isTrouble(outcome)) throw new Error(outcome.trouble);
    const { exitCode, stdout } = outcome;
    return { exitCode, stdout };
  });
}

async function askEndpoints(asking: Asking, facts: Facts, own: ClusterFacts): Promise<Probes['endpoints']> {
  const { name } = own.spec;
  const client = asking.clusters.get(name)?.client;
  const pod = pickClientPod(own.pods, asking.client);
  if (!client || !pod?.hasSidecar || pod.status !== 'Running') return new Map();
  const told = await answered(asking, async context => {
    const page = await askProxy(client, { namespace: NAMESPACE, pod: pod.name }, 'clusters', context);
    if (page === undefined) throw new Error('its admin interface does not answer');
    return ownedEndpoints(readEndpoints(page, SERVICE_CLUSTER), facts.clusters, name);
  });
  return new Map([[name, told]]);
}

/** The remote secrets that a cluster's istiod looks at and can read; none if the list was refused. */
const usableSecrets = ({ spec, objects }: ClusterFacts): readonly RemoteSecret[] =>
  isRemote(spec) || 'error' in objects.istioSecrets ? [] : remoteSecretsIn(objects).filter(isWatched);

/**
 * Lists the URLs that a cluster's client is to try: API servers of its secrets, gateways of other networks.
 */
function urlsFrom(topology: Topology, { clusters }: Facts, own: ClusterFacts): readonly string[] {
  const servers = usableSecrets(own).flatMap(({ access }) => ('server' in access ? [access.server] : []));
  const gateways = isMultiNetwork(topology)
    ? [...clusters.values()]
        .filter(({ spec }) => spec.network !== own.spec.network)
        .flatMap(({ gatewayAddresses }) => gatewayAddresses?.slice(0, 1) ?? [])
    : [];
  return [...new Set([...servers, ...gateways.map(gatewayUrl)])];
}

/** Asks each API server whether it accepts the token of a remote secret. */
async function askTokens(asking: Asking, own: ClusterFacts): Promise<Probes['tokens']> {
  const pairs = usableSecrets(own).flatMap(({ secret, access }) =>
    'token' in access && access.token !== undefined
      ? [...asking.clusters.values()].map(cluster => ({ secret, cluster, token: access.token ?? '' }))
      : [],
  );
  const answers = await Promise.all(
    pairs.map(async ({ secret, cluster, token }) => {
      const bearer = cluster.as(token);
      const answer = await answered(asking, ({ signal }) => statusFor(bearer, signal));
      bearer.close();
      return [tokenKey(own.spec.name, secret, cluster.spec.name), answer] as const;
    }),
  );
  return new Map(answers);
}

/** Returns the status with which an API server answers a list that istiod needs. */
async function statusFor(client: KubernetesClient, signal: AbortSignal): Promise<number> {
  try {
    await client.request('GET', '/api/v1/services', { query: { limit: '1' }, signal });
    return 200;
  } catch (error) {
    if (error instanceof KubernetesApiError) return error.code;
    throw error;
  }
}

/** Asks all at once. */
export async function probe(asking: Asking, facts: Facts): Promise<Probes> {
  const all = [...facts.clusters.values()];
  const merge = <K, T>(maps: readonly ReadonlyMap<K, T>[]): ReadonlyMap<K, T> =>
    new Map(maps.flatMap(map => [...map]));
  const [istiods, endpoints, calls, reach, tokens] = await Promise.all([
    Promise.all(all.map(async own => [own.spec.name, await askIstiod(asking, own)] as const)),
    Promise.all(all.map(own => askEndpoints(asking, facts, own))),
    Promise.all(all.map(async own => [own.spec.name, await curl(asking, own, SERVICE_URL)] as const)),
    Promise.all(
      all.flatMap(own =>
        urlsFrom(facts.topology, facts, own).map(
          async url => [reachKey(own.spec.name, url), await curl(asking, own, versionOf(url))] as const,
        ),
      ),
    ),
    Promise.all(all.map(own => askTokens(asking, own))),
  ]);
  return {
    istiods: answersIn(istiods),
    endpoints: merge(endpoints),
    calls: answersIn(calls),
    reach: answersIn(reach),
    tokens: merge(tokens),
  };
}

/** Writes the path of an API server's version, which everyone may read; another server answers somehow. */
const versionOf = (url: string): string => `${url.replace(/\/$/, '')}/version`;

/** Leaves out what nobody was there to be asked. */
function answersIn<K, T>(entries: readonly (readonly [K, T | undefined])[]): ReadonlyMap<K, T> {
  return new Map(entries.flatMap(([key, answer]) => (answer === undefined ? [] : [[key, answer] as const])));
}
