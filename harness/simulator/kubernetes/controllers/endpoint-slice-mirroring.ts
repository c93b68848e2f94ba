/**
 * Mirrors Endpoints that someone wrote by hand, for a Service without a selector, into EndpointSlices:
 * kube-proxy reads only those.
 */

import { type Controller, type ControllerContext, stopAll } from '../client/controller.ts';
import { type EndpointSubset, keyOf, type SliceEndpoint, type Stored } from '../client/kinds.ts';
import type { TypedClient } from '../client/typed.ts';
import { WorkQueue } from '../client/work-queue.ts';
import { deleteSlices, reconcileSlices, type SliceContent } from './endpoint-slices.ts';
import { TRIGGER_TIME } from './trigger-times.ts';

const MIRROR = 'endpointslicemirroring-controller.k8s.io';
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const SKIP = 'endpointslice.kubernetes.io/skip-mirror';

function contentOf({ addresses = [], notReadyAddresses = [], ports = [] }: EndpointSubset): SliceContent {
  const endpoints: SliceEndpoint[] = [
    ...addresses.map(address => ({ address, ready: true })),
    ...notReadyAddresses.map(address => ({ address, ready: false })),
  ].map(({ address: { ip, hostname, nodeName, targetRef }, ready }) => ({
    addresses: [ip],
    conditions: { ready },
    ...(hostname !== undefined && { hostname }),
    ...(nodeName !== undefined && { nodeName }),
    ...(targetRef && { targetRef }),
  }));
  return { ports: ports.map(port => ({ ...port, protocol: port.protocol ?? 'TCP' })), endpoints };
}

/** Returns the annotations that slices take over (endpointslicemirroring/utils.go @v1.34). */
function annotationsFrom({ metadata }: Stored): Record<string, string> {
  const { [TRIGGER_TIME]: _time, [LAST_APPLIED]: _applied, ...others } = metadata.annotations ?? {};
  return others;
}

/** Makes the slices of a Service without a selector be what its Endpoints say, if they are to be mirrored. */
function mirror(client: TypedClient, namespace: string, name: string): void {
  const endpoints = client.get('endpoints', namespace, name);
  const service = client.get('services', namespace, name);
  const isMirrored =
    endpoints &&
    service &&
    !service.spec.selector &&
    endpoints.metadata.labels?.[SKIP] !== 'true' &&
    client.isOpen(namespace);
  if (!isMirrored) {
    deleteSlices(client, namespace, name, MIRROR);
    return;
  }
  reconcileSlices(client, {
    owner: endpoints,
    ownerKind: 'Endpoints',
    managedBy: MIRROR,
    labels: endpoints.metadata.labels ?? {},
    contents: (endpoints.subsets ?? []).map(contentOf),
    annotate: () => annotationsFrom(endpoints),
  });
}

/** Starts the controller that mirrors Endpoints into slices. */
export function startEndpointSliceMirroringController({ component, client }: ControllerContext): Controller {
  const sync = (key: string) => {
    const [namespace = '', name = ''] = key.split('/');
    mirror(client, namespace, name);
  };
  const queue = new WorkQueue(component, sync, 'endpoints');
  const stops = [
    () => queue.stop(),
    client.watch('endpoints', {}, ({ object }) => queue.add(keyOf(object))),
    client.watch('services', {}, ({ type, object }) => {
      if (type !== 'MODIFIED') queue.add(keyOf(object));
    }),
  ];
  return { stop: () => stopAll(stops) };
}
