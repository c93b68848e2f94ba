/** Resources of the API: those that kubectl has compiled in, and the names of a resource and its objects. */
import type { ResourcePath } from '../../../base/kubernetes-client.ts';

/** A resource of the API, with every name it goes by. */
export interface Resource {
  /** `apps`; empty for the core group. */
  readonly group: string;
  /** `apps/v1`, or `v1`. */
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly namespaced: boolean;
  /** Known to kubectl itself: it gets strategic merge patches. */
  readonly builtIn: boolean;
}

/**
 * One line for each kind that kubectl has compiled in and that the guide, Istio or a user of it touches:
 * group/version, kind, plural, short names; `-` is cluster-wide.
 */
export const BUILT_IN = `
v1 Namespace namespaces ns -
v1 Node nodes no -
v1 PersistentVolume persistentvolumes pv -
v1 Pod pods po
v1 Service services svc
v1 Secret secrets
v1 ConfigMap configmaps cm
v1 ServiceAccount serviceaccounts sa
v1 Endpoints endpoints ep
v1 Event events ev
v1 LimitRange limitranges limits
v1 ResourceQuota resourcequotas quota
v1 PersistentVolumeClaim persistentvolumeclaims pvc
v1 ReplicationController replicationcontrollers rc
apps/v1 Deployment deployments deploy
apps/v1 ReplicaSet replicasets rs
apps/v1 DaemonSet daemonsets ds
apps/v1 StatefulSet statefulsets sts
apps/v1 ControllerRevision controllerrevisions
batch/v1 Job jobs
batch/v1 CronJob cronjobs cj
autoscaling/v2 HorizontalPodAutoscaler horizontalpodautoscalers hpa
policy/v1 PodDisruptionBudget poddisruptionbudgets pdb
discovery.k8s.io/v1 EndpointSlice endpointslices
networking.k8s.io/v1 Ingress ingresses ing
networking.k8s.io/v1 IngressClass ingressclasses -
networking.k8s.io/v1 NetworkPolicy networkpolicies netpol
coordination.k8s.io/v1 Lease leases
rbac.authorization.k8s.io/v1 Role roles
rbac.authorization.k8s.io/v1 RoleBinding rolebindings
rbac.authorization.k8s.io/v1 ClusterRole clusterroles -
rbac.authorization.k8s.io/v1 ClusterRoleBinding clusterrolebindings -
apiextensions.k8s.io/v1 CustomResourceDefinition customresourcedefinitions crd,crds -
admissionregistration.k8s.io/v1 MutatingWebhookConfiguration mutatingwebhookconfigurations -
admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration validatingwebhookconfigurations -
admissionregistration.k8s.io/v1 ValidatingAdmissionPolicy validatingadmissionpolicies -
admissionregistration.k8s.io/v1 ValidatingAdmissionPolicyBinding validatingadmissionpolicybindings -
apiregistration.k8s.io/v1 APIService apiservices -
scheduling.k8s.io/v1 PriorityClass priorityclasses pc -
storage.k8s.io/v1 StorageClass storageclasses sc -
events.k8s.io/v1 Event events ev
`
  .trim()
  .split('\n')
  .map((line): Resource => {
    const [apiVersion = '', kind = '', plural = '', ...rest] = line.split(' ');
    return {
      group: groupOf(apiVersion),
      apiVersion,
      kind,
      plural,
      singular: kind.toLowerCase(),
      shortNames: rest.filter(word => word !== '-').flatMap(word => word.split(',')),
      namespaced: !rest.includes('-'),
      builtIn: true,
    };
  });

/** `v1`, `apps/v1` and the like: their resources are never asked for. */
export const BUILT_IN_GROUP_VERSIONS = new Set(BUILT_IN.map(({ apiVersion }) => apiVersion));

/** Returns the group of an `apiVersion`; empty for the core group. */
export function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
}

/** Names an object of a resource to people: `deployment.apps/helloworld-v1`. */
export const displayName = (resource: Resource, name: string) => `${typeName(resource)}/${name}`;
/** Names the kind: `deployment.apps`, `service`. */
export const typeName = ({ kind, group }: Resource) => kind.toLowerCase() + (group === '' ? '' : `.${group}`);
/** Names the resource: `deployments.apps`, `services`. */
export const pluralName = ({ plural, group }: Resource) => plural + (group === '' ? '' : `.${group}`);

/**
 * Returns the path of a resource in the API.
 * @param namespace - ignored for cluster-wide resources; undefined stands for all namespaces
 * @param name - undefined stands for the collection
 */
export function pathTo(resource: Resource, namespace: string | undefined, name?: string): ResourcePath {
  return {
    apiVersion: resource.apiVersion,
    plural: resource.plural,
    ...(resource.namespaced && namespace !== undefined && { namespace }),
    ...(name !== undefined && { name }),
  };
}
