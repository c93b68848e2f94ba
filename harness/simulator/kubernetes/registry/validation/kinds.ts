/**
 * The rules of each kind beyond its metadata (pkg/apis/<group>/validation @v1.32), as far as users meet it.
 */

import type { FieldError } from '../field-errors.ts';
import type { KubernetesObject } from '../json.ts';
import { validateContent, validateSecret } from './content.ts';
import { validateEndpoints, validateSlice } from './endpoints.ts';
import { validateDefinition, validateWebhooks } from './extension.ts';
import { FIXED_FIELDS, validateFixed } from './fixed.ts';
import { validatePod } from './pod/pod.ts';
import { validateBinding, validateRole } from './rbac.ts';
import { validateService } from './service.ts';
import { validateAutoscaler, validateWorkload } from './workload.ts';

/** Finds what is wrong with an object of one kind. `old` is the stored state on update. */
export type KindValidator = (object: KubernetesObject, old: KubernetesObject | undefined) => FieldError[];

const fixed = Object.entries(FIXED_FIELDS).map(([key, fields]): [string, KindValidator] => [
  key,
  (object, old) => validateFixed(fields, object, old),
]);

/** By resource key; of a kind that is absent, only the metadata is checked. */
export const KIND_VALIDATORS: Readonly<Record<string, KindValidator>> = {
  ...Object.fromEntries(fixed),
  configmaps: validateContent,
  secrets: validateSecret,
  services: validateService,
  endpoints: validateEndpoints,
  pods: validatePod,
  'deployments.apps': validateWorkload,
  'replicasets.apps': validateWorkload,
  'endpointslices.discovery.k8s.io': validateSlice,
  'horizontalpodautoscalers.autoscaling': validateAutoscaler,
  'roles.rbac.authorization.k8s.io': validateRole,
  'clusterroles.rbac.authorization.k8s.io': validateRole,
  'rolebindings.rbac.authorization.k8s.io': validateBinding,
  'clusterrolebindings.rbac.authorization.k8s.io': validateBinding,
  'mutatingwebhookconfigurations.admissionregistration.k8s.io': validateWebhooks,
  'validatingwebhookconfigurations.admissionregistration.k8s.io': validateWebhooks,
  'customresourcedefinitions.apiextensions.k8s.io': validateDefinition,
};
