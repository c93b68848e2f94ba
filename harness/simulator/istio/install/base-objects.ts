/** The component "Istio core": definitions, service accounts and roles that exist before istiod does. */
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import type { IstioBehaviour } from '../releases.ts';
import { customResourceDefinitions } from './custom-resources.ts';
import {
  clusterRoleWithBinding,
  type PolicyRule,
  READ,
  roleWithBinding,
  serviceAccount,
} from './kubernetes-objects.ts';
import { READER_SERVICE_ACCOUNT, type ReleaseNames } from './release.ts';

const ISTIO_GROUPS = [
  'config.istio.io',
  'security.istio.io',
  'networking.istio.io',
  'authentication.istio.io',
  'rbac.istio.io',
  'telemetry.istio.io',
  'extensions.istio.io',
];
const LABELS = { app: 'istio-reader', release: 'istio' };

/** What other clusters' istiods may do here, through a remote secret. */
export function readerRules(
  behaviour: IstioBehaviour,
  isRemote: boolean,
  externalIstiod: boolean,
): PolicyRule[] {
  const writesConfig = behaviour.leadsRemoteClusters ? isRemote : externalIstiod;
  return [
    { apiGroups: ISTIO_GROUPS, resources: ['*'], verbs: READ },
    {
      apiGroups: [''],
      resources: [
        'endpoints',
        'pods',
        'services',
        'nodes',
        'replicationcontrollers',
        'namespaces',
        'secrets',
        ...(behaviour.install.readerReadsMore || writesConfig ? ['configmaps'] : []),
      ],
      verbs: READ,
    },
    { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: READ },
    { apiGroups: ['apps'], resources: ['replicasets'], verbs: READ },
    { apiGroups: ['authentication.k8s.io'], resources: ['tokenreviews'], verbs: ['create'] },
    { apiGroups: ['authorization.k8s.io'], resources: ['subjectaccessreviews'], verbs: ['create'] },
    ...(behaviour.install.readerReadsMore
      ? [
          { apiGroups: ['apiextensions.k8s.io'], resources: ['customresourcedefinitions'], verbs: READ },
          { apiGroups: ['gateway.networking.k8s.io'], resources: ['gateways'], verbs: READ },
          {
            apiGroups: ['multicluster.x-k8s.io'],
            resources: ['serviceexports', 'serviceimports'],
            verbs: READ,
          },
        ]
      : []),
    ...(writesConfig
      ? [
          { apiGroups: [''], resources: ['configmaps'], verbs: ['create', 'update', 'patch'] },
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
        ]
      : []),
  ];
}

/**
 * What `create-remote-secret --create-service-account` makes where it is missing, and every installation has.
 */
export function readerObjects(
  behaviour: IstioBehaviour,
  names: ReleaseNames,
  { isRemote, externalIstiod }: { readonly isRemote: boolean; readonly externalIstiod: boolean },
): KubernetesObject[] {
  const rules = readerRules(behaviour, isRemote, externalIstiod);
  return [
    serviceAccount(READER_SERVICE_ACCOUNT, LABELS),
    ...clusterRoleWithBinding(names.readerClusterRole, READER_SERVICE_ACCOUNT, rules, LABELS),
  ];
}

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

/** istiod's own identity and what it may do. */
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

/** Returns the objects of the component "Istio core". */
export function coreObjects(
  behaviour: IstioBehaviour,
  names: ReleaseNames,
  reader: { readonly isRemote: boolean; readonly externalIstiod: boolean },
): KubernetesObject[] {
  return [
    ...customResourceDefinitions(behaviour),
    ...readerObjects(behaviour, names, reader),
    ...(behaviour.install.istiodAccessIn === 'Istio core' ? istiodAccess(behaviour, names) : []),
  ];
}
