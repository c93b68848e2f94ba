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
  type Service,
} from '../client/kinds.ts';
import { hasCode } from '../client/typed.ts';
import { WorkQueue } from '../client/work-queue.ts';
import { podsBehind, referenceToPod, type ServicePod, watchServicePods } from './service-pods.ts';

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
    const address: EndpointAddress = {
      ip,
      ...(pod.spec.hostname !== undefined && { hostname: pod.spec.hostname }),
      ...(pod.spec.nodeName !== undefined && { nodeName: pod.spec.nodeName }),
      targetRef: referenceToPod(pod),
    };
    (isReady ? group.ready : group.notReady).push(address);
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

/** Starts the controller of the Endpoints of Services with a selector. */
export function startEndpointsController({ component, client }: ControllerContext): Controller {
  const sync = (key: string) => {
    const [namespace = '', name = ''] = key.split('/');
    const service = client.get('services', namespace, name);
    const existing = client.get('endpoints', namespace, name);
    if (!service) {
      if (existing) client.local.delete('endpoints', namespace, name);
      return;
    }
    if (!service.spec.selector || service.spec.type === 'ExternalName' || !client.isOpen(namespace)) return;
    const subsets = subsetsOf(podsBehind(client, service));
    const metadata = { name, namespace, labels: labelsOf(service) };
    const content = subsets.length > 0 ? { subsets } : {};
    if (existing) {
      const { subsets: _old, ...rest } = existing;
      client.update('endpoints', {
        ...rest,
        metadata: { ...existing.metadata, labels: metadata.labels },
        ...content,
      });
      return;
    }
    try {
      client.create('endpoints', { metadata, ...content });
    } catch (error) {
      if (!hasCode(error, 409)) throw error;
    }
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
  };
}
