/**
 * The kubelet of one node: a worker for each pod that is bound to the node, and what the API server asks of
 * pods.
 */
import type { Clock } from '../../../../base/clock.ts';
import type { Random } from '../../../../base/random.ts';
import type { NetworkNamespace, ResolverConfig } from '../../../network/interfaces.ts';
import type { ImageCatalog, OnProcess } from '../../../program.ts';
import type { ClusterClient } from '../../client/cluster-client.ts';
import { type Controller, stopAll } from '../../client/controller.ts';
import { EventRecorder } from '../../client/event-recorder.ts';
import { keyOf, type Pod, type PodSpec } from '../../client/kinds.ts';
import type { Component } from '../../client/supervisor.ts';
import type { PodFacts } from './downward.ts';
import { ImagePuller } from './image-puller.ts';
import { type Refusal, requestsOf, roomFor } from './node-room.ts';
import { PodWorker } from './pod-worker.ts';
import type { VolumeMemory } from './volume-memory.ts';
import type { IssueToken } from './volumes.ts';

/** What a node, its cluster and the simulator give to a kubelet. */
export interface KubeletOptions {
  readonly nodeName: string;
  readonly component: Component;
  readonly client: ClusterClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly images: ImageCatalog;
  /** Where no registry can be asked: the images that the node has, by whole references. */
  readonly isOnNodes?: (reference: string) => boolean;
  readonly nodeNetwork: NetworkNamespace;
  readonly allocatable: PodFacts['allocatable'];
  /** `v1.34.3` */
  readonly version: string;
  addSandbox(podName: string): NetworkNamespace;
  resolver(namespace: string): ResolverConfig;
  readonly issueToken: IssueToken;
  /** The files of persistent volumes. */
  readonly volumes: VolumeMemory;
  readonly onProcess?: OnProcess;
}

/** Runs the pods that are bound to one node. */
export class Kubelet implements Controller {
  readonly #options: KubeletOptions;
  readonly #events: EventRecorder;
  readonly #images: ImagePuller;
  /** By uid. */
  readonly #workers = new Map<string, PodWorker>();
  readonly #stops: (() => void)[];
  #isStopped = false;

  constructor(options: KubeletOptions) {
    this.#options = options;
    const { component, client, clock, random, nodeName } = options;
    this.#events = new EventRecorder({
      client,
      clock,
      source: 'kubelet',
      host: nodeName,
      onError: (subject, error) => component.failed(subject, error),
    });
    this.#images = new ImagePuller(options.images, clock, random.stream('images'), options.isOnNodes);
    this.#stops = [
      client.watch('pods', { fieldSelector: `spec.nodeName=${nodeName}` }, ({ type, object }) => {
        if (type === 'DELETED') this.#drop(object);
        else this.#keep(object);
      }),
      client.watch('configmaps', {}, ({ object }) => this.#sourceChanged('configmap', object.metadata)),
      client.watch('secrets', {}, ({ object }) => this.#sourceChanged('secret', object.metadata)),
    ];
  }

  /** Finds the worker of a pod, if it still is the same pod. */
  worker(pod: { readonly metadata: Pod['metadata'] }): PodWorker | undefined {
    return this.#workers.get(pod.metadata.uid ?? '');
  }

  /** Ends all pods at once; their objects stay in the API. */
  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    stopAll(this.#stops);
    for (const worker of this.#workers.values()) this.#destroy(worker);
    this.#workers.clear();
  }

  #keep(pod: Pod): void {
    const { uid = '' } = pod.metadata;
    const known = this.#workers.get(uid);
    if (known) {
      known.update(pod);
      return;
    }
    if (this.#isStopped || pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') return;
    const worker = this.#newWorker(pod, uid);
    this.#workers.set(uid, worker);
    if (pod.metadata.deletionTimestamp === undefined) worker.start();
    else worker.update(pod);
  }

  #newWorker(pod: Pod, uid: string): PodWorker {
    const { component, client, clock, random, nodeNetwork, allocatable, addSandbox, resolver, issueToken } =
      this.#options;
    return new PodWorker(pod, {
      component,
      client,
      clock,
      random: random.stream(`pod/${uid}`),
      events: this.#events,
      images: this.#images,
      nodeNetwork,
      allocatable,
      version: this.#options.version,
      addSandbox,
      resolver,
      issueToken,
      volumes: this.#options.volumes,
      onProcess: this.#options.onProcess,
      refusal: (changed, spec) => this.#refusal(changed, spec),
      onGone: () => {
        this.#workers.delete(uid);
        this.#retryDeferred();
      },
    });
  }

  /** Says why the node cannot give a pod what it wants, beside what its other pods have. */
  #refusal({ metadata: { uid } }: Pod, spec: PodSpec): Refusal | undefined {
    const others = [...this.#workers.values()].filter(({ pod }) => pod.metadata.uid !== uid);
    const given = others.flatMap(({ resize }) => (resize ? [requestsOf(resize.allocated)] : []));
    return roomFor(requestsOf(spec), given, this.#options.allocatable);
  }

  /** Looks again at wishes that had no room: another pod has gone. */
  #retryDeferred(): void {
    for (const { pod, resize } of this.#workers.values()) if (resize?.isDeferred) resize.wants(pod);
  }

  /** Tells the pods of a namespace that an object has changed that they may mount. */
  #sourceChanged(kind: 'configmap' | 'secret', { namespace, name = '' }: Pod['metadata']): void {
    for (const worker of this.#workers.values()) {
      if (worker.pod.metadata.namespace === namespace) worker.sourceChanged(kind, name);
    }
  }

  #drop(pod: Pod): void {
    const { uid = '' } = pod.metadata;
    const worker = this.#workers.get(uid);
    this.#workers.delete(uid);
    if (worker) this.#destroy(worker);
    this.#retryDeferred();
  }

  #destroy(worker: PodWorker): void {
    this.#options.component.start({ resource: 'pods', key: keyOf(worker.pod) }, () => worker.destroy());
  }
}
