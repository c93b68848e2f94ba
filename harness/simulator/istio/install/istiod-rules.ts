/**
 * What istiod may do. manifests/charts/istio-control/istio-discovery/templates/clusterrole.yaml, role.yaml
 * @1.30.3; manifests/charts/base/templates/clusterrole.yaml, role.yaml @1.8.0
 */
import type { IstioBehaviour } from '../behaviour.ts';
import { ISTIO_GROUPS, type PolicyRule, READ } from './kubernetes-objects.ts';

const ALL = [...READ, 'update', 'patch', 'create', 'delete'];
const WRITE_STATUS = ['update', 'patch'];
const rule = (group: string, resources: readonly string[], verbs: readonly string[]): PolicyRule => ({
  apiGroups: [group],
  resources,
  verbs,
});

const NETWORKING = 'networking.istio.io';
const GATEWAYS = 'gateway.networking.k8s.io';
const EXPERIMENTAL_GATEWAYS = 'gateway.networking.x-k8s.io';
const MULTICLUSTER = 'multicluster.x-k8s.io';
const GATEWAY_KINDS = [
  ...['backendtlspolicies', 'gatewayclasses', 'gateways', 'grpcroutes', 'httproutes', 'referencegrants'],
  ...['tcproutes', 'tlsroutes', 'udproutes'],
];

const COMMON: readonly PolicyRule[] = [
  rule('admissionregistration.k8s.io', ['mutatingwebhookconfigurations'], [...READ, 'update', 'patch']),
  rule('admissionregistration.k8s.io', ['validatingwebhookconfigurations'], [...READ, 'update']),
  rule('apiextensions.k8s.io', ['customresourcedefinitions'], READ),
  rule('', ['pods', 'nodes', 'services', 'namespaces', 'endpoints'], READ),
  rule('discovery.k8s.io', ['endpointslices'], READ),
  rule('networking.k8s.io', ['ingresses', 'ingressclasses'], READ),
  rule('networking.k8s.io', ['ingresses/status'], ['*']),
  rule('', ['configmaps'], ['create', ...READ, 'update']),
  rule('authentication.k8s.io', ['tokenreviews'], ['create']),
  rule('authorization.k8s.io', ['subjectaccessreviews'], ['create']),
  rule('', ['secrets'], READ),
];

const OF_1_8: readonly PolicyRule[] = [
  { apiGroups: ISTIO_GROUPS, resources: ['*'], verbs: [...READ, 'create', 'delete', 'patch', 'update'] },
];

const OF_CURRENT: readonly PolicyRule[] = [
  { apiGroups: ISTIO_GROUPS, resources: ['*'], verbs: READ },
  rule(NETWORKING, ['workloadentries'], ALL),
  rule(NETWORKING, ['workloadentries/status', 'serviceentries/status'], ALL),
  rule('security.istio.io', ['authorizationpolicies/status'], ALL),
  rule('', ['services/status'], ALL),
  { apiGroups: [GATEWAYS, EXPERIMENTAL_GATEWAYS], resources: ['*'], verbs: READ },
  rule(EXPERIMENTAL_GATEWAYS, ['xbackendtrafficpolicies/status'], WRITE_STATUS),
  rule(
    GATEWAYS,
    GATEWAY_KINDS.map(kind => `${kind}/status`),
    WRITE_STATUS,
  ),
  rule(GATEWAYS, ['gatewayclasses'], ['create', 'update', 'patch', 'delete']),
  rule(MULTICLUSTER, ['serviceexports'], [...READ, 'create', 'delete']),
  rule(MULTICLUSTER, ['serviceimports'], READ),
];

/** Returns the rules of istiod's ClusterRole. */
export const istiodRules = ({ install }: IstioBehaviour): readonly PolicyRule[] => [
  ...COMMON,
  ...(install.managesGateways ? OF_CURRENT : OF_1_8),
];

/** What is needed to run gateways of the Gateway API. */
export const GATEWAY_CONTROLLER_RULES: readonly PolicyRule[] = [
  rule('apps', ['deployments'], ALL),
  rule('autoscaling', ['horizontalpodautoscalers'], ALL),
  rule('policy', ['poddisruptionbudgets'], ALL),
  rule('', ['services'], ALL),
  rule('', ['serviceaccounts'], ALL),
];

/** Returns the rules of its Role in istio-system. */
export const roleRules = ({ install }: IstioBehaviour): readonly PolicyRule[] => [
  rule('', ['secrets'], ['create', ...READ, 'update', 'delete']),
  rule('coordination.k8s.io', ['leases'], ['get', 'update', 'patch', 'create']),
  ...(install.managesGateways
    ? [rule(NETWORKING, ['gateways'], ['create']), rule('', ['configmaps'], ['delete'])]
    : []),
];
