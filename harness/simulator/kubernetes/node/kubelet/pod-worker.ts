/** One pod on a node, from its binding until the API forgets it. */
import { sleep } from '../../../../base/clock.ts';
import type { NetworkNamespace } from '../../../network/interfaces.ts';
import type { ProcessSource } from '../../../program.ts';
import { referenceTo } from '../../client/event-recorder.ts';
import { type Container, keyOf, type Pod, type PodStatus, timestamp } from '../../client/kinds.ts';
import { hasCode } from '../../client/typed.ts';
import type { ContainerRunner } from './container-runner.ts';
import { PodContainers } from './pod-containers.ts';
import type { PodContext } from './pod-context.ts';
import { PodResize, RELIST_MS, type ResizeHost } from './pod-resize.ts';
import { podStatus } from './pod-status.ts';
import { PodSurroundings } from './pod-surroundings.ts';
import type { RunnerContext } from './runner-context.ts';
import { StatusWriter } from './status-writer.ts';

/** Takes a pod through its life: volumes, network, containers, status, termination. */
export class PodWorker {
  #pod: Pod;
  readonly #context: PodContext;
  readonly #stop = new AbortController();
  readonly #startTime: string;
  readonly #surroundings: PodSurroundings;
  readonly #status: StatusWriter;
  readonly #resize: PodResize;
  /** Undefined before the pod has a network. */
  #containers: PodContainers | undefined;
  #isTerminating = false;
  /** All containers have ended for good. */
  #isOver = false;
  #isGone = false;

  constructor(pod: Pod, context: PodContext) {
    this.#pod = pod;
    this.#context = context;
    this.#startTime = pod.status?.startTime ?? timestamp(context.clock.now());
    this.#surroundings = new PodSurroundings(() => this.#pod, context);
    const { client, component } = context;
    this.#resize = new PodResize(pod.spec, this.#resizeHost());
    this.#status = new StatusWriter({ client, component, pod, status: current => this.#statusOf(current) });
  }

  get pod(): Pod {
    return this.#pod;
  }

  /** The resources that the pod has been given; undefined once it has ended. */
  get resize(): PodResize | undefined {
    return this.#isOver ? undefined : this.#resize;
  }

  /** The pod's network; undefined before it has one. */
  get sandbox(): NetworkNamespace | undefined {
    return this.#surroundings.network;
  }

  /** Finds a container by its name; containers proper come before init containers. */
  runner(container: string): ContainerRunner | undefined {
    const { main = [], init = [] } = this.#containers ?? {};
    return [...main, ...init].find(({ container: { name } }) => name === container);
  }

  /** Takes the pod in. */
  start(): void {
    this.#status.setDue();
    this.#go(() => this.#run());
  }

  /** Takes note of the pod's newest state in the API: labels, annotations, the wish for its end. */
  update(pod: Pod): void {
    const before = this.#pod;
    this.#pod = pod;
    if (
      before.metadata.labels !== pod.metadata.labels ||
      before.metadata.annotations !== pod.metadata.annotations
    ) {
      this.#surroundings.podChanged();
    }
    if (before.spec !== pod.spec && !this.#isTerminating) this.#resize.wants(pod);
    if (before.metadata.generation !== pod.metadata.generation) this.#status.setDue();
    this.#status.cacheChanged();
    if (pod.metadata.deletionTimestamp !== undefined) this.#go(() => this.#terminate());
  }

  /** Takes note that a ConfigMap or Secret of the pod's namespace has changed. */
  sourceChanged(kind: 'configmap' | 'secret', name: string): void {
    this.#surroundings.sourceChanged(kind, name);
  }

  /** Ends everything at once: the API has removed the pod without waiting for us, or the node stops. */
  async destroy(): Promise<void> {
    this.#setGone();
    this.#isTerminating = true;
    this.#abort('the pod is gone');
    await this.#containers?.end(0);
    this.#surroundings.release();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    await this.#surroundings.mount(signal);
    signal.throwIfAborted();
    const context = this.#runnerContext(this.#surroundings.addNetwork());
    this.#containers = new PodContainers(this.#pod.spec, context, signal, () => this.#status.setDue());
    this.#status.setDue();
    await this.#containers.run();
    await this.#complete();
  }

  /** Ends the sidecars after the last of the other containers, and gives the address back. */
  async #complete(): Promise<void> {
    if (this.#isTerminating) return;
    await this.#containers?.end(this.#graceMs());
    this.#isOver = true;
    this.#status.setDue();
    this.#surroundings.release();
  }

  /** Ends the pod as the API asks: its containers get their grace, and then the API may forget it. */
  async #terminate(): Promise<void> {
    if (this.#isTerminating) return;
    this.#isTerminating = true;
    for (const { container, isRunning } of this.#containers?.all ?? []) {
      if (isRunning)
        this.#containerEvent(container, 'Normal', 'Killing', `Stopping container ${container.name}`);
    }
    this.#abort('the pod is being deleted');
    await this.#containers?.end(this.#graceMs());
    if (this.#isGone) return;
    this.#isOver = true;
    await this.#status.write();
    this.#surroundings.release();
    this.#setGone();
    await this.#removeFromApi();
    this.#context.onGone();
  }

  async #removeFromApi(): Promise<void> {
    const { namespace = '', name = '', uid = '' } = this.#pod.metadata;
    try {
      const options = { gracePeriodSeconds: 0, preconditions: { uid } };
      await this.#context.client.delete('pods', namespace, name, options);
    } catch (error) {
      if (!hasCode(error, 404) && !hasCode(error, 409)) throw error;
    }
  }

  #setGone(): void {
    this.#isGone = true;
    this.#status.stop();
  }

  #abort(why: string): void {
    if (!this.#stop.signal.aborted) this.#stop.abort(new Error(why));
  }

  #runnerContext(podNetwork: NetworkNamespace): Omit<RunnerContext, 'onChange'> {
    const { clock, random, images, nodeNetwork, version, onProcess } = this.#context;
    const { spec, metadata } = this.#pod;
    const surroundings = this.#surroundings;
    return {
      start: work => this.#go(work),
      clock,
      random,
      images,
      nodeNetwork,
      version,
      podNetwork,
      hostname: surroundings.hostname,
      podLabel: `${metadata.name}_${metadata.namespace}(${metadata.uid})`,
      defaultUser: spec.securityContext?.runAsUser,
      gracePeriodSeconds: spec.terminationGracePeriodSeconds ?? 30,
      environment: (container, image) => surroundings.variables(container, image),
      files: container => surroundings.files(container),
      resources: container => this.#resize.resourcesOf(container),
      event: (container, type, reason, message) => this.#containerEvent(container, type, reason, message),
      onNote: onProcess && ((container, note) => onProcess(this.#sourceOf(container, clock.now()), note)),
    };
  }

  #resizeHost(): ResizeHost {
    const { clock, refusal, events } = this.#context;
    return {
      clock,
      refusal: spec => refusal(this.#pod, spec),
      restart: container => this.runner(container.name)?.restart('resize requires restart'),
      later: work =>
        this.#go(async () => {
          await sleep(clock, RELIST_MS, this.#stop.signal);
          work();
        }),
      completed: message =>
        events.record(referenceTo(this.#pod, 'Pod', 'v1'), 'Normal', 'ResizeCompleted', message),
      onChange: () => this.#status.setDue(),
    };
  }

  #sourceOf(container: string, atMs: number): ProcessSource {
    const { namespace = '', name = '' } = this.#pod.metadata;
    return { namespace, pod: name, container, atMs };
  }

  #graceMs(): number {
    const { deletionGracePeriodSeconds } = this.#pod.metadata;
    const seconds = deletionGracePeriodSeconds ?? this.#pod.spec.terminationGracePeriodSeconds ?? 30;
    return Number(seconds) * 1000;
  }

  /** Runs what nobody awaits; the end of the pod ends it too. */
  #go(work: () => Promise<void>): void {
    this.#context.component.start({ resource: 'pods', key: keyOf(this.#pod) }, async () => {
      try {
        await work();
      } catch (error) {
        if (error !== this.#stop.signal.reason) throw error;
      }
    });
  }

  #statusOf(current: Pod): PodStatus {
    const { network } = this.#surroundings;
    return podStatus(current, {
      init: this.#containers?.init ?? [],
      main: this.#containers?.main ?? [],
      hostIP: this.#context.nodeNetwork.address,
      podIP: network?.address ?? current.status?.podIP,
      hasSandbox: network !== undefined && !this.#isOver,
      startTime: this.#startTime,
      resize: this.#isOver ? [] : this.#resize.conditions,
      now: timestamp(this.#context.clock.now()),
    });
  }

  #containerEvent(container: Container, type: 'Normal' | 'Warning', reason: string, message: string): void {
    const isInit = this.#pod.spec.initContainers?.some(({ name }) => name === container.name) ?? false;
    const path = `spec.${isInit ? 'initContainers' : 'containers'}{${container.name}}`;
    this.#context.events.record(referenceTo(this.#pod, 'Pod', 'v1', path), type, reason, message);
  }
}
