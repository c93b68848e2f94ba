/** The list of certificates that a plugged-in CA has revoked, for sidecars to mount. */
import type { KubernetesClient } from '../../../../base/kubernetes-client.ts';

const NAME = 'istio-ca-crl';

/**
 * Makes ConfigMap `istio-ca-crl` with an empty list in istiod's namespace (real-istio 2026-11). Unlike Istio,
 * no list is read or heeded.
 */
export async function publishRevocations(
  client: KubernetesClient,
  namespace: string,
  signal: AbortSignal,
): Promise<void> {
  const object = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: NAME, namespace, labels: { 'istio.io/config': 'true' } },
    data: { 'ca-crl.pem': '' },
  };
  try {
    await client.create({ apiVersion: 'v1', plural: 'configmaps', namespace }, object, {}, signal);
  } catch {
    // It is there, or the server cannot be reached: nothing here depends on it.
  }
}
