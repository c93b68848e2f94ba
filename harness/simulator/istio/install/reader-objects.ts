/** The account by which istiods of other clusters read this one, and what they may do with it. */
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import type { IstioBehaviour } from '../behaviour.ts';
import {
  clusterRoleWithBinding,
  ISTIO_GROUPS,
  type PolicyRule,
  READ,
  serviceAccount,
  withPullSecrets,
} from './kubernetes-objects.ts';
import { READER_SERVICE_ACCOUNT, type ReleaseNames } from './release.ts';

const LABELS = { app: 'istio-reader', release: 'istio' };

/** What the reader's account and rights depend on. */
interface ReaderOptions {
  readonly isRemote: boolean;
  readonly externalIstiod: boolean;
  readonly imagePullSecrets?: readonly string[];
}

/** Returns what istiods of other clusters may do here, through a remote secret. */
function readerRules(behaviour: IstioBehaviour, isRemote: boolean, externalIstiod: boolean): PolicyRule[] {
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
          { apiGroups: ['networking.istio.io'], resources: ['workloadentries'], verbs: READ },
          {
            apiGroups: ['networking.x-k8s.io', 'gateway.networking.k8s.io'],
            resources: ['gateways'],
            verbs: READ,
          },
          {
            apiGroups: ['multicluster.x-k8s.io'],
            resources: ['serviceexports'],
            verbs: [...READ, 'create', 'delete'],
          },
          { apiGroups: ['multicluster.x-k8s.io'], resources: ['serviceimports'], verbs: READ },
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
 * Returns the reader's account and its role. Every installation has them, and
 * `create-remote-secret --create-service-account` makes them where they are missing.
 */
export function readerObjects(
  behaviour: IstioBehaviour,
  names: ReleaseNames,
  { isRemote, externalIstiod, imagePullSecrets = [] }: ReaderOptions,
): KubernetesObject[] {
  const rules = readerRules(behaviour, isRemote, externalIstiod);
  return [
    withPullSecrets(serviceAccount(READER_SERVICE_ACCOUNT, LABELS), imagePullSecrets),
    ...clusterRoleWithBinding(names.readerClusterRole, READER_SERVICE_ACCOUNT, rules, LABELS),
  ];
}
