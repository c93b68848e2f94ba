/**
 * The twelve EnvoyFilters of 1.8's telemetry; they shape metrics only, which the simulated proxy counts by
 * itself.
 */
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import { ISTIO_NAMESPACE, kubernetesObject } from './kubernetes-objects.ts';

/**
 * manifests/charts/istio-control/istio-discovery/templates/telemetryv2_1.8.yaml and its elder sisters @1.8.0
 */
export function telemetryFilters(): KubernetesObject[] {
  const names = ['metadata-exchange', 'tcp-metadata-exchange', 'stats-filter', 'tcp-stats-filter'];
  return ['1.6', '1.7', '1.8'].flatMap(release =>
    names.map(name =>
      kubernetesObject(
        'networking.istio.io/v1alpha3',
        'EnvoyFilter',
        { name: `${name}-${release}`, namespace: ISTIO_NAMESPACE, labels: { 'istio.io/rev': 'default' } },
        { spec: { configPatches: [] } },
      ),
    ),
  );
}
