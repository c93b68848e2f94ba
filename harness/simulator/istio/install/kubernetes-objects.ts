/** Builders for the Kubernetes objects of an installation: short forms, no decisions. */
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';

/** The only namespace for control planes that is simulated; gateways may be in others. */
export const ISTIO_NAMESPACE = 'istio-system';

/** The metadata that a chart sets. */
export interface ObjectMeta {
  readonly name: string;
  /** Absent for what is not in a namespace. */
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Returns an object with its metadata first, as charts write them. */
export function kubernetesObject(
  apiVersion: string,
  kind: string,
  { name, namespace, labels, annotations }: ObjectMeta,
  fields: Record<string, unknown> = {},
): KubernetesObject {
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      ...(labels && { labels: { ...labels } }),
      ...(annotations && { annotations: { ...annotations } }),
    },
    ...fields,
  };
}

/** What a role allows (rbac.authorization.k8s.io/v1). */
export type PolicyRule = {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
};

/** The verbs of a client that only watches. */
export const READ = ['get', 'list', 'watch'] as const;
/** API groups that Istio's own resources have, or had in some release. */
export const ISTIO_GROUPS = [
  'config.istio.io',
  'security.istio.io',
  'networking.istio.io',
  'authentication.istio.io',
  'rbac.istio.io',
  'telemetry.istio.io',
  'extensions.istio.io',
] as const;

/** Makes a ClusterRole and its binding, of one name, to a service account in istio-system. */
export function clusterRoleWithBinding(
  name: string,
  serviceAccount: string,
  rules: readonly PolicyRule[],
  labels: Readonly<Record<string, string>>,
): KubernetesObject[] {
  const apiGroup = 'rbac.authorization.k8s.io';
  return [
    kubernetesObject(`${apiGroup}/v1`, 'ClusterRole', { name, labels }, { rules }),
    kubernetesObject(
      `${apiGroup}/v1`,
      'ClusterRoleBinding',
      { name, labels },
      {
        roleRef: { apiGroup, kind: 'ClusterRole', name },
        subjects: [{ kind: 'ServiceAccount', name: serviceAccount, namespace: ISTIO_NAMESPACE }],
      },
    ),
  ];
}

/** The metadata of an object in a namespace. */
type NamespacedMeta = ObjectMeta & {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
};

/** Makes a Role and its binding, of one name, to a service account in the same namespace. */
export function roleWithBinding(
  meta: NamespacedMeta,
  serviceAccount: string,
  rules: readonly PolicyRule[],
): KubernetesObject[] {
  const apiGroup = 'rbac.authorization.k8s.io';
  return [
    kubernetesObject(`${apiGroup}/v1`, 'Role', meta, { rules }),
    kubernetesObject(`${apiGroup}/v1`, 'RoleBinding', meta, {
      roleRef: { apiGroup, kind: 'Role', name: meta.name },
      subjects: [{ kind: 'ServiceAccount', name: serviceAccount, namespace: meta.namespace }],
    }),
  ];
}

/** Returns a service account, in istio-system unless another namespace is given. */
export function serviceAccount(
  name: string,
  labels: Readonly<Record<string, string>>,
  namespace = ISTIO_NAMESPACE,
): KubernetesObject {
  return kubernetesObject('v1', 'ServiceAccount', { name, namespace, labels });
}

/** Returns a service account with the secrets by which its pods' images are pulled. */
export const withPullSecrets = (account: KubernetesObject, names: readonly string[]): KubernetesObject =>
  names.length === 0 ? account : { ...account, imagePullSecrets: names.map(name => ({ name })) };

/** Returns a HorizontalPodAutoscaler of the Deployment of its name, for 80 % of its CPU. */
export function autoscaler(
  meta: NamespacedMeta,
  { min, max }: { readonly min: number; readonly max: number },
): KubernetesObject {
  // autoscaling/v2 and policy/v1 below: the simulated Kubernetes is 1.32, where a real Istio 1.8 would ask
  // for versions that are gone.
  return kubernetesObject('autoscaling/v2', 'HorizontalPodAutoscaler', meta, {
    spec: {
      minReplicas: min,
      maxReplicas: max,
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: meta.name },
      metrics: [
        {
          type: 'Resource',
          resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
        },
      ],
    },
  });
}

/** Returns a PodDisruptionBudget that keeps one pod running. */
export function disruptionBudget(
  meta: NamespacedMeta,
  selector: Readonly<Record<string, string>>,
): KubernetesObject {
  return kubernetesObject('policy/v1', 'PodDisruptionBudget', meta, {
    spec: { minAvailable: 1, selector: { matchLabels: { ...selector } } },
  });
}
