/** Whose an object in a user's cluster is: Istio's, this run's, or someone else's. */
import type { KubernetesClient, KubernetesObject } from '../../base/kubernetes-client.ts';

/** The guide's namespaces: a cluster that has one of them is in use. */
export const NAMESPACES = ['istio-system', 'sample'] as const;

/** A kind without a namespace of which an installation leaves objects behind. */
export interface ClusterScopedKind {
  readonly apiVersion: string;
  readonly plural: string;
  /** Not every cluster has it. */
  readonly optional?: true;
}

/**
 * In the order in which they are removed. Webhooks first: they would refuse what comes after once their
 * server is gone. Then what istiod is allowed to do, so that it makes nothing anew.
 */
export const CLUSTER_SCOPED: readonly ClusterScopedKind[] = [
  { apiVersion: 'admissionregistration.k8s.io/v1', plural: 'mutatingwebhookconfigurations' },
  { apiVersion: 'admissionregistration.k8s.io/v1', plural: 'validatingwebhookconfigurations' },
  // Where asked for by values.experimental.stableValidationPolicy (istio/istio
  // manifests/charts/base/templates @1.30.3).
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    plural: 'validatingadmissionpolicybindings',
    optional: true,
  },
  { apiVersion: 'admissionregistration.k8s.io/v1', plural: 'validatingadmissionpolicies', optional: true },
  { apiVersion: 'rbac.authorization.k8s.io/v1', plural: 'clusterrolebindings' },
  { apiVersion: 'rbac.authorization.k8s.io/v1', plural: 'clusterroles' },
  { apiVersion: 'apiextensions.k8s.io/v1', plural: 'customresourcedefinitions' },
  // istiod makes them where the Gateway API is installed (istio/istio
  // pilot/pkg/config/kube/gateway/gatewayclass.go @1.30.3).
  { apiVersion: 'gateway.networking.k8s.io/v1', plural: 'gatewayclasses', optional: true },
];

/**
 * istiod writes them into every namespace (istio/istio
 * pilot/pkg/serviceregistry/kube/controller/namespacecontroller.go @1.30.3).
 */
export const ROOT_CONFIG_MAPS = ['istio-ca-root-cert', 'istio-ca-crl'] as const;

/**
 * What istioctl puts on each object that it makes, and the charts on most (istio/istio manifests/charts
 * @1.8.0, @1.30.3).
 */
const LABELS = [
  'install.operator.istio.io/owning-resource',
  'operator.istio.io/component',
  'istio.io/rev',
  'release',
];

/** Tells whether an installation made an object: a name of Istio's alone may be anyone's. */
export function isOfIstio({ metadata, ...object }: KubernetesObject): boolean {
  const { name = '', labels = {} } = metadata;
  // A GatewayClass has no labels, but says who serves it.
  const { controllerName = '' } = (object['spec'] ?? {}) as { readonly controllerName?: string };
  if (controllerName.startsWith('istio.io/')) return true;
  return /(^|[-.])istio(d|-|\.|$)/.test(name) && LABELS.some(label => label in labels);
}

/**
 * Tells whether a CustomResourceDefinition is of Istio's groups, whoever made it: an installation would write
 * over it.
 */
export const isIstioDefinition = (name: string): boolean => /\.istio\.io$/.test(name);

/**
 * Names the namespace of a run's probes. It is the run's first write in every cluster. It stays until the run
 * has ended, so that runs of other machines see that the cluster is taken.
 */
export const probeNamespaceOf = (runId: string): string => `mesh-harness-${runId}`;

/** Lists the namespaces of other runs that work on a cluster, or that were killed there. */
export async function namespacesOfRuns(
  client: KubernetesClient,
  signal: AbortSignal,
  ownRunId?: string,
): Promise<readonly string[]> {
  const { items } = await client.list({ apiVersion: 'v1', plural: 'namespaces' }, {}, signal);
  const names = items
    .map(({ metadata }) => metadata.name ?? '')
    .filter(name => name.startsWith(probeNamespaceOf('')));
  return names.filter(name => ownRunId === undefined || name !== probeNamespaceOf(ownRunId));
}
