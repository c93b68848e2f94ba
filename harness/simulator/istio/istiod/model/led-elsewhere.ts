/**
 * What is said of Istio's resources in a cluster that is led by the istiod of another one: nobody reads them
 * there, as an istiod reads the API server of its own cluster only (pilot/pkg/bootstrap/configcontroller.go
 * @1.30.3 and @1.8.0). Unlike Istio, which says nothing of it.
 */
import type { KubernetesObject } from '../../../../base/kubernetes-client.ts';
import { nameOf } from '../../registry/object-told.ts';

/** Returns all objects of a resource in a cluster: `deployments.apps`, `services`. */
type Look = (resource: string) => readonly KubernetesObject[];

/** Kinds that an istiod reads at an API server; those of Kubernetes it reads in every cluster. */
export const ISTIO_GROUP = /^(?:networking|security|telemetry|extensions)\.istio\.io\//;

/** What has to be known of a cluster: resources by their keys, as API versions and plural names. */
export const LED_BY: Readonly<Record<string, readonly [apiVersion: string, plural: string]>> = {
  'mutatingwebhookconfigurations.admissionregistration.k8s.io': [
    'admissionregistration.k8s.io/v1',
    'mutatingwebhookconfigurations',
  ],
  'deployments.apps': ['apps/v1', 'deployments'],
  services: ['v1', 'services'],
};

/**
 * Whether Istio is installed in a cluster whose proxies another cluster's istiod leads: it has none, or in
 * 1.8 one that injects only, beside the Service of the other.
 */
function isLedElsewhere(look: Look): boolean {
  const isInstalled = look('mutatingwebhookconfigurations.admissionregistration.k8s.io').some(
    ({ metadata }) => metadata.name?.startsWith('istio-sidecar-injector'),
  );
  if (!isInstalled) return false;
  const hasIstiod = look('deployments.apps').some(({ metadata }) => metadata.labels?.['app'] === 'istiod');
  return !hasIstiod || look('services').some(({ metadata }) => metadata.name === 'istiod-remote');
}

/**
 * What comes with an installation is not told of: 1.8 writes filters for telemetry into every cluster, and
 * its guide the Gateway of the east-west gateways.
 */
const comesWithIstio = ({ kind, metadata }: KubernetesObject): boolean =>
  metadata.labels?.['operator.istio.io/component'] !== undefined ||
  (kind === 'Gateway' && metadata.namespace === 'istio-system');

/** Says so of a resource that is written there; nothing of others. */
export const ledElsewhereTold = (object: KubernetesObject, look: Look): readonly string[] =>
  ISTIO_GROUP.test(object.apiVersion ?? '') && !comesWithIstio(object) && isLedElsewhere(look)
    ? [
        `${nameOf(object)} has no effect, as in Istio: the istiod that leads this cluster is in another ` +
          "one, and reads that cluster's API server only",
      ]
    : [];
