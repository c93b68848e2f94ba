/** One identity's client of one API server: verbs, watches, exec and logs. */
import { AnswerDeadline, type AnswerLimit } from './answer-deadline.ts';
import { parseBody, readAll, readEvents, type WatchEvent } from './kubernetes-answer.ts';
import { isNotFound } from './kubernetes-error.ts';
import { type ExecOptions, type ExecOutcome, execInContainer } from './kubernetes-exec.ts';
import { type KubernetesObject, pathOf, type ResourcePath } from './kubernetes-object.ts';
import { type Dial, KubernetesTransport, type RequestOptions } from './kubernetes-transport.ts';

export { isNotFound, KubernetesApiError, type KubernetesStatus } from './kubernetes-error.ts';
export type { ExecOutcome } from './kubernetes-exec.ts';
export { type KubernetesObject, pathOf, type ResourcePath } from './kubernetes-object.ts';

/** The ways to patch that an API server knows; `apply` is the server-side one. */
export type PatchType = 'json' | 'merge' | 'strategic' | 'apply';
const PATCH_CONTENT_TYPES: Readonly<Record<PatchType, string>> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
};

/** Selects objects of a collection; all by default. */
export interface Selectors {
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

/** How an API server is reached and asked. */
interface ClientOptions {
  readonly dial?: Dial;
  /** Another one than the kubeconfig's current. */
  readonly context?: string;
  /** For each answer but those of watches; without it a silent server is waited for. */
  readonly limit?: AnswerLimit;
}

/**
 * One identity at one API server. Paths, objects and watches are generic: kinds are data here. Methods throw
 * KubernetesApiError when the server answers with an error (`find` returns undefined for 404), and a Node
 * error (`code`) when they cannot reach it.
 */
export class KubernetesClient {
  readonly #transport: KubernetesTransport;
  readonly #deadline: AnswerDeadline | undefined;

  /**
   * @param kubeconfig - a YAML or JSON document; its current context is used unless `context` names one
   * @throws Error if the document cannot be read or names no cluster
   */
  constructor(kubeconfig: string, options: ClientOptions = {}) {
    this.#transport = new KubernetesTransport(kubeconfig, options);
    if (options.limit) this.#deadline = new AnswerDeadline(this.server, options.limit);
  }

  /** The address of the API server, as the kubeconfig has it. */
  get server(): string {
    return this.#transport.server.origin;
  }

  request(method: string, path: string, options: RequestOptions = {}): Promise<unknown> {
    return this.#byDeadline(`${method} ${path}`, options.signal, async signal => {
      const response = await this.#transport.send(method, path, { ...options, signal });
      return parseBody(response.statusCode, await readAll(response));
    });
  }

  get(path: ResourcePath, signal?: AbortSignal): Promise<KubernetesObject> {
    return this.#ask('GET', path, { signal });
  }

  /**
   * Reads an object that may be absent.
   * @returns undefined if the server says 404
   */
  async find(path: ResourcePath, signal?: AbortSignal): Promise<KubernetesObject | undefined> {
    try {
      return await this.get(path, signal);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  async list(
    path: ResourcePath,
    selectors: Selectors = {},
    signal?: AbortSignal,
  ): Promise<{ items: KubernetesObject[]; resourceVersion: string }> {
    const list = (await this.request('GET', pathOf(path), { query: { ...selectors }, signal })) as {
      items?: KubernetesObject[] | null;
      metadata?: { resourceVersion?: string };
    };
    return { items: list.items ?? [], resourceVersion: list.metadata?.resourceVersion ?? '' };
  }

  create(
    path: ResourcePath,
    body: KubernetesObject | Record<string, unknown>,
    query: Record<string, string> = {},
    signal?: AbortSignal,
  ): Promise<KubernetesObject> {
    return this.#ask('POST', path, { body, query, signal });
  }

  replace(
    path: ResourcePath,
    body: KubernetesObject,
    query: Record<string, string> = {},
    signal?: AbortSignal,
  ): Promise<KubernetesObject> {
    return this.#ask('PUT', path, { body, query, signal });
  }

  patch(
    path: ResourcePath,
    type: PatchType,
    body: unknown,
    query: Record<string, string> = {},
    signal?: AbortSignal,
  ): Promise<KubernetesObject> {
    return this.#ask('PATCH', path, { body, query, contentType: PATCH_CONTENT_TYPES[type], signal });
  }

  delete(
    path: ResourcePath,
    body: Record<string, unknown> = { propagationPolicy: 'Background' },
    signal?: AbortSignal,
  ): Promise<KubernetesObject> {
    return this.#ask('DELETE', path, { body, signal });
  }

  /**
   * Watches until the server closes the stream (resolves), it breaks (throws) or `signal` aborts (throws its
   * reason).
   * @param onOpen - called when the server has accepted the watch
   */
  async watch(
    path: ResourcePath,
    options: Selectors & {
      readonly resourceVersion?: string;
      readonly allowWatchBookmarks?: boolean;
      readonly timeoutSeconds?: number;
    },
    onEvent: (event: WatchEvent) => void,
    signal: AbortSignal,
    onOpen?: () => void,
  ): Promise<void> {
    const query: Record<string, string> = { watch: 'true' };
    for (const [key, value] of Object.entries(options)) if (value !== undefined) query[key] = String(value);
    const response = await this.#transport.send('GET', pathOf(path), { query, signal });
    if (response.statusCode !== 200) parseBody(response.statusCode, await readAll(response));
    onOpen?.();
    await readEvents(response.body, onEvent, signal);
  }

  /**
   * Runs a program in a container and waits for its end.
   * @throws KubernetesApiError if it could not be started; an Error if the connection broke before the exit
   *   code was known
   */
  exec(
    namespace: string,
    pod: string,
    container: string | undefined,
    argv: readonly string[],
    options: ExecOptions = {},
  ): Promise<ExecOutcome> {
    const target = { namespace, pod, container: container ?? '', argv };
    return execInContainer(this.#transport.config, target, options, this.#deadline);
  }

  /** Reads a container's log so far. */
  async logs(
    namespace: string,
    pod: string,
    query: Record<string, string> = {},
    signal?: AbortSignal,
  ): Promise<string> {
    const path = pathOf({ apiVersion: 'v1', plural: 'pods', namespace, name: pod, subresource: 'log' });
    return await this.#byDeadline(`GET ${path}`, signal, async signal => {
      const response = await this.#transport.send('GET', path, { query, signal });
      const body = await readAll(response);
      if (response.statusCode !== 200) parseBody(response.statusCode, body);
      return body.toString();
    });
  }

  /** Closes all connections, also those of watches. */
  close(): void {
    this.#transport.close();
  }

  #byDeadline<T>(
    what: string,
    signal: AbortSignal | undefined,
    ask: (signal: AbortSignal | undefined) => Promise<T>,
  ): Promise<T> {
    return this.#deadline ? this.#deadline.wait(what, signal, ask) : ask(signal);
  }

  /** Makes a request whose answer is an object. */
  #ask(method: string, path: ResourcePath, options: RequestOptions): Promise<KubernetesObject> {
    return this.request(method, pathOf(path), options) as Promise<KubernetesObject>;
  }
}
