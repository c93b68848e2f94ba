/** One cluster of the mesh as the peer looks at it: pods, calls, scale. */
import { systemClock } from '../../../harness/base/clock.ts';
import type { KubernetesClient, KubernetesObject } from '../../../harness/base/kubernetes-client.ts';
import { waitUntil } from '../../../harness/base/wait.ts';

const WAIT = { timeoutMs: 60_000, intervalMs: 200, clock: systemClock };
/** What a gateway calls HelloWorld, by SNI. */
export const THROUGH_GATEWAY = 'outbound_.5000_._.helloworld.sample.svc.cluster.local';
const CALL_SECONDS = 40;

/** An answer to curl, in parts. */
export interface Answer {
  readonly status: string;
  /** Without their values, sorted. */
  readonly headers: readonly string[];
  readonly body: string;
  /** Rounded: on a busy machine no two calls take the same time. */
  readonly seconds: number;
}

/** @returns the pods whose names begin with `prefix` */
export async function podsOf(
  client: KubernetesClient,
  namespace: string,
  prefix: string,
): Promise<readonly KubernetesObject[]> {
  const { items } = await client.list({ apiVersion: 'v1', plural: 'pods', namespace });
  return items.filter(({ metadata }) => metadata.name?.startsWith(prefix));
}

async function nameOf(client: KubernetesClient, namespace: string, prefix: string): Promise<string> {
  const [pod] = await podsOf(client, namespace, prefix);
  if (!pod?.metadata.name) throw new Error(`there is no pod ${prefix}…`);
  return pod.metadata.name;
}

/**
 * Calls HelloWorld from the container `curl` of a pod.
 * @param pod - what its name begins with
 * @param host - the header, if it is another one
 */
export async function call(client: KubernetesClient, pod: string, host?: string): Promise<Answer> {
  const name = await nameOf(client, 'sample', pod);
  const more = host === undefined ? [] : ['-H', `Host: ${host}`];
  const argv = ['curl', '-s', '-i', '-m', String(CALL_SECONDS), ...more, 'helloworld.sample:5000/hello'];
  const startMs = systemClock.now();
  const { stdout, exitCode } = await client.exec('sample', name, 'curl', argv);
  const [head = '', body = ''] = stdout.split(/\r?\n\r?\n(.*)/s);
  const [status = '', ...headers] = head.split(/\r?\n/);
  const names = headers.map(header => header.replace(/:.*/s, '').toLowerCase());
  return {
    status: status === '' ? `curl exit ${exitCode}` : status,
    headers: names.sort(),
    body: body.trim(),
    seconds: Math.round((systemClock.now() - startMs) / 1000),
  };
}

/** @returns the answers of so many calls, one after the other */
export async function callOften(client: KubernetesClient, pod: string, times: number): Promise<Answer[]> {
  const answers: Answer[] = [];
  while (answers.length < times) answers.push(await call(client, pod));
  return answers;
}

/** A proxy, by the beginning of its pod's name. */
export interface Proxy {
  readonly client: KubernetesClient;
  readonly namespace: string;
  readonly pod: string;
}

/** @returns the lines of `/clusters` about the hosts of a cluster, without its name */
async function hostLines({ client, namespace, pod }: Proxy, cluster: string): Promise<readonly string[]> {
  const argv = ['pilot-agent', 'request', 'GET', 'clusters'];
  const { stdout } = await client.exec(namespace, await nameOf(client, namespace, pod), 'istio-proxy', argv);
  return stdout
    .split('\n')
    .filter(line => line.startsWith(`${cluster}::`))
    .map(line => line.slice(cluster.length + 2));
}

/** Waits until a proxy knows no other addresses for a cluster than these. */
export async function untilHosts(proxy: Proxy, cluster: string, addresses: readonly string[]): Promise<void> {
  await waitUntil(
    `${proxy.pod}… to know ${addresses.join() || 'nobody'} for ${cluster}`,
    async () => [
      ...new Set((await hostLines(proxy, cluster)).flatMap(line => /^\d+\.\d+\.\d+\.\d+/.exec(line) ?? [])),
    ],
    found => found.sort().join() === [...addresses].sort().join(),
    WAIT,
  );
}

/** @returns the addresses of the pods of HelloWorld in a cluster */
export async function helloWorldAddresses(client: KubernetesClient): Promise<readonly string[]> {
  const pods = await podsOf(client, 'sample', 'helloworld-');
  return pods.flatMap(({ status }) => (status as { podIP?: string } | undefined)?.podIP ?? []);
}

/** @returns the sum of a counter over the hosts of a cluster */
export async function countOf(proxy: Proxy, cluster: string, counter: string): Promise<number> {
  return (await hostLines(proxy, cluster))
    .filter(line => line.includes(`::${counter}::`))
    .reduce((sum, line) => sum + Number(line.split('::').at(-1)), 0);
}

/** The east-west gateway of a cluster. */
export const gatewayOf = (client: KubernetesClient): Proxy => ({
  client,
  namespace: 'istio-system',
  pod: 'istio-eastwestgateway',
});

/** @returns the address of the gateway's pod: who calls, for those behind it */
export async function gatewayAddress(client: KubernetesClient): Promise<string> {
  const [gateway] = await podsOf(client, 'istio-system', 'istio-eastwestgateway');
  const { podIP = '' } = (gateway?.status ?? {}) as { podIP?: string };
  return podIP;
}

/** @returns the address by which other networks reach the gateway */
export async function loadBalancerOf(client: KubernetesClient): Promise<string> {
  const name = { namespace: 'istio-system', name: 'istio-eastwestgateway' };
  const { status } = await client.get({ apiVersion: 'v1', plural: 'services', ...name });
  const { loadBalancer } = status as { loadBalancer?: { ingress?: { ip?: string }[] } };
  return loadBalancer?.ingress?.[0]?.ip ?? '';
}

/** Sets the number of pods of a Deployment in `sample`, and waits until there are so many, all ready. */
export async function scale(client: KubernetesClient, name: string, replicas: number): Promise<void> {
  const path = { apiVersion: 'apps/v1', plural: 'deployments', namespace: 'sample', name };
  await client.patch(path, 'merge', { spec: { replicas } });
  await untilReady(client, 'sample', `${name}-`, replicas);
}

/** Deletes the pods of a Deployment, and waits until others have taken their place. */
export async function restart(client: KubernetesClient, namespace: string, prefix: string): Promise<void> {
  const old = await podsOf(client, namespace, prefix);
  for (const { metadata } of old)
    await client.delete({ apiVersion: 'v1', plural: 'pods', namespace, name: metadata.name ?? '' });
  const names = old.map(({ metadata }) => metadata.name);
  await waitUntil(
    `${prefix}… to be gone`,
    () => podsOf(client, namespace, prefix),
    pods => pods.every(({ metadata }) => !names.includes(metadata.name)),
    WAIT,
  );
  await untilReady(client, namespace, prefix, old.length);
}

/** Waits until that many pods are there, and all of them are ready. */
export async function untilReady(
  client: KubernetesClient,
  namespace: string,
  prefix: string,
  count: number,
): Promise<void> {
  await waitUntil(
    `${count} ready pods ${prefix}…`,
    () => podsOf(client, namespace, prefix),
    pods => pods.length === count && pods.every(isReady),
    { ...WAIT, describe: pods => `${(pods as KubernetesObject[]).length} pods` },
  );
}

function isReady({ status }: KubernetesObject): boolean {
  const { conditions = [] } = (status ?? {}) as { conditions?: { type: string; status: string }[] };
  return conditions.some(({ type, status: is }) => type === 'Ready' && is === 'True');
}
