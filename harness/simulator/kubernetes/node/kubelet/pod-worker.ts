/**
 * One pod on a node, from binding to its last breath: volumes, network, init containers, containers, status,
 * termination.
 */
import type { Clock } from '../../../../base/clock.ts';
import type { Random } from '../../../../base/random.ts';
import type { NetworkNamespace, ResolverConfig } from '../../../network/interfaces.ts';
import type { OnProcess } from '../../../program.ts';
import { type EventRecorder, referenceTo } from '../../client/event-recorder.ts';
import { type Container, keyOf, type Pod, type PodStatus, timestamp } from '../../client/kinds.ts';
import type { Component, Subject } from '../../client/supervisor.ts';
import { hasCode, type TypedClient } from '../../client/typed.ts';
import { equal } from '../../registry/json.ts';
import { createContainerFiles } from './container-files.ts';
import { ContainerRunner, type RunnerContext } from './container-runner.ts';
import type { PodFacts } from './downward.ts';
import { environmentOf, type Lookup } from './environment.ts';
import type { ImagePuller } from './image-puller.ts';
import { podStatus } from './pod-status.ts';
import { PodVolumes } from './pod-volumes.ts';
import { type IssueToken, volumeReferences } from './volumes.ts';

/** What the kubelet of a node gives to each of its pods. */
export interface PodContext {
  readonly component: Component;
  readonly client: TypedClient;
  readonly clock: Clock;
  /** A stream of this pod's own. */
  readonly random: Random;
  readonly events: EventRecorder;
  readonly images: ImagePuller;
  readonly nodeNetwork: NetworkNamespace;
  readonly allocatable: PodFacts['allocatable'];
  addSandbox(name: string): NetworkNamespace;
  resolver(namespace: string): ResolverConfig;
  readonly issueToken: IssueToken;
  readonly onProcess: OnProcess | undefined;
  /** The pod is gone from the API. */
  onGone(): void;
}

export class PodWorker {
  #pod: Pod;
  readonly #context: PodContext;
  readonly #stop = new AbortController();
  readonly #startTime: string;
  readonly #volumes: PodVolumes;
  readonly #init: ContainerRunner[] = [];
  readonly #main: ContainerRunner[] = [];
  readonly #progress = new Set<() => void>();
  #sandbox: NetworkNamespace | undefined;
  #isStatusDue = false;
  #isTerminating = false;
  #isOver = false;
  #isGone = false;

  constructor(pod: Pod, context: PodContext) {
    this.#pod = pod;
    this.#context = context;
    this.#startTime = pod.status?.startTime ?? timestamp(context.clock.now());
    const { clock, random, events, issueToken } = context;
    this.#volumes = new PodVolumes({
      clock,
      random,
      sources: { lookup: this.#lookup(), issueToken, now: () => clock.now() },
      facts: () => this.#facts(),
      onFailure: message =>
        events.record(referenceTo(this.#pod, 'Pod', 'v1'), 'Warning', 'FailedMount', message),
    });
  }

  get pod(): Pod {
    return this.#pod;
  }

  /** The pod's network; undefined before it has one. */
  get sandbox(): NetworkNamespace | undefined {
    return this.#sandbox;
  }

  runner(container: string): ContainerRunner | undefined {
    return [...this.#main, ...this.#init].find(({ container: { name } }) => name === container);
  }

  /** Takes the pod in. */
  start(): void {
    this.#setStatusDue();
    this.#go(() => this.#run());
  }

  /** Labels, annotations or the wish for its end have changed. */
  update(pod: Pod): void {
    const before = this.#pod;
    this.#pod = pod;
    if (
      before.metadata.labels !== pod.metadata.labels ||
      before.metadata.annotations !== pod.metadata.annotations
    ) {
      this.#volumes.refreshSoon();
    }
    if (pod.metadata.deletionTimestamp !== undefined) this.#go(() => this.#terminate());
  }

  /** A ConfigMap or Secret of the pod's namespace has changed. */
  sourceChanged(kind: 'configmap' | 'secret', name: string): void {
    const { configMaps, secrets } = volumeReferences(this.#pod);
    if ((kind === 'configmap' ? configMaps : secrets).has(name)) this.#volumes.refreshSoon();
  }

  /**
   * The pod has been removed from the API without waiting for us, or the node is stopped: ends everything at
   * once.
   */
  async destroy(): Promise<void> {
    this.#isGone = true;
    this.#isTerminating = true;
    if (!this.#stop.signal.aborted) this.#stop.abort(new Error('the pod is gone'));
    await this.#endContainers(0);
    this.#release();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    const { initContainers = [], containers } = this.#pod.spec;
    await this.#volumes.mount(this.#pod.spec.volumes ?? [], this.#stop.signal);
    signal.throwIfAborted();
    this.#makeSandbox();
    const context = this.#makeRunnerContext();
    const waiting = initContainers.length > 0 ? 'PodInitializing' : 'ContainerCreating';
    const { restartPolicy = 'Always' } = this.#pod.spec;
    // An init container is done when it has succeeded, whatever the pod's policy; a sidecar says Always
    // itself.
    const initPolicy = restartPolicy === 'Never' ? 'Never' : 'OnFailure';
    for (const container of initContainers) {
      const policy = container.restartPolicy ?? initPolicy;
      this.#init.push(new ContainerRunner(container, context, policy, 'PodInitializing'));
    }
    for (const container of containers) {
      this.#main.push(new ContainerRunner(container, context, restartPolicy, waiting));
    }
    this.#setStatusDue();
    for (const runner of this.#init) {
      runner.start();
      const isSidecar = runner.container.restartPolicy === 'Always';
      await this.#until(() => (isSidecar ? runner.isStarted : runner.isOver));
      if (!isSidecar && runner.exitCode !== 0) {
        await this.#complete();
        return;
      }
    }
    for (const runner of this.#main) runner.start();
    await this.#until(() => this.#main.every(({ isOver }) => isOver));
    await this.#complete();
  }

  /** All containers have ended for good: sidecars follow, and the address is given back. */
  async #complete(): Promise<void> {
    if (this.#isTerminating) return;
    await this.#endContainers(this.#graceMs());
    this.#isOver = true;
    this.#setStatusDue();
    this.#release();
  }

  #makeSandbox(): void {
    const { addSandbox, resolver, nodeNetwork } = this.#context;
    const { hostNetwork, dnsPolicy = 'ClusterFirst' } = this.#pod.spec;
    const { name = '', namespace = '' } = this.#pod.metadata;
    if (hostNetwork) {
      this.#sandbox = nodeNetwork;
      return;
    }
    this.#sandbox = addSandbox(name);
    // Unlike Kubernetes, `dnsConfig` and the policies None and Default leave a pod without a name server:
    // nodes have none.
    if (dnsPolicy === 'ClusterFirst' || dnsPolicy === 'ClusterFirstWithHostNet') {
      this.#sandbox.setResolver(resolver(namespace));
    }
    // Downward API volumes may show the address, which is known only now.
    this.#volumes.refresh();
  }

  #makeRunnerContext(): RunnerContext {
    const { clock, random, images, nodeNetwork, onProcess } = this.#context;
    const { spec, metadata } = this.#pod;
    const podNetwork = this.#sandbox;
    if (!podNetwork) throw new Error('containers need a sandbox');
    const hostname = spec.hostname ?? metadata.name ?? '';
    return {
      start: work => this.#go(work),
      clock,
      random,
      images,
      nodeNetwork,
      podNetwork,
      hostname,
      podLabel: `${metadata.name}_${metadata.namespace}(${metadata.uid})`,
      defaultUser: spec.securityContext?.runAsUser,
      gracePeriodSeconds: spec.terminationGracePeriodSeconds ?? 30,
      environment: (container, image) => environmentOf(this.#facts(), container, image.env, this.#lookup()),
      files: container =>
        createContainerFiles(container, this.#volumes.mounted, {
          '/etc/hostname': `${hostname}\n`,
          '/etc/resolv.conf': this.#resolvConf(),
        }),
      event: (container, type, reason, message) => this.#containerEvent(container, type, reason, message),
      onNote:
        onProcess &&
        ((container, note) =>
          onProcess(
            { namespace: metadata.namespace ?? '', pod: metadata.name ?? '', container, atMs: clock.now() },
            note,
          )),
      onChange: () => this.#onChange(),
    };
  }

  #resolvConf(): string {
    const { nameserver, search, ndots } = this.#context.resolver(this.#pod.metadata.namespace ?? '');
    return `search ${search.join(' ')}\nnameserver ${nameserver}\noptions ndots:${ndots}\n`;
  }

  #facts(): PodFacts {
    return {
      pod: this.#pod,
      podIP: this.#sandbox?.address ?? '',
      hostIP: this.#context.nodeNetwork.address,
      allocatable: this.#context.allocatable,
    };
  }

  #lookup(): Lookup {
    const { client } = this.#context;
    const { namespace = '' } = this.#pod.metadata;
    return {
      configMap: name => client.get('configmaps', namespace, name),
      secret: name => client.get('secrets', namespace, name),
      services: () => {
        const api = namespace === 'default' ? undefined : client.get('services', 'default', 'kubernetes');
        return [...(api ? [api] : []), ...client.list('services', { namespace })];
      },
    };
  }

  /** Resolves when the condition holds; it is looked at whenever a container changes. */
  #until(holds: () => boolean): Promise<void> {
    const { signal } = this.#stop;
    return new Promise((resolve, reject) => {
      const look = () => {
        if (signal.aborted) reject(signal.reason);
        else if (holds()) resolve();
        else return;
        this.#progress.delete(look);
      };
      this.#progress.add(look);
      signal.addEventListener('abort', look, { once: true });
      look();
    });
  }

  #onChange(): void {
    this.#setStatusDue();
    for (const look of [...this.#progress]) look();
  }

  #graceMs(): number {
    const { deletionGracePeriodSeconds } = this.#pod.metadata;
    const seconds = deletionGracePeriodSeconds ?? this.#pod.spec.terminationGracePeriodSeconds ?? 30;
    return Number(seconds) * 1000;
  }

  async #terminate(): Promise<void> {
    if (this.#isTerminating) return;
    this.#isTerminating = true;
    for (const { container, isRunning } of [...this.#init, ...this.#main]) {
      if (isRunning)
        this.#containerEvent(container, 'Normal', 'Killing', `Stopping container ${container.name}`);
    }
    if (!this.#stop.signal.aborted) this.#stop.abort(new Error('the pod is being deleted'));
    await this.#endContainers(this.#graceMs());
    if (this.#isGone) return;
    this.#isOver = true;
    this.#writeStatus();
    this.#release();
    this.#isGone = true;
    const { namespace = '', name = '', uid = '' } = this.#pod.metadata;
    try {
      const options = { gracePeriodSeconds: 0, preconditions: { uid } };
      this.#context.client.local.delete('pods', namespace, name, options);
    } catch (error) {
      if (!hasCode(error, 404) && !hasCode(error, 409)) throw error;
    }
    this.#context.onGone();
  }

  /** Containers end together, sidecars after them, the last one first. */
  async #endContainers(graceMs: number): Promise<void> {
    const deadline = this.#context.clock.now() + graceMs;
    const left = () => Math.max(0, deadline - this.#context.clock.now());
    const others = this.#init.filter(({ container }) => container.restartPolicy !== 'Always');
    await Promise.all([...this.#main, ...others].map(runner => runner.stop(graceMs)));
    const sidecars = this.#init.filter(({ container }) => container.restartPolicy === 'Always');
    for (const sidecar of sidecars.reverse()) await sidecar.stop(left());
  }

  #release(): void {
    this.#volumes.stop();
    if (this.#sandbox && this.#sandbox !== this.#context.nodeNetwork) this.#sandbox.destroy();
  }

  #setStatusDue(): void {
    if (this.#isStatusDue) return;
    this.#isStatusDue = true;
    queueMicrotask(() => {
      this.#isStatusDue = false;
      this.#context.component.run(this.#subject(), () => this.#writeStatus());
    });
  }

  /** Runs what nobody awaits; the end of the pod ends it too. */
  #go(work: () => Promise<void>): void {
    this.#context.component.start(this.#subject(), async () => {
      try {
        await work();
      } catch (error) {
        if (error !== this.#stop.signal.reason) throw error;
      }
    });
  }

  #subject(): Subject {
    return { resource: 'pods', key: keyOf(this.#pod) };
  }

  #writeStatus(): void {
    if (this.#isGone) return;
    const { namespace = '', name = '', uid } = this.#pod.metadata;
    const current = this.#context.client.get('pods', namespace, name);
    if (current?.metadata.uid !== uid || !current) return;
    const status = this.#status(current);
    if (!equal(current.status, status)) this.#context.client.updateStatus('pods', { ...current, status });
  }

  #status(current: Pod): PodStatus {
    return podStatus(current, {
      init: this.#init,
      main: this.#main,
      hostIP: this.#context.nodeNetwork.address,
      podIP: this.#sandbox?.address ?? current.status?.podIP,
      hasSandbox: this.#sandbox !== undefined && !this.#isOver,
      startTime: this.#startTime,
      now: timestamp(this.#context.clock.now()),
    });
  }

  #containerEvent(container: Container, type: 'Normal' | 'Warning', reason: string, message: string): void {
    const isInit = this.#pod.spec.initContainers?.some(({ name }) => name === container.name) ?? false;
    const path = `spec.${isInit ? 'initContainers' : 'containers'}{${container.name}}`;
    this.#context.events.record(referenceTo(this.#pod, 'Pod', 'v1', path), type, reason, message);
  }
}
