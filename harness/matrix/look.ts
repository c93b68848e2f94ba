/** What a trial leaves in its clusters, for what an expectation asks beyond the report. */
import { KubernetesClient } from '../base/kubernetes-client.ts';
import type { StartedPlatform } from '../platform/platform.ts';
import { describePod, listPods } from '../verify/pods.ts';
import { ISTIO_NAMESPACE, NAMESPACE } from '../verify/workloads.ts';
import type { Expectation } from './schema.ts';

/** What was found, by what was asked for and by cluster. */
export type Found = Readonly<
  Record<'istiod' | 'status' | 'pods' | 'warnings', Readonly<Record<string, string>>>
>;

/** Looks for the signs that an expectation names, and for no others. */
export async function lookAt({ clusters }: StartedPlatform, expected: Expectation): Promise<Found> {
  const signal = new AbortController().signal;
  const ask = async (
    names: Readonly<Record<string, string>> | undefined,
    read: (client: KubernetesClient) => Promise<string>,
  ) => {
    const found: Record<string, string> = {};
    for (const [name, cluster] of clusters) {
      if (names?.[name] === undefined) continue;
      const { dial } = cluster;
      const client = new KubernetesClient(cluster.kubeconfig('this-machine'), dial ? { dial } : {});
      try {
        found[name] = await read(client);
      } finally {
        client.close();
      }
    }
    return found;
  };
  return {
    istiod: await ask(expected.istiod, istiodLog),
    status: await ask(expected.status, clusterStatus),
    pods: await ask(expected.pods, async client =>
      (await listPods(client, NAMESPACE, signal)).map(describePod).join('\n'),
    ),
    warnings: await ask(expected.warnings, warningsIn),
  };
}

async function istiods(client: KubernetesClient): Promise<readonly string[]> {
  const place = { apiVersion: 'v1', plural: 'pods', namespace: ISTIO_NAMESPACE };
  const { items } = await client.list(place, { labelSelector: 'app=istiod' });
  return items.map(({ metadata }) => metadata.name ?? '');
}

async function istiodLog(client: KubernetesClient): Promise<string> {
  const logs = (await istiods(client)).map(pod =>
    client.logs(ISTIO_NAMESPACE, pod, { container: 'discovery' }).catch(() => ''),
  );
  return (await Promise.all(logs)).join('');
}

async function clusterStatus(client: KubernetesClient): Promise<string> {
  const [pod = ''] = await istiods(client);
  const argv = ['pilot-discovery', 'request', 'GET', '/debug/clusterz'];
  const { stdout } = await client.exec(ISTIO_NAMESPACE, pod, 'discovery', argv);
  const entries = JSON.parse(stdout || '[]') as readonly { id: string; syncStatus: string }[]; // istiod's own page
  return entries.map(({ id, syncStatus }) => `${id} ${syncStatus}`).join(', ');
}

async function warningsIn(client: KubernetesClient): Promise<string> {
  const { items } = await client.list({ apiVersion: 'v1', plural: 'events', namespace: NAMESPACE });
  return items
    .filter(({ type }) => type === 'Warning')
    .map(({ reason, message }) => `${String(reason)}: ${String(message)}`)
    .join('\n');
}
