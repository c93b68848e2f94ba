/** How requests reach an API server as one identity: over TCP, or over one connection inside this process. */
import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import { type Cluster, KubeConfig, type User } from '@kubernetes/client-node';
import type { RequestOptions } from './api-client.ts';
import { decodeOnlyNames } from './peer-names.ts';
import { secureContextFor } from './secure-contexts.ts';
import { type Answer, SharedConnection } from './shared-connection.ts';
import { inPieces } from './tls-pieces.ts';

/** How to reach an address inside this process, instead of over TCP. */
export type Dial = (host: string, port: number) => Duplex;

/**
 * Makes client-node's KubeConfig with one keep-alive agent. `createAgent` is private in its types, yet the
 * only place where client-node takes an agent (docs/reference/kubernetes.md K9).
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

/** TLS connections of one identity to one server inside this process. */
class Connector {
  readonly #dial: Dial;

  constructor(dial: Dial) {
    this.#dial = dial;
  }

  connect(options: tls.ConnectionOptions, protocol: 'h2' | 'http/1.1'): tls.TLSSocket {
    const secureContext = secureContextFor(options);
    const socket = inPieces(this.#dial(String(options.host), Number(options.port)), 'client');
    return decodeOnlyNames(tls.connect({ ...options, secureContext, socket, ALPNProtocols: [protocol] }));
  }
}

/** The connections of one identity to one API server. */
export class KubernetesTransport {
  /** The kubeconfig, for what client-node does itself. */
  readonly config: KubeConfig;
  readonly server: URL;
  readonly #agent: https.Agent;
  readonly #dial: Dial | undefined;
  /** Inside this process everything but exec goes over one connection. */
  readonly #shared: SharedConnection | undefined;
  /** How many use it, and close it when they are done. */
  #users = 1;
  #options: Promise<https.RequestOptions> | undefined;

  /**
   * @param kubeconfig - a YAML or JSON document; its current context is used unless `context` names one
   * @throws Error if the document cannot be read or names no cluster
   */
  constructor(kubeconfig: string, options: { readonly dial?: Dial; readonly context?: string }) {
    ({ config: this.config, agent: this.#agent } = createConfig());
    this.config.loadFromString(kubeconfig);
    if (options.context !== undefined) {
      if (!this.config.getContextObject(options.context))
        throw new Error(`context "${options.context}" does not exist`);
      this.config.setCurrentContext(options.context);
    }
    const cluster = this.config.getCurrentCluster();
    if (!cluster) throw new Error('The kubeconfig has no current cluster.');
    this.server = serverOf(cluster, this.config.getCurrentUser());
    this.#dial = options.dial;
    if (options.dial && this.server.protocol === 'https:')
      this.#shared = this.#share(new Connector(options.dial));
  }

  /** Counts one more who closes it. @returns the same; undefined if all have closed it */
  join(): this | undefined {
    if (this.#users === 0) return undefined;
    this.#users += 1;
    return this;
  }

  /** Closes all connections, also those of watches, once all who use them have done so. */
  close(): void {
    if (this.#users > 0) this.#users -= 1;
    if (this.#users > 0) return;
    this.#agent.destroy();
    this.#shared?.close();
  }

  /**
   * Sends a request, and waits for the head of the answer.
   * @throws a Node error with a `code` if the server cannot be reached; the signal's reason
   */
  async send(
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
    const target = `${this.server.pathname.replace(/\/$/, '')}${path}${search}`;
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
      const { host } = this.server;
      const pseudo = { ':method': method, ':scheme': 'https', ':authority': host, ':path': target };
      return await this.#shared.request({ ...pseudo, ...headers }, payload, signal);
    }
    const { hostname: host, port, protocol } = this.server;
    if (protocol === 'https:') {
      const options = { ...base, host, port: port || 443, method, path: target, headers };
      return await answerOf(https.request, options, payload, signal);
    }
    const dial = this.#dial;
    const plain = { host, port: port || 80, method, path: target, headers };
    const way = dial && { createConnection: () => dial(host, Number(plain.port)) as Socket };
    return await answerOf(http.request, { ...plain, ...way }, payload, signal);
  }

  async #requestOptions(): Promise<https.RequestOptions> {
    const options: https.RequestOptions = {};
    await this.config.applyToHTTPSOptions(options as Parameters<KubeConfig['applyToHTTPSOptions']>[0]);
    return options;
  }

  /**
   * Has all requests share a connection. Exec, an upgrade of HTTP/1.1, takes one of its own from the agent.
   */
  #share(connector: Connector): SharedConnection {
    Object.assign(this.#agent, {
      createConnection: (options: tls.ConnectionOptions) => connector.connect(options, 'http/1.1'),
    });
    return new SharedConnection(() => {
      const { hostname, port } = this.server;
      const options = { ...this.#agent.options, host: hostname, port: Number(port || 443) };
      return connector.connect(options as tls.ConnectionOptions, 'h2');
    });
  }
}

/**
 * Returns where a kubeconfig leads. A server without a scheme is one of https, if the cluster or the user has
 * anything of TLS, else of http (k8s.io/client-go rest/url_utils.go @v0.34, DefaultServerURL).
 * @throws TypeError if it is no URL
 */
function serverOf(cluster: Cluster, user: User | null): URL {
  if (/^[a-z][a-z\d+.-]*:\/\//i.test(cluster.server)) return new URL(cluster.server);
  const { caData, caFile, skipTLSVerify } = cluster;
  const hasTls = [caData, caFile, skipTLSVerify, user?.certData, user?.certFile].some(Boolean);
  return new URL(`${hasTls ? 'https' : 'http'}://${cluster.server}`);
}

/** Sends a request of HTTP/1.1 and waits for the head of the answer. */
function answerOf(
  ask: (options: https.RequestOptions) => http.ClientRequest,
  options: https.RequestOptions,
  payload: Buffer | undefined,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = ask({ ...options, ...(signal && { signal }) });
    request.on('response', answer =>
      resolve({ statusCode: answer.statusCode ?? 0, warning: answer.headers['warning'], body: answer }),
    );
    request.on('error', error => reject(signal?.aborted ? signal.reason : error));
    request.end(payload);
  });
}
