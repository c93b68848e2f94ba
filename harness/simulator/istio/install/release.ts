/** What the charts of the releases do differently: names of objects, images, labels. */
import type { IstioBehaviour } from '../editions.ts';

export interface ReleaseNames {
  readonly version: string;
  readonly hub: string;
  readonly istiodServiceAccount: string;
  readonly istiodClusterRole: string;
  readonly istiodRole: string;
  readonly readerClusterRole: string;
  readonly validatingWebhook: string;
  /** Objects that an installation carries beside the common ones. */
  readonly installedStateResource: boolean;
}

/** manifests/charts/base, manifests/charts/istio-control/istio-discovery at the release's tag. */
export function releaseNames(behaviour: IstioBehaviour, version: string): ReleaseNames {
  return behaviour.line === '1.8'
    ? {
        version,
        hub: 'docker.io/istio',
        istiodServiceAccount: 'istiod-service-account',
        istiodClusterRole: 'istiod-istio-system',
        istiodRole: 'istiod-istio-system',
        readerClusterRole: 'istio-reader-istio-system',
        validatingWebhook: 'istiod-istio-system',
        installedStateResource: true,
      }
    : {
        version,
        hub: 'registry.istio.io/release',
        istiodServiceAccount: 'istiod',
        istiodClusterRole: 'istiod-clusterrole-istio-system',
        istiodRole: 'istiod',
        readerClusterRole: 'istio-reader-clusterrole-istio-system',
        validatingWebhook: 'istio-validator-istio-system',
        installedStateResource: false,
      };
}

export const READER_SERVICE_ACCOUNT = 'istio-reader-service-account';
