/** What only programs within a cluster tell: its istiods, and the proxy of its client. Read only. */
import type { ApiClient } from '../../base/api-client.ts';
import { type ExecContext, pickClientPod } from '../calling.ts';
import type { IstiodCluster } from '../diagnose/links/chain.ts';
import { readClusterz } from '../diagnose/links/probes.ts';
import { tryGather } from '../diagnose/try-gather.ts';
import { askIstiod, type ConnectedProxy, readSync, readVersion } from '../istiod.ts';
import type { PodFact } from '../pods.ts';
import { askProxy, type ProxyEndpoint, readEndpoints } from '../proxy-endpoints.ts';
import { NAMESPACE, SERVICE_CLUSTER } from '../workloads.ts';
import { type Lists, podsIn } from './sights.ts';

/** An answer, or why there is none. */
type Told<T> = { readonly answer: T } | { readonly reason: string };

/** What the programs within one cluster told. */
export interface Inside {
  /** The proxies that are connected to any of its istiods; empty if no istiod runs. */
  readonly proxies: Told<readonly ConnectedProxy[]>;
  /** What its istiod says that it is: `1.31.0`. */
  readonly version: Told<string>;
  /** The clusters that its istiod reads. */
  readonly clusters: Told<readonly IstiodCluster[]>;
  /** The endpoints of HelloWorld in the proxy of its client. */
  readonly endpoints: Told<readonly ProxyEndpoint[]>;
}

/** Whom to ask, and with which deadline. */
interface Asker extends ExecContext {
  readonly client: ApiClient;
  /** The `app` label of the client. */
  readonly app: string;
  /** Tells an abort of the run from the deadline of the look. */
  readonly outer: AbortSignal;
}

async function told<T>({ outer }: Asker, ask: () => Promise<T>): Promise<Told<T>> {
  return await tryGather(async () => ({ answer: await ask() }), outer);
}

const runningIstiods = ({ istioPods }: Lists): readonly PodFact[] =>
  podsIn(istioPods).filter(({ app, status }) => app === 'istiod' && status === 'Running');

async function page(asker: Asker, pod: PodFact, path: string): Promise<string> {
  const answer = await askIstiod(asker, asker.client, pod.name, path);
  if (answer === undefined) throw new Error(`${pod.name} does not answer ${path}`);
  return answer;
}

/** Asks the programs of a cluster. @param hasSecrets - whether istiod has remote secrets to tell of */
export async function askInside(asker: Asker, lists: Lists, hasSecrets: boolean): Promise<Inside> {
  const istiods = runningIstiods(lists);
  const [first] = istiods;
  const [proxies, version, clusters, endpoints] = await Promise.all([
    told(asker, async () =>
      (await Promise.all(istiods.map(async pod => readSync(await page(asker, pod, '/debug/syncz'))))).flat(),
    ),
    told(asker, async () => {
      if (!first) throw new Error('no istiod runs here');
      return readVersion(await page(asker, first, '/version'));
    }),
    told(asker, async () => {
      if (!first) throw new Error('no istiod runs here');
      return hasSecrets ? readClusterz(await page(asker, first, '/debug/clusterz')) : [];
    }),
    told(asker, () => endpointsOf(asker, lists)),
  ]);
  return { proxies, version, clusters, endpoints };
}

async function endpointsOf(asker: Asker, lists: Lists): Promise<readonly ProxyEndpoint[]> {
  const pod = pickClientPod(podsIn(lists.samplePods), asker.app);
  if (!pod) throw new Error('there is no client');
  if (!pod.hasSidecar) throw new Error('the client has no sidecar');
  if (pod.status !== 'Running') throw new Error(`the client does not run: ${pod.status}`);
  const answer = await askProxy(asker.client, { namespace: NAMESPACE, pod: pod.name }, 'clusters', asker);
  if (answer === undefined) throw new Error('the proxy of the client does not answer');
  return readEndpoints(answer, SERVICE_CLUSTER);
}
