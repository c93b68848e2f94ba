/**
 * From the names that people use (`deploy`, `services`, `Gateway`) to the API's resources: what kubectl calls
 * the REST mapper.
 */
import type { KubernetesClient, ResourcePath } from '../../../base/kubernetes-client.ts';
import { isNotFound } from '../../../base/kubernetes-client.ts';

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
const BUILT_IN = `
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
const BUILT_IN_GROUP_VERSIONS = new Set(BUILT_IN.map(({ apiVersion }) => apiVersion));

export function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
}

/** How an object of a resource is named to people: `deployment.apps/helloworld-v1`. */
export const displayName = (resource: Resource, name: string) => `${typeName(resource)}/${name}`;
/** `deployment.apps`, `service`. */
export const typeName = ({ kind, group }: Resource) => kind.toLowerCase() + (group === '' ? '' : `.${group}`);
/** `deployments.apps`, `services`. */
export const pluralName = ({ plural, group }: Resource) => plural + (group === '' ? '' : `.${group}`);

export function pathTo(resource: Resource, namespace: string | undefined, name?: string): ResourcePath {
  return {
    apiVersion: resource.apiVersion,
    plural: resource.plural,
    ...(resource.namespaced && namespace !== undefined && { namespace }),
    ...(name !== undefined && { name }),
  };
}

interface ApiResource {
  readonly name: string;
  readonly singularName?: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly shortNames?: readonly string[];
}

/**
 * The resources of one cluster. Those that are compiled in cost no request; custom ones are asked for when
 * they are first named.
 */
export class ResourceMapper {
  readonly #client: KubernetesClient;
  readonly #signal: AbortSignal;
  readonly #discovered = new Map<string, readonly Resource[]>();

  constructor(client: KubernetesClient, signal: AbortSignal) {
    this.#client = client;
    this.#signal = signal;
  }

  /** @returns undefined if the server has no such kind in that version */
  async ofKind(apiVersion: string, kind: string): Promise<Resource | undefined> {
    const builtIn = BUILT_IN.find(resource => resource.apiVersion === apiVersion && resource.kind === kind);
    if (builtIn) return builtIn;
    const ofThatKind = (resource: Resource) => resource.kind === kind;
    const known = this.#discovered.get(apiVersion)?.find(ofThatKind);
    if (known) return known;
    // A definition may have been established since the group was last asked for.
    this.#discovered.delete(apiVersion);
    return (await this.#resourcesOf(apiVersion)).find(ofThatKind);
  }

  /** @param name - plural, singular, short name or kind, perhaps with `.group` or `.version.group` */
  async ofName(name: string): Promise<Resource | undefined> {
    const [word = '', ...rest] = name.toLowerCase().split('.');
    const group = rest.join('.');
    const matches = (resource: Resource) =>
      (resource.plural === word || resource.singular === word || resource.shortNames.includes(word)) &&
      (group === '' ||
        resource.group === group ||
        group === `${versionOf(resource.apiVersion)}.${resource.group}` ||
        (resource.group !== '' && resource.group.startsWith(`${group}.`)));
    const builtIn = BUILT_IN.find(matches);
    if (builtIn) return builtIn;
    for (const apiVersion of await this.#customGroupVersions()) {
      const found = (await this.#resourcesOf(apiVersion)).find(matches);
      if (found) return found;
    }
    return undefined;
  }

  async #resourcesOf(apiVersion: string): Promise<readonly Resource[]> {
    const known = this.#discovered.get(apiVersion);
    if (known) return known;
    const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    let list: { resources?: readonly ApiResource[] };
    try {
      // An APIResourceList.
      list = (await this.#client.request('GET', root, { signal: this.#signal })) as typeof list;
    } catch (error) {
      if (isNotFound(error)) return [];
      throw error;
    }
    const resources = (list.resources ?? [])
      .filter(({ name }) => !name.includes('/'))
      .map(
        ({ name, singularName, kind, namespaced, shortNames }): Resource => ({
          group: groupOf(apiVersion),
          apiVersion,
          kind,
          plural: name,
          singular: singularName || kind.toLowerCase(),
          shortNames: shortNames ?? [],
          namespaced,
          builtIn: BUILT_IN_GROUP_VERSIONS.has(apiVersion),
        }),
      );
    this.#discovered.set(apiVersion, resources);
    return resources;
  }

  /** Preferred versions of the groups that are not compiled in, in the server's order. */
  async #customGroupVersions(): Promise<readonly string[]> {
    const groups = (await this.#client.request('GET', '/apis', { signal: this.#signal })) as {
      groups?: readonly { readonly preferredVersion?: { readonly groupVersion: string } }[];
    }; // an APIGroupList
    return (groups.groups ?? [])
      .map(group => group.preferredVersion?.groupVersion ?? '')
      .filter(version => version !== '' && !BUILT_IN_GROUP_VERSIONS.has(version));
  }
}

const versionOf = (apiVersion: string) => apiVersion.slice(apiVersion.indexOf('/') + 1);
