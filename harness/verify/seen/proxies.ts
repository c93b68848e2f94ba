/** Which istiod has which proxies connected, as the istiods report it. */
import type { ApiClient } from '../../base/api-client.ts';
import { tryGather } from '../diagnose/try-gather.ts';
import type { ConnectedProxy } from '../istiod.ts';
import type { PodFact } from '../pods.ts';
import { GATEWAY, ISTIO_NAMESPACE, NAMESPACE, SERVICE, SIDECAR } from '../workloads.ts';
import type { Inside } from './ask.ts';
import { complaintIn } from './complaint.ts';
import type { SeenProxy } from './seen.ts';
import { type Lists, podsIn } from './sights.ts';

/** A pod with a proxy. */
interface ProxyPod extends PodFact {
  readonly namespace: string;
  readonly workload: string;
}

/** Lines of a proxy's log that are read, from its end. */
const TAIL = '200';

/** HelloWorld has a workload for each version; whatever labels others have, they are one each. */
const workloadOf = ({ app = '', version }: PodFact): string => (app === SERVICE ? `${app}-${version}` : app);

/** Lists the pods of a cluster whose proxies count: the guide's workloads, and the east-west gateway. */
function proxyPods({ istioPods, samplePods }: Lists, clientApp: string): readonly ProxyPod[] {
  const all = [
    ...podsIn(samplePods)
      .filter(
        ({ app, version, hasSidecar }) =>
          hasSidecar && (app === clientApp || (app === SERVICE && version !== undefined)),
      )
      .map(pod => ({ ...pod, namespace: NAMESPACE })),
    ...podsIn(istioPods)
      .filter(({ app }) => app === GATEWAY)
      .map(pod => ({ ...pod, namespace: ISTIO_NAMESPACE })),
  ];
  return all.map(pod => ({ ...pod, workload: workloadOf(pod) }));
}

/** Where proxies are looked for: by cluster, what its istiods told. */
export type Istiods = ReadonlyMap<string, Inside['proxies'] | undefined>;

/** Where the pods are, and how their logs are read. */
interface Place {
  readonly client: ApiClient;
  readonly signal: AbortSignal;
  readonly outer: AbortSignal;
}

/** Finds who is connected to whom. Of a proxy that no istiod has, its own log tells why. */
export async function proxiesSeen(
  lists: Lists,
  app: string,
  istiods: Istiods,
  place: Place,
): Promise<readonly SeenProxy[]> {
  const pods = proxyPods(lists, app);
  const workloads = [...new Set(pods.map(({ workload }) => workload))];
  return await Promise.all(
    workloads.map(workload =>
      proxySeen(
        workload,
        pods.filter(pod => pod.workload === workload),
        istiods,
        place,
      ),
    ),
  );
}

interface Connection extends ConnectedProxy {
  readonly cluster: string;
}

async function proxySeen(
  workload: string,
  pods: readonly ProxyPod[],
  istiods: Istiods,
  place: Place,
): Promise<SeenProxy> {
  const connections: readonly Connection[] = [...istiods].flatMap(([cluster, proxies]) =>
    proxies && 'answer' in proxies ? proxies.answer.map(proxy => ({ ...proxy, cluster })) : [],
  );
  const isOf = (pod: ProxyPod) => (proxy: Connection) => proxy.id === `${pod.name}.${pod.namespace}`;
  const connected = pods.flatMap(pod => connections.filter(isOf(pod)));
  const seen = {
    workload,
    pods: pods.map(({ name }) => name),
    istiods: [...new Set(connected.map(({ cluster }) => cluster))],
  };
  const lonely = pods.find(pod => !connections.some(isOf(pod)));
  if (!lonely) {
    const refusals = connected.flatMap(proxy => proxy.refusals);
    if (refusals[0] === undefined) return { ...seen, state: 'present' };
    return { ...seen, state: 'broken', error: `it refused what istiod sent: ${refusals[0]}` };
  }
  const silent = [...istiods].find(([, proxies]) => proxies && 'reason' in proxies);
  if (silent) {
    const [cluster, why] = silent;
    const reason = why && 'reason' in why ? why.reason : '';
    return { ...seen, state: 'not-seen', error: `the istiod of ${cluster} does not tell: ${reason}` };
  }
  return { ...seen, state: 'broken', error: await whyLonely(lonely, place) };
}

async function whyLonely(pod: ProxyPod, { client, signal, outer }: Place): Promise<string> {
  const query = { container: SIDECAR, tailLines: TAIL };
  const log = await tryGather(() => client.logs(pod.namespace, pod.name, query, signal), outer);
  const complaint = typeof log === 'string' ? complaintIn(log) : undefined;
  const bare = `no istiod has ${pod.name} connected`;
  return complaint === undefined ? bare : `${bare}; its log: ${complaint}`;
}
