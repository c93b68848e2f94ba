/** A kubeconfig (and a way to dial) → one identity's client of one API server, on @kubernetes/client-node. */
import https from 'node:https';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import { KubeConfig } from '@kubernetes/client-node';
import { reasonOf } from './abort.ts';
import { isNotFound, KubernetesApiError, type KubernetesStatus } from './kubernetes-error.ts';
import { type ExecOptions, type ExecOutcome, execInContainer } from './kubernetes-exec.ts';
import { type KubernetesObject, pathOf, type ResourcePath } from './kubernetes-object.ts';
import { LineReader } from './lines.ts';
import { decodeOnlyNames } from './peer-names.ts';
import { type Answer, endOf, SharedConnection } from './shared-connection.ts';

export { isNotFound, KubernetesApiError, type KubernetesStatus } from './kubernetes-error.ts';
export type { ExecOutcome } from './kubernetes-exec.ts';
export { type KubernetesObject, pathOf, type ResourcePath } from './kubernetes-object.ts';

/** How to reach an address inside this process, instead of over TCP. */
export type Dial = (host: string, port: number) => Duplex;

export type PatchType = 'json' | 'merge' | 'strategic' | 'apply';
const PATCH_CONTENT_TYPES: Readonly<Record<PatchType, string>> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
};

export interface RequestOptions {
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly contentType?: string;
  /**
   * `application/json` by default; a Table is asked for with `application/json;as=Table;v=v1;g=meta.k8s.io`.
   */
  readonly accept?: string;
  readonly signal?: AbortSignal;
}

export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: KubernetesObject;
}

export interface Selectors {
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

/**
 * client-node's KubeConfig with one keep-alive agent. `createAgent` is private in its types, yet the only
 * place where client-node takes an agent (docs/reference/kubernetes.md K9).
 */
function createConfig(): { readonly config: KubeConfig; readonly agent: https.Agent } {
  const config = new KubeConfig();
  const agent = new https.Agent({ keepAlive: true });
  Object.defineProperty(config, 'createAgent', {
    value: (_cluster: unknown, options: https.AgentOptions) => {
      Object.assign(agent.options, options);
      return agent;
    },
  });
  return { config, agent };
}

/**
 * TLS connections of one identity to one server inside this process: what the certificates mean is worked out
 * once.
 */
class Connector {
  readonly #dial: Dial;
  #secureContext: tls.SecureContext | undefined;

  constructor(dial: Dial) {
    this.#dial = dial;
  }

  connect(options: tls.ConnectionOptions, protocol: 'h2' | 'http/1.1'): tls.TLSSocket {
    this.#secureContext ??= tls.createSecureContext(options);
    const socket = this.#dial(String(options.host), Number(options.port));
    const secureContext = this.#secureContext;
    return decodeOnlyNames(tls.connect({ ...options, secureContext, socket, ALPNProtocols: [protocol] }));
  }
}

/**
 * One identity at one API server. Paths, objects and watches are generic: kinds are data here.
 * Every method throws KubernetesApiError when the server answers with an error, and a Node error (`code`)
 * when it cannot be reached.
 */
export class KubernetesClient {
  readonly #config: KubeConfig;
  readonly #agent: https.Agent;
  readonly #server: URL;
  /** Inside this process everything but exec goes over one connection. */
  readonly #shared: SharedConnection | undefined;
  #options: Promise<https.RequestOptions> | undefined;

  /**
   * @param kubeconfig - a YAML or JSON document; its current context is used unless `context` names one
   * @throws Error if the document cannot be read or names no cluster
   */
  constructor(kubeconfig: string, options: { readonly dial?: Dial; readonly context?: string } = {}) {
    ({ config: this.#config, agent: this.#agent } = createConfig());
    this.#config.loadFromString(kubeconfig);
    if (options.context !== undefined) {
      if (!this.#config.getContextObject(options.context))
        throw new Error(`context "${options.context}" does not exist`);
      this.#config.setCurrentContext(options.context);
    }
    const cluster = this.#config.getCurrentCluster();
    if (!cluster) throw new Error('The kubeconfig has no current cluster.');
    this.#server = new URL(cluster.server);
    if (options.dial) this.#shared = this.#share(new Connector(options.dial));
  }

  /** The address of the API server, as the kubeconfig has it. */
  get server(): string {
    return this.#server.origin;
  }

  async request(method: string, path: string, options: RequestOptions = {}): Promise<unknown> {
    const response = await this.#send(method, path, options);
    return parseBody(response.statusCode, await readAll(response));
  }

  get(path: ResourcePath, signal?: AbortSignal): Promise<KubernetesObject> {
    return this.request('GET', pathOf(path), { ...(signal && { signal }) }) as Promise<KubernetesObject>;
  }

  /** @returns undefined if the server says 404 */
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
    const list = (await this.request('GET', pathOf(path), {
      query: { ...selectors },
      ...(signal && { signal }),
    })) as {
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
    return this.request('POST', pathOf(path), {
      body,
      query,
      ...(signal && { signal }),
    }) as Promise<KubernetesObject>;
  }

  replace(
    path: ResourcePath,
    body: KubernetesObject,
    query: Record<string, string> = {},
    signal?: AbortSignal,
  ): Promise<KubernetesObject> {
    return this.request('PUT', pathOf(path), {
      body,
      query,
      ...(signal && { signal }),
    }) as Promise<KubernetesObject>;
  }

  patch(
    path: ResourcePath,
    type: PatchType,
    body: unknown,
    query: Record<string, string> = {},
    signal?: AbortSignal,
  ): Promise<KubernetesObject> {
    return this.request('PATCH', pathOf(path), {
      body,
      query,
      contentType: PATCH_CONTENT_TYPES[type],
      ...(signal && { signal }),
    }) as Promise<KubernetesObject>;
  }

  delete(
    path: ResourcePath,
    body: Record<string, unknown> = { propagationPolicy: 'Background' },
    signal?: AbortSignal,
  ): Promise<KubernetesObject> {
    return this.request('DELETE', pathOf(path), {
      body,
      ...(signal && { signal }),
    }) as Promise<KubernetesObject>;
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
    const response = await this.#send('GET', pathOf(path), { query, signal });
    if (response.statusCode !== 200) parseBody(response.statusCode, await readAll(response));
    onOpen?.();
    const { body } = response;
    body.setEncoding('utf8');
    const lines = new LineReader();
    await new Promise<void>((resolve, reject) => {
      const onAbort = () => body.destroy(reasonOf(signal));
      signal.addEventListener('abort', onAbort, { once: true });
      body.on('data', (chunk: string) => {
        for (const line of lines.push(chunk)) if (line !== '') onEvent(JSON.parse(line) as WatchEvent);
      });
      body.on('error', reject);
      body.on('close', () => {
        signal.removeEventListener('abort', onAbort);
        const failure = endOf(body);
        if (failure) reject(failure);
        else resolve();
      });
    });
    signal.throwIfAborted();
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
    return execInContainer(this.#config, { namespace, pod, container: container ?? '', argv }, options);
  }

  /** A container's log so far. */
  async logs(
    namespace: string,
    pod: string,
    query: Record<string, string> = {},
    signal?: AbortSignal,
  ): Promise<string> {
    const path = pathOf({ apiVersion: 'v1', plural: 'pods', namespace, name: pod, subresource: 'log' });
    const response = await this.#send('GET', path, { query, ...(signal && { signal }) });
    const body = await readAll(response);
    if (response.statusCode !== 200) parseBody(response.statusCode, body);
    return body.toString();
  }

  /** Closes all connections, also those of watches. */
  close(): void {
    this.#agent.destroy();
    this.#shared?.close();
  }

  async #send(
    method: string,
    path: string,
    { query, body, contentType, accept, signal }: RequestOptions,
  ): Promise<Answer> {
    this.#options ??= this.#requestOptions();
    const base = await this.#options;
    signal?.throwIfAborted();
    const payload =
      body === undefined ? undefined : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
    const search = query && Object.keys(query).length > 0 ? `?${new URLSearchParams(query)}` : '';
    const target = `${this.#server.pathname.replace(/\/$/, '')}${path}${search}`;
    const headers: Record<string, string> = {
      // What client-node sets: Authorization.
      ...(base.headers as Record<string, string>),
      accept: accept ?? 'application/json',
      ...(payload && {
        'content-type': contentType ?? 'application/json',
        'content-length': String(payload.length),
      }),
    };
    if (this.#shared) {
      const { host } = this.#server;
      const pseudo = { ':method': method, ':scheme': 'https', ':authority': host, ':path': target };
      return await this.#shared.request({ ...pseudo, ...headers }, payload, signal);
    }
    return await new Promise((resolve, reject) => {
      const request = https.request({
        ...base,
        host: this.#server.hostname,
        port: this.#server.port || 443,
        method,
        path: target,
        headers,
        ...(signal && { signal }),
      });
      request.on('response', answer => resolve({ statusCode: answer.statusCode ?? 0, body: answer }));
      request.on('error', error => reject(signal?.aborted ? signal.reason : error));
      request.end(payload);
    });
  }

  async #requestOptions(): Promise<https.RequestOptions> {
    const options: https.RequestOptions = {};
    await this.#config.applyToHTTPSOptions(options as Parameters<KubeConfig['applyToHTTPSOptions']>[0]);
    return options;
  }

  /**
   * Has all requests share a connection, and exec, an upgrade of HTTP/1.1, take one of its own from the
   * agent.
   */
  #share(connector: Connector): SharedConnection {
    Object.assign(this.#agent, {
      createConnection: (options: tls.ConnectionOptions) => connector.connect(options, 'http/1.1'),
    });
    return new SharedConnection(() => {
      const { hostname, port } = this.#server;
      const options = { ...this.#agent.options, host: hostname, port: Number(port || 443) };
      return connector.connect(options as tls.ConnectionOptions, 'h2');
    });
  }
}

function parseBody(code: number, body: Buffer): unknown {
  const text = body.toString();
  let parsed: unknown;
  try {
    parsed = text === '' ? {} : JSON.parse(text);
  } catch {
    parsed = { message: text.trim() };
  }
  if (code >= 200 && code < 300) return parsed;
  throw new KubernetesApiError(code, parsed as KubernetesStatus);
}

async function readAll({ body }: Answer): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk as Buffer);
  const failure = endOf(body);
  if (failure) throw failure;
  return Buffer.concat(chunks);
}
