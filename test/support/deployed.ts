/** Workloads of `verify --deploy`: what is there of them, and runs that are killed with them. */
import { systemClock } from '../../harness/base/clock.ts';
import type { KubernetesClient } from '../../harness/base/kubernetes-client.ts';
import { waitUntil } from '../../harness/base/wait.ts';
import { clean } from '../../harness/platform/clean.ts';
import { startCli } from './cli.ts';

/** A kubeconfig with all clusters, the state of runs, and where they run. */
export interface RunFiles {
  readonly folder: string;
  readonly kubeconfig: string;
  readonly state: string;
}

/** Cleans up what ended runs have left. */
export const cleanUp = ({ state }: RunFiles) =>
  clean({ state, clock: systemClock, connect: () => Promise.reject(new Error('no engine is needed')) });

/** Ends a run of its own process once workloads are in both clusters. */
export async function killedWhileItDeploys(files: RunFiles): Promise<void> {
  const { ended } = startCli(['verify', '--deploy', '--kubeconfig', files.kubeconfig], {
    cwd: files.folder,
    env: { CTX_CLUSTER1: 'cluster1', CTX_CLUSTER2: 'cluster2', MESH_HARNESS_STATE: files.state },
    onStderr: (text, child) => {
      if (/✓ cluster1: Deploy sleep/.test(text) && /✓ cluster2: Deploy sleep/.test(text))
        child.kill('SIGKILL');
    },
  });
  const { code, stderr } = await ended;
  if (code !== null) throw new Error(`It ended by itself: ${stderr}`);
}

const KINDS = ['pods', 'services', 'serviceaccounts', 'configmaps', 'secrets'].map(plural => ({
  apiVersion: 'v1',
  plural,
}));

/** The namespaces, and what is in `sample`, once pods that are going have gone. */
export async function settled(clients: ReadonlyMap<string, KubernetesClient>): Promise<unknown> {
  const found: unknown[] = [];
  for (const client of clients.values()) {
    const namespaces = await client.list({ apiVersion: 'v1', plural: 'namespaces' });
    found.push(namespaces.items.map(({ metadata: { name, uid, labels } }) => ({ name, uid, labels })));
    for (const kind of [...KINDS, { apiVersion: 'apps/v1', plural: 'deployments' }]) {
      const list = () => client.list({ ...kind, namespace: 'sample' });
      const { items } = await waitUntil(
        'pods to go',
        list,
        ({ items }) => kind.plural !== 'pods' || items.length === 0,
        { clock: systemClock, timeoutMs: 60_000, intervalMs: 50 },
      );
      found.push(items.map(({ metadata: { name } }) => `${kind.plural}/${name}`));
    }
  }
  return found;
}
