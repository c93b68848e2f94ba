/** The defaults of pods and of templates of pods (pkg/apis/core/v1/defaults.go @v1.32). */

import { dropDisabledFields } from './disabled-fields.ts';
import { child, fill, fillZero } from './fill.ts';
import {
  isObject,
  type JsonObject,
  type KubernetesObject,
  objectOf,
  objectsOf,
  stringOf,
  stringsOf,
} from './json.ts';

function defaultPullPolicy(image: string): string {
  const name = image.slice(image.lastIndexOf('/') + 1);
  if (name.includes('@')) return 'IfNotPresent';
  const tag = name.includes(':') ? name.slice(name.lastIndexOf(':') + 1) : 'latest';
  return tag === 'latest' ? 'Always' : 'IfNotPresent';
}

function defaultProbe(probe: unknown): void {
  if (!isObject(probe)) return;
  fillZero(probe, { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 });
  if (isObject(probe['httpGet'])) fill(probe['httpGet'], { path: '/', scheme: 'HTTP' });
  if (isObject(probe['grpc'])) fill(probe['grpc'], { service: '' });
}

function defaultContainer(container: JsonObject): void {
  fill(container, {
    imagePullPolicy: defaultPullPolicy(stringOf(container['image']) ?? ''),
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
  });
  child(container, 'resources');
  for (const port of objectsOf(container['ports'])) fill(port, { protocol: 'TCP' });
  for (const probe of ['livenessProbe', 'readinessProbe', 'startupProbe']) defaultProbe(container[probe]);
  const lifecycle = objectOf(container['lifecycle']);
  for (const hook of ['postStart', 'preStop']) {
    const get = objectOf(lifecycle[hook])['httpGet'];
    if (isObject(get)) fill(get, { path: '/', scheme: 'HTTP' });
  }
  for (const env of objectsOf(container['env'])) {
    const fieldRef = objectOf(env['valueFrom'])['fieldRef'];
    if (isObject(fieldRef)) fill(fieldRef, { apiVersion: 'v1' });
  }
}

/** Volumes' modes: 0644. */
const DEFAULT_MODE = 420;

const HAVE_MODES: ReadonlySet<string> = new Set(['configMap', 'secret', 'downwardAPI', 'projected']);
const MODE = { defaultMode: DEFAULT_MODE };
const HOST_PATH = { type: '' };
const TOKEN = { expirationSeconds: 3600 };

function defaultVolume(volume: JsonObject): void {
  const sources = Object.keys(volume).filter(key => key !== 'name' && isObject(volume[key]));
  if (sources.length === 0) volume['emptyDir'] = {};
  const items: JsonObject[] = [];
  for (const source of sources) {
    const fields = objectOf(volume[source]);
    if (HAVE_MODES.has(source)) fill(fields, MODE);
    if (source === 'hostPath') fill(fields, HOST_PATH);
    if (source === 'downwardAPI') items.push(...objectsOf(fields['items']));
    if (source !== 'projected') continue;
    for (const projected of objectsOf(fields['sources'])) {
      if (isObject(projected['serviceAccountToken'])) fill(projected['serviceAccountToken'], TOKEN);
      items.push(...objectsOf(objectOf(projected['downwardAPI'])['items']));
    }
  }
  for (const item of items) if (isObject(item['fieldRef'])) fill(item['fieldRef'], { apiVersion: 'v1' });
}

/** Fills in the defaults of pods and of templates of pods. */
function defaultPodSpec(spec: JsonObject): void {
  dropDisabledFields(spec);
  fill(spec, {
    restartPolicy: 'Always',
    dnsPolicy: 'ClusterFirst',
    schedulerName: 'default-scheduler',
    terminationGracePeriodSeconds: 30,
  });
  child(spec, 'securityContext');
  const account = spec['serviceAccountName'] ?? spec['serviceAccount'];
  if (account !== undefined && (spec['serviceAccountName'] !== account || spec['serviceAccount'] !== account))
    Object.assign(spec, { serviceAccountName: account, serviceAccount: account });
  for (const volume of objectsOf(spec['volumes'])) defaultVolume(volume);
  for (const list of ['initContainers', 'containers', 'ephemeralContainers'])
    for (const container of objectsOf(spec[list])) defaultContainer(container);
}

/** What containers get in a pod only: a template keeps what was sent (SetDefaults_Pod @v1.34). */
function defaultPodContainers(spec: JsonObject): void {
  for (const container of [...objectsOf(spec['containers']), ...objectsOf(spec['initContainers'])]) {
    const resources = child(container, 'resources');
    if (isObject(resources['limits'])) fill(child(resources, 'requests'), resources['limits']);
    if (spec['hostNetwork'] !== true) continue;
    for (const port of objectsOf(container['ports'])) fill(port, { hostPort: port['containerPort'] });
  }
}

/** Computes the QoS class: Guaranteed, Burstable or BestEffort (pkg/apis/core/v1/helper/qos/qos.go). */
export function qosClass(spec: JsonObject): string {
  let any = false;
  let guaranteed = true;
  for (const container of [...objectsOf(spec['initContainers']), ...objectsOf(spec['containers'])]) {
    const requests = stringsOf(objectOf(container['resources'])['requests']);
    const limits = stringsOf(objectOf(container['resources'])['limits']);
    for (const name of ['cpu', 'memory']) {
      if (requests[name] !== undefined || limits[name] !== undefined) any = true;
      if (limits[name] === undefined || requests[name] !== limits[name]) guaranteed = false;
    }
  }
  return any ? (guaranteed ? 'Guaranteed' : 'Burstable') : 'BestEffort';
}

/** Fills in a pod, with its phase and its class of service. */
export function defaultPod(pod: KubernetesObject): void {
  const spec = child(pod, 'spec');
  defaultPodSpec(spec);
  defaultPodContainers(spec);
  fill(spec, { enableServiceLinks: true });
  // What is below zero is as good as at once (pkg/apis/core/v1/conversion.go @v1.34).
  if (Number(spec['terminationGracePeriodSeconds']) < 0) spec['terminationGracePeriodSeconds'] = 1;
  const status = child(pod, 'status');
  fill(status, { phase: 'Pending' });
  // Anew each time: webhooks add containers.
  const quality = qosClass(spec);
  if (status['qosClass'] !== quality) status['qosClass'] = quality; // it may be frozen
}

/** Fills in the pod template of a workload's spec. */
export function defaultTemplate(spec: JsonObject): void {
  const template = child(spec, 'template');
  child(template, 'metadata');
  defaultPodSpec(child(template, 'spec'));
}
