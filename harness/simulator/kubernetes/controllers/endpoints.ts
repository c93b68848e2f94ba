/**
 * Endpoints: the pods behind each Service with a selector. Endpoints of other Services belong to their
 * authors.
 */

import { type Controller, type ControllerContext, stopAll } from '../client/controller.ts';
import {
  type EndpointAddress,
  type EndpointPort,
  type EndpointSubset,
  keyOf,
  type Pod,
  type Service,
} from '../client/kinds.ts';
import { hasCode, type TypedClient } from '../client/typed.ts';
import { WorkQueue } from '../client/work-queue.ts';
import { equal } from '../registry/json.ts';
import { podsBehind, referenceToPod, type ServicePod, watchServicePods } from './service-pods.ts';
import { TriggerTimes, withTriggerTime } from './trigger-times.ts';

/** Groups pods into subsets, one for each set of ports, as the API has it. */
export function subsetsOf(pods: readonly ServicePod[]): readonly EndpointSubset[] {
  const groups = new Map<
    string,
    { ports: readonly EndpointPort[]; ready: EndpointAddress[]; notReady: EndpointAddress[] }
  >();
  for (const { pod, ip, isReady, isTerminating, ports } of pods) {
    if (isTerminating && !isReady) continue;
    const key = JSON.stringify(ports);
    let group = groups.get(key);
    if (!group) {
      group = { ports, ready: [], notReady: [] };
      groups.set(key, group);
    }
    (isReady ? group.ready : group.notReady).push(addressOf(pod, ip));
  }
  const byIp = (a: EndpointAddress, b: EndpointAddress) => (a.ip < b.ip ? -1 : 1);
  return [...groups.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { ports, ready, notReady }]) => ({
      ...(ready.length > 0 && { addresses: ready.sort(byIp) }),
      ...(notReady.length > 0 && { notReadyAddresses: notReady.sort(byIp) }),
      ...(ports.length > 0 && { ports }),
    }));
}

function addressOf(pod: Pod, ip: string): EndpointAddress {
  return {
    ip,
    ...(pod.spec.hostname !== undefined && { hostname: pod.spec.hostname }),
    ...(pod.spec.nodeName !== undefined && { nodeName: pod.spec.nodeName }),
    targetRef: referenceToPod(pod),
  };
}

/** Makes the Endpoints of a Service list the pods behind it, and creates them if need be. */
function writeEndpoints(client: TypedClient, service: Service, times: TriggerTimes): void {
  const { namespace = '', name = '' } = service.metadata;
  const pods = podsBehind(client, service);
  const time = times.next(
    service,
    pods.map(({ pod }) => pod),
  );
  const subsets = subsetsOf(pods);
  const labels = labelsOf(service);
  const existing = client.get('endpoints', namespace, name);
  if (existing && equal(existing.subsets ?? [], subsets) && equal(existing.metadata.labels, labels)) return;
  const annotations = withTriggerTime(existing?.metadata.annotations, time);
  const content = subsets.length > 0 ? { subsets } : {};
  if (existing) {
    const { subsets: _old, ...rest } = existing;
    client.update('endpoints', {
      ...rest,
      metadata: { ...existing.metadata, labels, annotations },
      ...content,
    });
    return;
  }
  try {
    client.create('endpoints', { metadata: { name, namespace, labels, annotations }, ...content });
  } catch (error) {
    if (!hasCode(error, 409)) throw error;
  }
}

/** Starts the controller of the Endpoints of Services with a selector. */
export function startEndpointsController({ component, client }: ControllerContext): Controller {
  const times = new TriggerTimes();
  const sync = (key: string) => {
    const [namespace = '', name = ''] = key.split('/');
    const service = client.get('services', namespace, name);
    if (!service) {
      times.forget(key);
      if (client.get('endpoints', namespace, name)) client.local.delete('endpoints', namespace, name);
      return;
    }
    if (!service.spec.selector || service.spec.type === 'ExternalName' || !client.isOpen(namespace)) return;
    writeEndpoints(client, service, times);
  };
  const queue = new WorkQueue(component, sync, 'services');
  const stops = [
    () => queue.stop(),
    ...watchServicePods(client, key => queue.add(key)),
    client.watch('endpoints', {}, ({ type, object }) => {
      if (type === 'DELETED') queue.add(keyOf(object));
    }),
  ];
  return { stop: () => stopAll(stops) };
}

function labelsOf(service: Service): Record<string, string> {
  return {
    ...service.metadata.labels,
    ...(service.spec.clusterIP === 'None' && { 'service.kubernetes.io/headless': '' }),
    'endpoints.kubernetes.io/managed-by': 'endpoint-controller',
  };
}
