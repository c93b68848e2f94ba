/** The service account of istiod and its roles. */
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import type { IstioBehaviour } from '../behaviour.ts';
import {
  clusterRoleWithBinding,
  ISTIO_GROUPS,
  type PolicyRule,
  READ,
  roleWithBinding,
  serviceAccount,
} from './kubernetes-objects.ts';
import type { ReleaseNames } from './release.ts';

const ISTIOD_LABELS = { app: 'istiod', release: 'istio' };

function istiodRules(): PolicyRule[] {
  return [
    {
      apiGroups: ['admissionregistration.k8s.io'],
      resources: ['mutatingwebhookconfigurations'],
      verbs: [...READ, 'update', 'patch'],
    },
    {
      apiGroups: ['admissionregistration.k8s.io'],
      resources: ['validatingwebhookconfigurations'],
      verbs: [...READ, 'update'],
    },
    { apiGroups: ISTIO_GROUPS, resources: ['*'], verbs: [...READ, 'create', 'delete', 'patch', 'update'] },
    { apiGroups: ['apiextensions.k8s.io'], resources: ['customresourcedefinitions'], verbs: READ },
    {
      apiGroups: [''],
      resources: ['pods', 'nodes', 'services', 'namespaces', 'endpoints', 'secrets'],
      verbs: READ,
    },
    { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: READ },
    { apiGroups: [''], resources: ['configmaps'], verbs: [...READ, 'create', 'update'] },
    { apiGroups: ['authentication.k8s.io'], resources: ['tokenreviews'], verbs: ['create'] },
    { apiGroups: ['authorization.k8s.io'], resources: ['subjectaccessreviews'], verbs: ['create'] },
  ];
}

/** Returns the account that istiod runs as, and roles for its own cluster. */
export function istiodAccess(behaviour: IstioBehaviour, names: ReleaseNames): KubernetesObject[] {
  const account = names.istiodServiceAccount;
  return [
    serviceAccount(account, ISTIOD_LABELS),
    ...clusterRoleWithBinding(names.istiodClusterRole, account, istiodRules(), ISTIOD_LABELS),
    ...(behaviour.install.managesGateways
      ? clusterRoleWithBinding(
          'istiod-gateway-controller-istio-system',
          account,
          [
            {
              apiGroups: ['apps'],
              resources: ['deployments'],
              verbs: [...READ, 'update', 'patch', 'create', 'delete'],
            },
            {
              apiGroups: [''],
              resources: ['services', 'serviceaccounts'],
              verbs: [...READ, 'update', 'patch', 'create', 'delete'],
            },
          ],
          ISTIOD_LABELS,
        )
      : []),
    ...roleWithBinding(
      names.istiodRole,
      account,
      [
        {
          apiGroups: [''],
          resources: ['secrets'],
          verbs: ['create', 'get', 'watch', 'list', 'update', 'delete'],
        },
        {
          apiGroups: ['coordination.k8s.io'],
          resources: ['leases'],
          verbs: ['get', 'update', 'patch', 'create'],
        },
      ],
      ISTIOD_LABELS,
    ),
  ];
}
