/** The Leases of istiod's work for the Gateway API, which is not simulated: they are there to be seen. */
import { KubernetesApiError, type KubernetesClient } from '../../../../base/kubernetes-client.ts';
import type { IstiodSettings } from '../model/settings.ts';

/** Whose Leases they are. */
interface LeaseOptions {
  readonly settings: IstiodSettings;
  readonly client: () => KubernetesClient;
  readonly signal: AbortSignal;
}

/** Makes the Leases that are missing. Unlike Istio, it does not renew them, nor take them over. */
export async function holdLeases(
  { settings, client, signal }: LeaseOptions,
  names: readonly string[],
): Promise<void> {
  const { namespace, podName } = settings;
  const path = { apiVersion: 'coordination.k8s.io/v1', plural: 'leases', namespace };
  for (const name of names) {
    const lease = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name, namespace },
      spec: { holderIdentity: podName, leaseDurationSeconds: 30 },
    };
    try {
      await client().create(path, lease, {}, signal);
    } catch (error) {
      // Another istiod's, or a server that cannot be reached: nothing here depends on it.
      if (signal.aborted || !(error instanceof KubernetesApiError)) return;
    }
  }
}
