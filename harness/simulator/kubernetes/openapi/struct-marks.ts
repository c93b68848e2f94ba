/** What types as a whole say of themselves: that they are replaced in one piece, or are unions. */
import type { Schema } from './schema.ts';

/** Types with `+structType=atomic` (k8s.io/api, apimachinery @v0.34), by package. */
const ATOMIC: Readonly<Record<string, string>> = {
  'admissionregistration/v1': 'MatchResources NamedRuleWithOperations ParamKind ParamRef Variable',
  'autoscaling/v1': 'CrossVersionObjectReference',
  'core/v1':
    'ConfigMapKeySelector EndpointAddress EndpointPort FileKeySelector LocalObjectReference NodeSelector ' +
    'NodeSelectorTerm ObjectFieldSelector ObjectReference ResourceFieldSelector ScopeSelector ' +
    'SecretKeySelector SecretReference TopologySelectorTerm TypedLocalObjectReference',
  'discovery/v1': 'EndpointPort',
  'meta/v1': 'LabelSelector OwnerReference',
  'networking/v1': 'ServiceBackendPort',
  'rbac/v1': 'RoleRef Subject',
};

/** Types with `+union`: the field that tells, and the names of the others (its values, with a small letter). */
const UNIONS: Readonly<Record<string, readonly [discriminator: string, fields: string]>> = {
  'core/v1.AppArmorProfile': ['type', 'LocalhostProfile'],
  'core/v1.SeccompProfile': ['type', 'LocalhostProfile'],
  'flowcontrol/v1.LimitResponse': ['type', 'Queuing'],
  'flowcontrol/v1.PriorityLevelConfigurationSpec': ['type', 'Exempt Limited'],
  'flowcontrol/v1.Subject': ['kind', 'Group ServiceAccount User'],
};

const small = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

/** Makes the markers of a union (kube-openapi pkg/generators/union.go @v0.0.0-20250710). */
const unionOf = ([discriminator, fields]: readonly [string, string]): Schema => ({
  'x-kubernetes-unions': [
    {
      discriminator,
      'fields-to-discriminateBy': Object.fromEntries(fields.split(' ').map(name => [small(name), name])),
    },
  ],
});

/** The markers by the name of the message. */
export const STRUCTS: Readonly<Record<string, Schema>> = Object.fromEntries([
  ...Object.entries(ATOMIC).flatMap(([home, names]) =>
    names.split(' ').map(name => [`${home}.${name}`, { 'x-kubernetes-map-type': 'atomic' }] as const),
  ),
  ...Object.entries(UNIONS).map(([message, union]) => [message, unionOf(union)] as const),
]);
