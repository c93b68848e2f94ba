/** Finds the pods behind a Service, and their ports, for both Endpoints and EndpointSlices. */

import type { TypedEvent } from '../client/cluster-client.ts';
import {
  type EndpointPort,
  isTrue,
  keyOf,
  type ObjectReference,
  type Pod,
  type Service,
  type ServicePort,
} from '../client/kinds.ts';
import { matchesMap } from '../client/label-selector.ts';
import type { TypedClient } from '../client/typed.ts';

/** A pod behind a Service, and how it may be used. */
export interface ServicePod {
  readonly pod: Pod;
  readonly ip: string;
  /** May be sent traffic: it says so itself, or the Service does not ask. */
  readonly isReady: boolean;
  readonly isServing: boolean;
  readonly isTerminating: boolean;
  readonly ports: readonly EndpointPort[];
}

/** Returns the number of a target port in this pod; undefined if no container has a port of that name. */
function targetPort(
  { port, targetPort: target, protocol = 'TCP' }: ServicePort,
  pod: Pod,
): number | undefined {
  if (target === undefined) return port;
  if (typeof target === 'number') return target;
  const sidecars = (pod.spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  for (const container of [...pod.spec.containers, ...sidecars]) {
    const found = container.ports?.find(
      ({ name, protocol: own = 'TCP' }) => name === target && own === protocol,
    );
    if (found) return found.containerPort;
  }
  return undefined;
}

function portsOf(service: Service, pod: Pod): EndpointPort[] {
  const ports: EndpointPort[] = [];
  for (const port of service.spec.ports ?? []) {
    const number = targetPort(port, pod);
    if (number === undefined) continue;
    ports.push({
      ...(port.name !== undefined && { name: port.name }),
      port: number,
      protocol: port.protocol ?? 'TCP',
      ...(port.appProtocol !== undefined && { appProtocol: port.appProtocol }),
    });
  }
  return ports;
}

/** Returns the pods that a Service's selector finds and that have an address, in the order of their names. */
export function podsBehind(client: TypedClient, service: Service): readonly ServicePod[] {
  const result: ServicePod[] = [];
  const publishesAll = service.spec.publishNotReadyAddresses === true;
  for (const pod of client.list('pods', { namespace: service.metadata.namespace ?? '' })) {
    const { podIP: ip, phase, conditions } = pod.status ?? {};
    if (!ip || phase === 'Succeeded' || phase === 'Failed') continue;
    if (!matchesMap(service.spec.selector, pod.metadata.labels)) continue;
    const isServing = isTrue(conditions, 'Ready');
    const isTerminating = pod.metadata.deletionTimestamp !== undefined;
    const isReady = publishesAll || (isServing && !isTerminating);
    result.push({ pod, ip, isReady, isServing, isTerminating, ports: portsOf(service, pod) });
  }
  return result;
}

/** Returns the reference by which endpoints name their pod. */
export function referenceToPod({ metadata }: Pod): ObjectReference {
  const { namespace = '', name = '', uid = '' } = metadata;
  return { kind: 'Pod', namespace, name, uid };
}

/** Tells whether a pod has changed in a way that a Service can see. */
function isVisible({ object, previous }: TypedEvent<Pod>): boolean {
  if (!previous) return true;
  return (
    object.metadata.labels !== previous.metadata.labels ||
    object.metadata.deletionTimestamp !== previous.metadata.deletionTimestamp ||
    object.status?.podIP !== previous.status?.podIP ||
    object.status?.phase !== previous.status?.phase ||
    isTrue(object.status?.conditions, 'Ready') !== isTrue(previous.status?.conditions, 'Ready')
  );
}

/**
 * Calls back with the key of each Service whose endpoints may have changed.
 * @returns what ends it
 */
export function watchServicePods(client: TypedClient, onService: (key: string) => void): (() => void)[] {
  return [
    client.watch('services', {}, ({ object }) => onService(keyOf(object))),
    client.watch('pods', {}, event => {
      if (event.type === 'MODIFIED' && !isVisible(event)) return;
      for (const service of client.list('services', { namespace: event.object.metadata.namespace ?? '' })) {
        const { selector } = service.spec;
        if (
          matchesMap(selector, event.object.metadata.labels) ||
          matchesMap(selector, event.previous?.metadata.labels)
        ) {
          onService(keyOf(service));
        }
      }
    }),
  ];
}
