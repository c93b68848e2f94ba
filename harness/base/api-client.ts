/** A client of one API server as its users see it: verbs, watches, exec and logs. */
import type { Clock } from './clock.ts';
import type { KubernetesObject, ResourcePath } from './kubernetes-object.ts';

/** The ways to patch that an API server knows; `apply` is the server-side one. */
export type PatchType = 'json' | 'merge' | 'strategic' | 'apply';

/** Selects objects of a collection; all by default. */
export interface Selectors {
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

/** What is watched of a collection, and from where on. */
export interface WatchOptions extends Selectors {
  readonly resourceVersion?: string;
  readonly allowWatchBookmarks?: boolean;
  /** Has what there is told first; a bookmark with the annotation `INITIAL_EVENTS_END` ends that. */
  readonly sendInitialEvents?: boolean;
  /** What `sendInitialEvents` demands. */
  readonly resourceVersionMatch?: 'NotOlderThan';
  readonly timeoutSeconds?: number;
}

/** On the bookmark behind the initial events (apimachinery pkg/apis/meta/v1/types.go @v0.34). */
export const INITIAL_EVENTS_END = 'k8s.io/initial-events-end';

/** One line of a watch. */
export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: KubernetesObject;
}

/** The options of a request besides its method and path. */
export interface RequestOptions {
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly contentType?: string;
  /**
   * `application/json` by default; `application/json;as=Table;v=v1;g=meta.k8s.io` asks for a Table.
   */
  readonly accept?: string;
  readonly signal?: AbortSignal | undefined;
}

/** What a program in a container is given, and how long it may take. */
export interface ExecOptions {
  readonly stdin?: string;
  readonly signal?: AbortSignal;
  /** Whose time `timeoutMs` is; the wall's by default. */
  readonly clock?: Clock;
  readonly timeoutMs?: number;
}

/** How a program in a container ended. */
export interface ExecOutcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A page of a collection. */
export interface ObjectList {
  items: KubernetesObject[];
  resourceVersion: string;
}

/**
 * One identity at one API server. Paths, objects and watches are generic: kinds are data here. Methods throw
 * KubernetesApiError when the server answers with an error (`find` returns undefined for 404), and a Node
 * error (`code`) when they cannot reach it.
 */
export interface ApiClient {
  /** The address of the API server, as the kubeconfig has it. */
  readonly server: string;
  /** Makes any request, and returns the JSON of the answer. */
  request(method: string, path: string, options?: RequestOptions): Promise<unknown>;
  /** Reads an object. */
  get(path: ResourcePath, signal?: AbortSignal): Promise<KubernetesObject>;
  /** Reads an object that may be absent: undefined then. */
  find(path: ResourcePath, signal?: AbortSignal): Promise<KubernetesObject | undefined>;
  /** Reads a collection; of all namespaces if the path names none. */
  list(path: ResourcePath, selectors?: Selectors, signal?: AbortSignal): Promise<ObjectList>;
  /** Creates an object in a collection. */
  create(
    path: ResourcePath,
    body: KubernetesObject | Record<string, unknown>,
    query?: Record<string, string>,
    signal?: AbortSignal,
  ): Promise<KubernetesObject>;
  /** Writes an object anew; its `resourceVersion` has to be the latest, if it has one. */
  replace(
    path: ResourcePath,
    body: KubernetesObject,
    query?: Record<string, string>,
    signal?: AbortSignal,
  ): Promise<KubernetesObject>;
  /** Changes a part of an object; `apply` makes it if it is not there, and wants `fieldManager` as query. */
  patch(
    path: ResourcePath,
    type: PatchType,
    body: unknown,
    query?: Record<string, string>,
    signal?: AbortSignal,
  ): Promise<KubernetesObject>;
  /**
   * Deletes an object.
   * @param body - DeleteOptions: what it owns goes in the background by default
   */
  delete(path: ResourcePath, body?: Record<string, unknown>, signal?: AbortSignal): Promise<KubernetesObject>;
  /**
   * Watches until the server closes the stream (resolves), it breaks (throws) or `signal` aborts (throws its
   * reason).
   * @param onOpen - called when the server has accepted the watch
   */
  watch(
    path: ResourcePath,
    options: WatchOptions,
    onEvent: (event: WatchEvent) => void,
    signal: AbortSignal,
    onOpen?: () => void,
  ): Promise<void>;
  /**
   * Runs a program in a container and waits for its end.
   * @param container - the pod's default one if undefined
   * @throws KubernetesApiError if it could not be started; an Error if the connection broke before the exit
   *   code was known
   */
  exec(
    namespace: string,
    pod: string,
    container: string | undefined,
    argv: readonly string[],
    options?: ExecOptions,
  ): Promise<ExecOutcome>;
  /**
   * Reads a container's log so far.
   * @param query - `{ container: 'istio-proxy', previous: 'true' }`
   */
  logs(namespace: string, pod: string, query?: Record<string, string>, signal?: AbortSignal): Promise<string>;
}
