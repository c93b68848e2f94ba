/**
 * The rules of each kind beyond its metadata (pkg/apis/<group>/validation @v1.34), as far as users meet it.
 */

import type { FieldError } from '../field-errors.ts';
import type { KubernetesObject } from '../json.ts';
import { validatePolicy } from './admission-policy.ts';
import { validateAutoscaler } from './autoscaler.ts';
import { validateCertificateRequest } from './certificate-request.ts';
import { validateClaim } from './claim.ts';
import { validateNamespace, validateNode, validatePriorityClass, validateStorageClass } from './cluster.ts';
import { validateConfigMap, validateSecret } from './content.ts';
import { validateCronJob } from './cron-job.ts';
import { validateDaemonSet } from './daemon-set.ts';
import { validateDefinition } from './definition.ts';
import { validateEndpoints, validateSlice } from './endpoints.ts';
import { validateEvent } from './event.ts';
import { FIXED_FIELDS, validateFixed } from './fixed.ts';
import { validateIngress, validateIngressClass, validateIngressStatus } from './ingress.ts';
import { validateJob } from './job.ts';
import { validateJobStatus } from './job-status.ts';
import { validateLimitRange } from './limit-range.ts';
import { validateNetworkPolicy } from './network-policy.ts';
import { validateVolume } from './persistent-volume.ts';
import { validatePod } from './pod/pod.ts';
import { validateBudget, validateLease } from './policy.ts';
import { validatePolicyBinding } from './policy-binding.ts';
import { validateBinding, validateRole } from './rbac.ts';
import { validateReplicationController } from './replication-controller.ts';
import { validateResourceQuota } from './resource-quota.ts';
import { validateRevision } from './revision.ts';
import { problemsOfFlowSchema, problemsOfPriorityLevel, problemsOfRuntimeClass } from './runtime.ts';
import { validateService, validateServiceStatus } from './service.ts';
import { validateIpAddress, validateServiceCidr } from './service-ranges.ts';
import { validateStatefulSet } from './stateful-set.ts';
import {
  validateAutoscalerStatus,
  validateBudgetStatus,
  validateDaemonSetStatus,
  validateDeploymentStatus,
  validateNamespaceStatus,
  validateReplicaStatus,
  validateStatefulSetStatus,
} from './status.ts';
import {
  validateAttachment,
  validateAttributesClass,
  validateCapacity,
  validateCsiNode,
  validateDriver,
} from './storage.ts';
import { validateTemplate } from './template.ts';
import { validateWebhooks } from './webhook.ts';
import { validateDeployment, validateReplicaSet } from './workload.ts';

/**
 * Finds what is wrong with an object of one kind. `old` is the stored state on update; the subresource is
 * empty for writes of the object itself.
 */
export type KindValidator = (
  object: KubernetesObject,
  old: KubernetesObject | undefined,
  subresource?: string,
) => FieldError[];

const fixed = Object.entries(FIXED_FIELDS).map(([key, fields]): [string, KindValidator] => [
  key,
  (object, old) => validateFixed(fields, object, old),
]);

/** Adds the fields that keep their first value to the other rules of a kind. */
const withFixed =
  (key: string, rules: KindValidator): KindValidator =>
  (object, old) => [...rules(object, old), ...validateFixed(FIXED_FIELDS[key] ?? [], object, old)];

/** By resource key; of a kind that is absent, only the metadata is checked. */
export const KIND_VALIDATORS: Readonly<Record<string, KindValidator>> = {
  'customresourcedefinitions.apiextensions.k8s.io': validateDefinition,
  ...Object.fromEntries(fixed),
  configmaps: validateConfigMap,
  'runtimeclasses.node.k8s.io': problemsOfRuntimeClass,
  'flowschemas.flowcontrol.apiserver.k8s.io': problemsOfFlowSchema,
  'prioritylevelconfigurations.flowcontrol.apiserver.k8s.io': problemsOfPriorityLevel,
  secrets: validateSecret,
  services: validateService,
  endpoints: validateEndpoints,
  pods: validatePod,
  namespaces: validateNamespace,
  nodes: withFixed('nodes', validateNode),
  events: (event, old) => validateEvent(event, old, false),
  'events.events.k8s.io': (event, old) => validateEvent(event, old, true),
  'deployments.apps': validateDeployment,
  'replicasets.apps': validateReplicaSet,
  'endpointslices.discovery.k8s.io': validateSlice,
  'daemonsets.apps': validateDaemonSet,
  'statefulsets.apps': validateStatefulSet,
  replicationcontrollers: validateReplicationController,
  podtemplates: object => validateTemplate(object['template'], 'template'),
  'controllerrevisions.apps': withFixed('controllerrevisions.apps', validateRevision),
  'jobs.batch': validateJob,
  'cronjobs.batch': validateCronJob,
  persistentvolumeclaims: validateClaim,
  limitranges: validateLimitRange,
  resourcequotas: validateResourceQuota,
  persistentvolumes: validateVolume,
  'storageclasses.storage.k8s.io': withFixed('storageclasses.storage.k8s.io', validateStorageClass),
  'volumeattributesclasses.storage.k8s.io': withFixed(
    'volumeattributesclasses.storage.k8s.io',
    validateAttributesClass,
  ),
  'csidrivers.storage.k8s.io': validateDriver,
  'csinodes.storage.k8s.io': validateCsiNode,
  'csistoragecapacities.storage.k8s.io': validateCapacity,
  'volumeattachments.storage.k8s.io': validateAttachment,
  'networkpolicies.networking.k8s.io': validateNetworkPolicy,
  'ipaddresses.networking.k8s.io': validateIpAddress,
  'servicecidrs.networking.k8s.io': validateServiceCidr,
  'certificatesigningrequests.certificates.k8s.io': validateCertificateRequest,
  'horizontalpodautoscalers.autoscaling': validateAutoscaler,
  'ingresses.networking.k8s.io': validateIngress,
  'ingressclasses.networking.k8s.io': withFixed('ingressclasses.networking.k8s.io', validateIngressClass),
  'leases.coordination.k8s.io': validateLease,
  'poddisruptionbudgets.policy': validateBudget,
  'priorityclasses.scheduling.k8s.io': withFixed('priorityclasses.scheduling.k8s.io', (priority, old) =>
    old ? [] : validatePriorityClass(priority),
  ),
  'roles.rbac.authorization.k8s.io': validateRole,
  'clusterroles.rbac.authorization.k8s.io': validateRole,
  'rolebindings.rbac.authorization.k8s.io': validateBinding,
  'clusterrolebindings.rbac.authorization.k8s.io': validateBinding,
  'mutatingwebhookconfigurations.admissionregistration.k8s.io': validateWebhooks,
  'validatingwebhookconfigurations.admissionregistration.k8s.io': validateWebhooks,
  'validatingadmissionpolicies.admissionregistration.k8s.io': validatePolicy,
  'validatingadmissionpolicybindings.admissionregistration.k8s.io': validatePolicyBinding,
};

/** The rules of statuses, by resource key. */
export const STATUS_VALIDATORS: Readonly<Record<string, KindValidator>> = {
  namespaces: validateNamespaceStatus,
  services: validateServiceStatus,
  replicationcontrollers: validateReplicaStatus,
  'deployments.apps': validateDeploymentStatus,
  'replicasets.apps': validateReplicaStatus,
  'statefulsets.apps': validateStatefulSetStatus,
  'daemonsets.apps': validateDaemonSetStatus,
  'jobs.batch': validateJobStatus,
  'horizontalpodautoscalers.autoscaling': validateAutoscalerStatus,
  'poddisruptionbudgets.policy': validateBudgetStatus,
  'ingresses.networking.k8s.io': validateIngressStatus,
};
