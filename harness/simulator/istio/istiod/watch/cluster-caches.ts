/** The watches that a registry keeps at the API server of one cluster. */
import type { Clock } from '../../../../base/clock.ts';
import type {
  KubernetesClient,
  KubernetesObject,
  ResourcePath,
  Selectors,
} from '../../../../base/kubernetes-client.ts';
import type { Random } from '../../../../base/random.ts';
import type { IstioBehaviour } from '../../behaviour.ts';
import type { Log } from '../../log.ts';
import { objectTold } from '../../registry/object-told.ts';
import type { RegistryService } from '../model/mesh-model.ts';
import { Informer } from './informer.ts';
import { keyOf } from './object-cache.ts';
import {
  networkLabelOf,
  type RegistryEndpoints,
  type RegistryNode,
  type RegistryPod,
  readEndpointSlice,
  readEndpoints,
  readNode,
  readPod,
  readService,
} from './registry-objects.ts';

/** Which cluster to watch, and until when. */
export interface ClusterCachesOptions {
  readonly client: () => KubernetesClient;
  readonly behaviour: IstioBehaviour;
  readonly systemNamespace: string;
  readonly domain: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly signal: AbortSignal;
  readonly log: Log;
}

/** Whom to call when a kept object differs from before; one that is gone is `undefined` now. */
export interface CacheHandlers {
  readonly onService: (hostname: string | undefined) => void;
  readonly onPod: (now: RegistryPod | undefined, before: RegistryPod | undefined) => void;
  readonly onEndpoints: (
    key: string,
    now: RegistryEndpoints | undefined,
    before: RegistryEndpoints | undefined,
  ) => void;
  /** A node is elsewhere than it was. */
  readonly onNode: (name: string) => void;
  /** The system namespace's label for its network. */
  readonly onNetwork: () => void;
}

const KINDS: Readonly<Record<string, string>> = {
  services: 'Service',
  pods: 'Pod',
  endpoints: 'Endpoints',
  endpointslices: 'EndpointSlice',
  namespaces: 'Namespace',
  nodes: 'Node',
};

/** Kinds with annotations and labels that Istio heeds. */
const MARKED: ReadonlySet<string> = new Set(['Service', 'Pod']);

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Watches services, pods, endpoints and the system namespace until the signal aborts. */
export class ClusterCaches {
  readonly services: Informer<RegistryService>;
  readonly pods: Informer<RegistryPod>;
  readonly endpoints: Informer<RegistryEndpoints>;
  /** Where each node is, and how old. */
  readonly nodes: Informer<RegistryNode>;
  /** Holds the namespace's network label. */
  readonly namespace: Informer<string>;
  readonly #options: ClusterCachesOptions;
  /** Kind and key → what was told of the object. */
  readonly #told = new Map<string, string>();

  constructor(options: ClusterCachesOptions, handlers: CacheHandlers) {
    this.#options = options;
    const isSlices = options.behaviour.endpointSource === 'endpoint-slices';
    // Services come first, and open the client's first connection.
    this.services = this.#informer(
      { apiVersion: 'v1', plural: 'services' },
      object => readService(object, options.domain),
      (_key, now, before) => handlers.onService((now ?? before)?.hostname),
    );
    this.pods = this.#informer({ apiVersion: 'v1', plural: 'pods' }, readPod, (_key, now, before) =>
      handlers.onPod(now, before),
    );
    this.endpoints = this.#informer(
      isSlices
        ? { apiVersion: 'discovery.k8s.io/v1', plural: 'endpointslices' }
        : { apiVersion: 'v1', plural: 'endpoints' },
      isSlices ? readEndpointSlice : readEndpoints,
      handlers.onEndpoints,
    );
    this.nodes = this.#informer({ apiVersion: 'v1', plural: 'nodes' }, readNode, (name, now, before) => {
      const isElsewhere = (now?.locality ?? '') !== (before?.locality ?? '');
      if (isElsewhere || !same(now?.external, before?.external)) handlers.onNode(name);
    });
    this.namespace = this.#informer(
      { apiVersion: 'v1', plural: 'namespaces' },
      networkLabelOf,
      handlers.onNetwork,
      { fieldSelector: `metadata.name=${options.systemNamespace}` },
    );
  }

  /** Each resolves when its cache holds a first list; none rejects. */
  get synced(): readonly Promise<void>[] {
    const { services, pods, endpoints, namespace, nodes } = this;
    return [services, pods, endpoints, namespace, nodes].map(({ synced }) => synced);
  }

  /** Tells of marks that are not simulated, once for an object as long as they stay as they are. */
  #tell(kind: string, object: KubernetesObject): void {
    const { behaviour, log } = this.#options;
    // Objects of a list have no kind of their own.
    const sentences = objectTold(behaviour.line, { ...object, kind });
    if (sentences.length === 0) return;
    const key = `${kind} ${keyOf(object)}`;
    const text = sentences.join('\n');
    if (this.#told.get(key) === text) return;
    this.#told.set(key, text);
    for (const sentence of sentences) log.warn(sentence);
  }

  #informer<T>(
    path: ResourcePath,
    keep: (object: KubernetesObject) => T | undefined,
    onChange: (key: string, now: T | undefined, before: T | undefined) => void,
    selectors?: Selectors,
  ): Informer<T> {
    const { client, clock, random, signal, log } = this.#options;
    const after = path.plural === 'services' ? undefined : this.services;
    const kind = KINDS[path.plural] ?? path.plural;
    return new Informer({
      client,
      path,
      clock,
      random,
      signal,
      keep: object => {
        if (MARKED.has(kind)) this.#tell(kind, object);
        return keep(object);
      },
      onChange: (key, now, before) => {
        if (now === undefined) this.#told.delete(`${kind} ${key}`);
        if (!same(now, before)) onChange(key, now, before);
      },
      ...(selectors && { selectors }),
      ...(after && { after }),
      kind,
      onFailure: message => log.error(message),
    });
  }
}
