/** One identity's client of one API server: verbs, watches, exec and logs. */
import { AnswerDeadline, type AnswerLimit } from './answer-deadline.ts';
import type {
  ApiClient,
  ExecOptions,
  ExecOutcome,
  ObjectList,
  PatchType,
  RequestOptions,
  Selectors,
  WatchEvent,
  WatchOptions,
} from './api-client.ts';
import { parseBody, readAll, readEvents } from './kubernetes-answer.ts';
import { isNotFound } from './kubernetes-error.ts';
import { execInContainer } from './kubernetes-exec.ts';
import { type KubernetesObject, pathOf, type ResourcePath } from './kubernetes-object.ts';
import { type Dial, KubernetesTransport } from './kubernetes-transport.ts';

export type { ExecOutcome, PatchType, Selectors } from './api-client.ts';
export { isNotFound, KubernetesApiError, type KubernetesStatus } from './kubernetes-error.ts';
export { type KubernetesObject, pathOf, type ResourcePath } from './kubernetes-object.ts';

const PATCH_CONTENT_TYPES: Readonly<Record<PatchType, string>> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
};

/** How an API server is reached and asked. */
export interface ClientOptions {
  readonly dial?: Dial;
  /** Another one than the kubeconfig's current. */
  readonly context?: string;
  /** Hears of each warning of the server: what kubectl prints. */
  readonly onWarning?: (text: string) => void;
  /** Whether its informers list by a watch, as client-go's do since 0.35 (features: WatchListClient). */
  readonly streamsLists?: boolean;
  /** For each answer but those of watches; without it a silent server is waited for. */
  readonly limit?: AnswerLimit;
}

/** The client over HTTPS; what its methods do is told where its interface is. */
export class KubernetesClient implements ApiClient {
  readonly #transport: KubernetesTransport;
  readonly #deadline: AnswerDeadline | undefined;
  readonly #options: ClientOptions;
  #isClosed = false;

  /**
   * @param kubeconfig - a YAML or JSON document; its current context is used unless `context` names one; or
   *   the connections of another client
   * @throws Error if the document cannot be read or names no cluster
   */
  constructor(kubeconfig: string | KubernetesTransport, options: ClientOptions = {}) {
    this.#options = options;
    this.#transport =
      typeof kubeconfig === 'string' ? new KubernetesTransport(kubeconfig, options) : kubeconfig;
    if (options.limit) this.#deadline = new AnswerDeadline(this.server, options.limit);
  }

  /** Returns a client on the same connections which tells of warnings, each once. It need not be closed. */
  telling(onWarning: (text: string) => void): KubernetesClient {
    const told = new Set<string>();
    return new KubernetesClient(this.#transport, {
      ...this.#options,
      onWarning: text => {
        if (!told.has(text)) onWarning(text);
        told.add(text);
      },
    });
  }

  get streamsLists(): boolean {
    return this.#options.streamsLists ?? false;
  }

  get server(): string {
    return this.#transport.server.origin;
  }

  request(method: string, path: string, options: RequestOptions = {}): Promise<unknown> {
    return this.#byDeadline(`${method} ${path}`, options.signal, async signal => {
      const response = await this.#transport.send(method, path, { ...options, signal });
      if (response.warning !== undefined) this.#warn(response.warning);
      return parseBody(response.statusCode, await readAll(response));
    });
  }

  get(path: ResourcePath, signal?: AbortSignal): Promise<KubernetesObject> {
    return this.#ask('GET', path, { signal });
  }

  async find(path: ResourcePath, signal?: AbortSignal): Promise<KubernetesObject | undefined> {
    try {
      return await this.get(path, signal);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  async list(path: ResourcePath, selectors: Selectors = {}, signal?: AbortSignal): Promise<ObjectList> {
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

  async watch(
    path: ResourcePath,
    options: WatchOptions,
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

  /** Closes all connections, also those of watches, unless others use them. */
  close(): void {
    if (!this.#isClosed) this.#transport.close();
    this.#isClosed = true;
  }

  #byDeadline<T>(
    what: string,
    signal: AbortSignal | undefined,
    ask: (signal: AbortSignal | undefined) => Promise<T>,
  ): Promise<T> {
    return this.#deadline ? this.#deadline.wait(what, signal, ask) : ask(signal);
  }

  #warn(header: string): void {
    const { onWarning } = this.#options;
    if (onWarning) for (const text of warningsIn(header)) onWarning(text);
  }

  /** Makes a request whose answer is an object. */
  #ask(method: string, path: ResourcePath, options: RequestOptions): Promise<KubernetesObject> {
    return this.request(method, pathOf(path), options) as Promise<KubernetesObject>;
  }
}

/** Reads `299 - "text", 299 - "text"`; the bytes are those of UTF-8. */
const warningsIn = (header: string): readonly string[] =>
  [...header.matchAll(/\d{3} \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, text = '']) =>
    Buffer.from(text.replace(/\\(.)/g, '$1'), 'latin1').toString('utf8'),
  );
