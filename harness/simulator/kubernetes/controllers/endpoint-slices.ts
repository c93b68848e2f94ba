/** EndpointSlices: the pods behind each Service with a selector, in pieces of a hundred. */

import type { New } from '../client/cluster-client.ts';
import { type Controller, type ControllerContext, stopAll } from '../client/controller.ts';
import type { EndpointPort, EndpointSlice, SliceEndpoint, Stored } from '../client/kinds.ts';
import { SERVICE_NAME, SLICES } from '../client/service-slices.ts';
import type { TypedClient } from '../client/typed.ts';
import { WorkQueue } from '../client/work-queue.ts';
import { equal } from '../registry/json.ts';
import { podsBehind, referenceToPod, type ServicePod, watchServicePods } from './service-pods.ts';
import { TriggerTimes, withTriggerTime } from './trigger-times.ts';

/** The label of a slice with the controller that manages it. */
const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';
const CONTROLLER = 'endpointslice-controller.k8s.io';
/** kube-controller-manager's default of --max-endpoints-per-slice. */
const MAX_ENDPOINTS = 100;

/** The ports and endpoints that the controller wants in one EndpointSlice. */
export interface SliceContent {
  readonly ports: readonly Partial<EndpointPort>[];
  readonly endpoints: readonly SliceEndpoint[];
}

function endpointOf({ pod, ip, isReady, isServing, isTerminating }: ServicePod): SliceEndpoint {
  return {
    addresses: [ip],
    conditions: { ready: isReady, serving: isServing, terminating: isTerminating },
    ...(pod.spec.hostname !== undefined && { hostname: pod.spec.hostname }),
    ...(pod.spec.nodeName !== undefined && { nodeName: pod.spec.nodeName }),
    targetRef: referenceToPod(pod),
  };
}

/**
 * Divides pods into slices: one for each set of port numbers, since a named port may differ between pods.
 * Without pods it returns one empty slice.
 */
function contentsOf(pods: readonly ServicePod[]): readonly SliceContent[] {
  const groups = new Map<string, { ports: readonly EndpointPort[]; endpoints: SliceEndpoint[] }>();
  for (const pod of pods) {
    const key = JSON.stringify(pod.ports);
    const group = groups.get(key);
    if (group) group.endpoints.push(endpointOf(pod));
    else groups.set(key, { ports: pod.ports, endpoints: [endpointOf(pod)] });
  }
  const contents: SliceContent[] = [];
  for (const { ports, endpoints } of groups.values()) {
    for (let start = 0; start < endpoints.length; start += MAX_ENDPOINTS) {
      contents.push({ ports, endpoints: endpoints.slice(start, start + MAX_ENDPOINTS) });
    }
  }
  return contents.length > 0 ? contents : [{ ports: [], endpoints: [] }];
}

/** The slices of one manager for one Service. */
export interface WantedSlices {
  /** The object whose name the slices carry, and with which they go. */
  readonly owner: Stored;
  readonly ownerKind: 'Service' | 'Endpoints';
  /** The value of the label `MANAGED_BY`. */
  readonly managedBy: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly contents: readonly SliceContent[];
  /** Returns the annotations of a slice that is written. @param before - those that it has */
  annotate(before: Readonly<Record<string, string>> | undefined): Record<string, string>;
}

/** Makes the slices be these: refills those that have the same ports, and deletes what is left over. */
export function reconcileSlices(client: TypedClient, wanted: WantedSlices): void {
  const { owner, managedBy, labels, contents } = wanted;
  const { namespace = '', name = '' } = owner.metadata;
  const existing = new Map(
    client
      .list(SLICES, { namespace, labelSelector: `${SERVICE_NAME}=${name},${MANAGED_BY}=${managedBy}` })
      .map(slice => [slice.metadata.name ?? '', slice] as const),
  );
  const allLabels = { ...labels, [SERVICE_NAME]: name, [MANAGED_BY]: managedBy };
  for (const { ports, endpoints } of contents) {
    const key = JSON.stringify(ports);
    const slices = [...existing.values()];
    const kept = slices.find(slice => JSON.stringify(slice.ports ?? []) === key) ?? slices[0];
    if (kept) {
      existing.delete(kept.metadata.name ?? '');
      refill(client, kept, wanted, { labels: allLabels, ports, endpoints });
      continue;
    }
    client.create(SLICES, newSlice(wanted, { labels: allLabels, ports, endpoints }));
  }
  for (const slice of existing.keys()) client.local.delete(SLICES, namespace, slice);
}

/** Returns a list as slices have it: an empty one is null. */
const orNull = <T>(list: readonly T[]): readonly T[] | null => (list.length > 0 ? list : null);

/** The labels and content of one slice. */
type Filling = SliceContent & { readonly labels: Readonly<Record<string, string>> };

/** Writes what a slice is to have, unless it has it. */
function refill(client: TypedClient, slice: EndpointSlice, { annotate }: WantedSlices, next: Filling): void {
  const { labels, ports, endpoints } = next;
  const { metadata } = slice;
  const isSame =
    equal(slice.ports ?? [], ports) &&
    equal(slice.endpoints ?? [], endpoints) &&
    equal(metadata.labels, labels);
  if (isSame) return;
  const annotations = annotate(metadata.annotations);
  const content = { ports: orNull(ports), endpoints: orNull(endpoints) };
  client.update(SLICES, { ...slice, metadata: { ...metadata, labels, annotations }, ...content });
}

function newSlice({ owner, ownerKind, annotate }: WantedSlices, filling: Filling): New<EndpointSlice> {
  const { namespace = '', name = '', uid = '' } = owner.metadata;
  const { labels, ports, endpoints } = filling;
  return {
    metadata: {
      generateName: `${name}-`,
      namespace,
      labels,
      annotations: annotate(undefined),
      ownerReferences: [
        { apiVersion: 'v1', kind: ownerKind, name, uid, controller: true, blockOwnerDeletion: true },
      ],
    },
    addressType: 'IPv4',
    ports: orNull(ports),
    endpoints: orNull(endpoints),
  };
}

/** Deletes the slices of a Service that one controller manages. */
export function deleteSlices(client: TypedClient, namespace: string, name: string, managedBy: string): void {
  const selector = `${SERVICE_NAME}=${name},${MANAGED_BY}=${managedBy}`;
  for (const { metadata } of client.list(SLICES, { namespace, labelSelector: selector })) {
    client.local.delete(SLICES, namespace, metadata.name ?? '');
  }
}

/** Makes the slices of a Service with a selector list the pods behind it. */
function sliceService(client: TypedClient, key: string, times: TriggerTimes): void {
  const [namespace = '', name = ''] = key.split('/');
  const service = client.get('services', namespace, name);
  if (!service) {
    times.forget(key);
    deleteSlices(client, namespace, name, CONTROLLER);
    return;
  }
  if (!service.spec.selector || service.spec.type === 'ExternalName' || !client.isOpen(namespace)) return;
  const pods = podsBehind(client, service);
  const time = times.next(
    service,
    pods.map(({ pod }) => pod),
  );
  const isHeadless = service.spec.clusterIP === 'None';
  const labels = {
    ...service.metadata.labels,
    ...(isHeadless && { 'service.kubernetes.io/headless': '' }),
  };
  reconcileSlices(client, {
    owner: service,
    ownerKind: 'Service',
    managedBy: CONTROLLER,
    labels,
    contents: contentsOf(pods),
    annotate: before => withTriggerTime(before, time),
  });
}

/** Starts the controller of the slices of Services with a selector. */
export function startEndpointSliceController({ component, client }: ControllerContext): Controller {
  const times = new TriggerTimes();
  const sync = (key: string) => sliceService(client, key, times);
  const queue = new WorkQueue(component, sync, 'services');
  const stops = [
    () => queue.stop(),
    ...watchServicePods(client, key => queue.add(key)),
    client.watch(SLICES, {}, ({ type, object }) => {
      const { labels = {}, namespace } = object.metadata;
      if (type === 'DELETED' && labels[MANAGED_BY] === CONTROLLER)
        queue.add(`${namespace}/${labels[SERVICE_NAME]}`);
    }),
  ];
  return { stop: () => stopAll(stops) };
}
