/**
 * The defaults of StatefulSets, DaemonSets, ReplicationControllers and templates of pods
 * (pkg/apis/apps/v1/defaults.go, pkg/apis/core/v1/defaults.go @v1.34).
 */
import { child, fill } from './fill.ts';
import { isObject, type JsonObject, type KubernetesObject, objectOf, objectsOf, stringsOf } from './json.ts';
import { defaultTemplate } from './pod-defaults.ts';
import { defaultClaim } from './storage-defaults.ts';

const CLAIM_TYPE = { apiVersion: 'v1', kind: 'PersistentVolumeClaim' };

/** Fills in a StatefulSet. A claim of a template has its kind and the phase that every new claim has. */
export function defaultStatefulSet(set: KubernetesObject): void {
  const spec = child(set, 'spec');
  if (!spec['podManagementPolicy']) spec['podManagementPolicy'] = 'OrderedReady';
  const strategy = child(spec, 'updateStrategy');
  if (!strategy['type']) {
    strategy['type'] = 'RollingUpdate';
    child(strategy, 'rollingUpdate');
  }
  if (strategy['type'] === 'RollingUpdate' && isObject(strategy['rollingUpdate']))
    fill(strategy['rollingUpdate'], { partition: 0 });
  fill(child(spec, 'persistentVolumeClaimRetentionPolicy'), { whenDeleted: 'Retain', whenScaled: 'Retain' });
  fill(spec, { serviceName: '', replicas: 1, revisionHistoryLimit: 10 });
  for (const claim of objectsOf(spec['volumeClaimTemplates'])) {
    // Whatever was sent (pkg/apis/apps/v1/conversion.go @v1.34).
    for (const [key, value] of Object.entries(CLAIM_TYPE)) if (claim[key] !== value) claim[key] = value;
    defaultClaim(claim);
  }
  defaultTemplate(spec);
  fill(child(set, 'status'), { replicas: 0, availableReplicas: 0 });
}

/** Fills in a DaemonSet. */
export function defaultDaemonSet(set: KubernetesObject): void {
  const spec = child(set, 'spec');
  const strategy = child(spec, 'updateStrategy');
  if (!strategy['type']) strategy['type'] = 'RollingUpdate';
  if (strategy['type'] === 'RollingUpdate')
    fill(child(strategy, 'rollingUpdate'), { maxUnavailable: 1, maxSurge: 0 });
  fill(spec, { revisionHistoryLimit: 10 });
  defaultTemplate(spec);
  fill(child(set, 'status'), {
    currentNumberScheduled: 0,
    numberMisscheduled: 0,
    desiredNumberScheduled: 0,
    numberReady: 0,
  });
}

/** Fills in a ReplicationController: its template's labels are its own, and those it selects. */
export function defaultReplicationController(controller: KubernetesObject): void {
  const spec = child(controller, 'spec');
  const labels = stringsOf(objectOf(objectOf(spec['template'])['metadata'])['labels']);
  if (Object.keys(labels).length > 0) {
    if (isEmpty(spec['selector'])) spec['selector'] = { ...labels };
    if (isEmpty(controller.metadata.labels)) controller.metadata.labels = { ...labels };
  }
  fill(spec, { replicas: 1 });
  if (isObject(spec['template'])) defaultTemplate(spec);
  fill(child(controller, 'status'), { replicas: 0 });
}

/** Fills in a PodTemplate. */
export const defaultPodTemplate = (template: JsonObject): void => defaultTemplate(template);

const isEmpty = (map: unknown): boolean => Object.keys(objectOf(map)).length === 0;
