/**
 * Addresses for Services of type LoadBalancer: asked of the network, written into the status after a moment,
 * given back at the end.
 */
import type { Timer } from '../../../base/clock.ts';
import { type Controller, type ControllerContext, stopAll } from '../client/controller.ts';
import { EventRecorder, referenceTo } from '../client/event-recorder.ts';
import { keyOf, type Service } from '../client/kinds.ts';
import { WorkQueue } from '../client/work-queue.ts';

/** An address takes 1 to 3 seconds, so that whoever does not wait for it reads an empty one. */
const MIN_DELAY_MS = 1_000;
const DELAY_RANGE_MS = 2_000;

export interface LoadBalancerAddresses {
  allocateLoadBalancerAddress(): string;
  releaseLoadBalancerAddress(address: string): void;
}

export function startLoadBalancerController(
  { component, client, clock, random }: ControllerContext,
  addresses: LoadBalancerAddresses,
): Controller {
  const events = new EventRecorder(client, clock, 'service-controller');
  const pending = new Map<string, Timer>();
  /** Uid of the Service → its address. */
  const given = new Map<string, string>();

  const assign = (service: Service) => {
    const { namespace = '', name = '', uid = '' } = service.metadata;
    pending.delete(uid);
    const current = client.get('services', namespace, name);
    if (current?.metadata.uid !== uid || !current) return;
    const ip = given.get(uid) ?? addresses.allocateLoadBalancerAddress();
    given.set(uid, ip);
    client.updateStatus('services', {
      ...current,
      status: { ...current.status, loadBalancer: { ingress: [{ ip, ipMode: 'VIP' }] } },
    });
    events.record(
      referenceTo(service, 'Service', 'v1'),
      'Normal',
      'EnsuredLoadBalancer',
      'Ensured load balancer',
    );
  };
  const release = (uid: string) => {
    clock.clearTimeout(pending.get(uid));
    pending.delete(uid);
    const address = given.get(uid);
    if (address === undefined) return;
    given.delete(uid);
    addresses.releaseLoadBalancerAddress(address);
  };
  const sync = (key: string) => {
    const [namespace = '', name = ''] = key.split('/');
    const service = client.get('services', namespace, name);
    if (!service) return;
    const { uid = '' } = service.metadata;
    const ingress = service.status?.loadBalancer?.ingress ?? [];
    // A Service with a class is for whoever implements that class; nobody does here, and it stays pending
    // (k8s.io/cloud-provider service/controller.go).
    if (service.spec.type !== 'LoadBalancer' || service.spec.loadBalancerClass !== undefined) {
      if (!given.has(uid) && !pending.has(uid)) return;
      release(uid);
      if (ingress.length > 0) {
        client.updateStatus('services', { ...service, status: { ...service.status, loadBalancer: {} } });
      }
      return;
    }
    if (pending.has(uid) || ingress.length > 0) return;
    if (!given.has(uid)) {
      const about = referenceTo(service, 'Service', 'v1');
      events.record(about, 'Normal', 'EnsuringLoadBalancer', 'Ensuring load balancer');
    }
    const delayMs = MIN_DELAY_MS + random.stream(keyOf(service)).integer(DELAY_RANGE_MS);
    pending.set(
      uid,
      clock.setTimeout(() => assign(service), delayMs),
    );
  };
  const queue = new WorkQueue(component, sync, 'services');
  const stop = client.watch('services', {}, ({ type, object }) => {
    if (type === 'DELETED') release(object.metadata.uid ?? '');
    else queue.add(keyOf(object));
  });
  const stopTimers = () => {
    for (const timer of pending.values()) clock.clearTimeout(timer);
  };
  return { stop: () => stopAll([stopTimers, () => queue.stop(), stop]) };
}
