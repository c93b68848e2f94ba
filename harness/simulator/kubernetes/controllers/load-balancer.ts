/**
 * Addresses for Services of type LoadBalancer: asked of the network, written into the status after a moment,
 * given back at the end.
 */
import type { Timer } from '../../../base/clock.ts';
import { type Controller, type ControllerContext, eventRecorder, stopAll } from '../client/controller.ts';
import { type EventRecorder, referenceTo } from '../client/event-recorder.ts';
import { keyOf, type Service } from '../client/kinds.ts';
import { WorkQueue } from '../client/work-queue.ts';

/** An address takes 1 to 3 seconds, so that a reader who does not wait for it finds an empty status. */
const MIN_DELAY_MS = 1_000;
const DELAY_RANGE_MS = 2_000;

/** The addresses of the cluster's network that lead to load balancers. */
export interface LoadBalancerAddresses {
  /**
   * Takes an address for a load balancer.
   * @throws Error when the network has none left
   */
  allocateLoadBalancerAddress(): string;
  releaseLoadBalancerAddress(address: string): void;
}

/**
 * Tells whether this controller serves a Service. One with a class is for the controller of that class;
 * nobody implements one here, so it stays pending (k8s.io/cloud-provider service/controller.go).
 */
const isOurs = ({ spec }: Service): boolean =>
  spec.type === 'LoadBalancer' && spec.loadBalancerClass === undefined;

class LoadBalancerController implements Controller {
  readonly #context: ControllerContext;
  readonly #addresses: LoadBalancerAddresses;
  readonly #events: EventRecorder;
  readonly #queue: WorkQueue;
  readonly #stops: (() => void)[];
  /** Uid of a Service → the timer at whose end it gets its address. */
  readonly #pending = new Map<string, Timer>();
  /** Uid of a Service → its address. */
  readonly #given = new Map<string, string>();

  constructor(context: ControllerContext, addresses: LoadBalancerAddresses) {
    this.#context = context;
    this.#addresses = addresses;
    this.#events = eventRecorder(context, 'service-controller');
    this.#queue = new WorkQueue(context.component, key => this.#sync(key), 'services');
    this.#stops = [
      () => this.#stopTimers(),
      () => this.#queue.stop(),
      context.client.watch('services', {}, ({ type, object }) => {
        if (type === 'DELETED') this.#release(object.metadata.uid ?? '');
        else this.#queue.add(keyOf(object));
      }),
    ];
  }

  stop(): void {
    stopAll(this.#stops);
  }

  #sync(key: string): void {
    const [namespace = '', name = ''] = key.split('/');
    const service = this.#context.client.get('services', namespace, name);
    if (!service) return;
    if (isOurs(service)) this.#request(service);
    else this.#takeBack(service);
  }

  /** Asks for an address, unless the Service has one or waits for it. */
  #request(service: Service): void {
    const { clock, random } = this.#context;
    const { uid = '' } = service.metadata;
    if (this.#pending.has(uid) || hasAddress(service)) return;
    if (!this.#given.has(uid)) this.#tell(service, 'EnsuringLoadBalancer', 'Ensuring load balancer');
    const delayMs = MIN_DELAY_MS + random.stream(keyOf(service)).integer(DELAY_RANGE_MS);
    this.#pending.set(
      uid,
      clock.setTimeout(() => this.#assign(service), delayMs),
    );
  }

  #assign(service: Service): void {
    const { client } = this.#context;
    const { namespace = '', name = '', uid = '' } = service.metadata;
    this.#pending.delete(uid);
    const current = client.get('services', namespace, name);
    if (current?.metadata.uid !== uid || !current) return;
    const ip = this.#given.get(uid) ?? this.#addresses.allocateLoadBalancerAddress();
    this.#given.set(uid, ip);
    client.updateStatus('services', {
      ...current,
      status: { ...current.status, loadBalancer: { ingress: [{ ip, ipMode: 'VIP' }] } },
    });
    this.#tell(service, 'EnsuredLoadBalancer', 'Ensured load balancer');
  }

  /** Empties the status of a Service that was of our type before. */
  #takeBack(service: Service): void {
    const { uid = '' } = service.metadata;
    if (!this.#given.has(uid) && !this.#pending.has(uid)) return;
    this.#release(uid);
    if (!hasAddress(service)) return;
    const status = { ...service.status, loadBalancer: {} };
    this.#context.client.updateStatus('services', { ...service, status });
  }

  #release(uid: string): void {
    this.#context.clock.clearTimeout(this.#pending.get(uid));
    this.#pending.delete(uid);
    const address = this.#given.get(uid);
    if (address === undefined) return;
    this.#given.delete(uid);
    this.#addresses.releaseLoadBalancerAddress(address);
  }

  #tell(service: Service, reason: string, message: string): void {
    this.#events.record(referenceTo(service, 'Service', 'v1'), 'Normal', reason, message);
  }

  #stopTimers(): void {
    for (const timer of this.#pending.values()) this.#context.clock.clearTimeout(timer);
  }
}

const hasAddress = ({ status }: Service): boolean => (status?.loadBalancer?.ingress ?? []).length > 0;

/** Starts the controller that gives addresses to Services of type LoadBalancer. */
export function startLoadBalancerController(
  context: ControllerContext,
  addresses: LoadBalancerAddresses,
): Controller {
  return new LoadBalancerController(context, addresses);
}
