/** Calls a webhook over the network, and words its failures as Go's HTTP client does. */
import https from 'node:https';
import tls from 'node:tls';
import type { Clock } from '../../../base/clock.ts';
import { certificateText, dialText, syscallText } from '../../../base/go-errors.ts';
import type { NetworkNamespace } from '../../network/interfaces.ts';
import { connectSecurely } from '../../network/secure-socket.ts';
import { isObject, type JsonObject, objectOf, objectsOf, stringOf, valueAt } from '../registry/json.ts';
import type { ResourceRegistry } from '../registry/registry.ts';
import type { Store } from '../registry/store.ts';

/** The webhook was not reached, or did not answer as one: what stands behind `failed to call webhook: `. */
export class WebhookFailure extends Error {
  override readonly name = 'WebhookFailure';
}

interface Target {
  /** The name in the certificate. */
  readonly serverName: string;
  readonly host: string;
  readonly port: number;
  readonly path: string;
  /** As in the error text: scheme, host and port. */
  readonly origin: string;
}

const DEFAULT_TIMEOUT_SECONDS = 10;

export class WebhookClient {
  readonly #clock: Clock;
  readonly #network: NetworkNamespace;
  readonly #store: Store;
  readonly #registry: ResourceRegistry;
  /** One agent per target and trust: connections stay open between calls. */
  readonly #agents = new Map<string, https.Agent>();

  constructor(options: {
    readonly clock: Clock;
    readonly network: NetworkNamespace;
    readonly store: Store;
    readonly registry: ResourceRegistry;
  }) {
    this.#clock = options.clock;
    this.#network = options.network;
    this.#store = options.store;
    this.#registry = options.registry;
  }

  /**
   * Posts a review and returns the answer's `response`.
   * @param webhook - an entry of a webhook configuration
   * @throws WebhookFailure
   */
  async call(webhook: JsonObject, review: JsonObject): Promise<JsonObject> {
    const clientConfig = objectOf(webhook['clientConfig']);
    const seconds = Number(webhook['timeoutSeconds'] ?? DEFAULT_TIMEOUT_SECONDS);
    const { url, target, problem } = await this.#locate(clientConfig, seconds);
    const post = (text: string) => new WebhookFailure(`Post ${JSON.stringify(url)}: ${text}`);
    if (!target) throw post(problem);
    const agent = this.#agentFor(target, stringOf(clientConfig['caBundle']) ?? '');
    const body = Buffer.from(JSON.stringify(review));
    const path = `${target.path}${target.path.includes('?') ? '&' : '?'}timeout=${seconds}s`;
    for (let attempt = 0; ; attempt++) {
      const outcome = await this.#post(agent, target, path, body, seconds * 1000);
      if (outcome.kind === 'answered') return readAnswer(outcome.code, outcome.text);
      // A kept connection may have died meanwhile: Go tries again, too.
      if (outcome.reused && attempt === 0) continue;
      throw post(outcome.text);
    }
  }

  stop(): void {
    for (const agent of this.#agents.values()) agent.destroy();
    this.#agents.clear();
  }

  async #locate(
    clientConfig: JsonObject,
    seconds: number,
  ): Promise<{ readonly url: string; readonly target?: Target; readonly problem: string }> {
    const service = clientConfig['service'];
    if (!isObject(service)) {
      const url = new URL(stringOf(clientConfig['url']) ?? 'https://invalid');
      const port = Number(url.port || 443);
      const shown = `${url.href}${url.search === '' ? '?' : '&'}timeout=${seconds}s`;
      try {
        const [host = ''] = await this.#network.resolve(url.hostname);
        const target = {
          serverName: url.hostname,
          host,
          port,
          path: url.pathname + url.search,
          origin: url.origin,
        };
        return { url: shown, target, problem: '' };
      } catch {
        return { url: shown, problem: `dial tcp: lookup ${url.hostname}: no such host` };
      }
    }
    const name = stringOf(service['name']) ?? '';
    const namespace = stringOf(service['namespace']) ?? '';
    const port = Number(service['port'] ?? 443);
    const serverName = `${name}.${namespace}.svc`;
    const origin = `https://${serverName}:${port}`;
    const path = stringOf(service['path']) ?? '/';
    const url = `${origin}${path}${path.includes('?') ? '&' : '?'}timeout=${seconds}s`;
    // apiserver pkg/util/proxy/proxy.go, ResolveCluster.
    const found = this.#store.get(this.#registry.require('services'), namespace, name);
    if (!found) return { url, problem: `service ${JSON.stringify(name)} not found` };
    const clusterIP = stringOf(valueAt(found, 'spec', 'clusterIP')) ?? '';
    if (valueAt(found, 'spec', 'type') === 'ExternalName') {
      const external = stringOf(valueAt(found, 'spec', 'externalName')) ?? '';
      try {
        const [host = ''] = await this.#network.resolve(external);
        return { url, target: { serverName, host, port, path, origin }, problem: '' };
      } catch {
        return { url, problem: `dial tcp: lookup ${external}: no such host` };
      }
    }
    if (clusterIP === '' || clusterIP === 'None') {
      return { url, problem: `cannot route to service with ClusterIP ${JSON.stringify(clusterIP)}` };
    }
    if (!objectsOf(valueAt(found, 'spec', 'ports')).some(entry => entry['port'] === port)) {
      return { url, problem: `no service port ${port} found for service ${JSON.stringify(name)}` };
    }
    return { url, target: { serverName, host: clusterIP, port, path, origin }, problem: '' };
  }

  #agentFor(target: Target, caBundle: string): https.Agent {
    const key = `${target.host}:${target.port} ${target.serverName} ${caBundle}`;
    let agent = this.#agents.get(key);
    if (agent) return agent;
    agent = new https.Agent({ keepAlive: true });
    const ca = Buffer.from(caBundle, 'base64').toString();
    let secureContext: tls.SecureContext | undefined;
    Object.assign(agent, {
      createConnection: () => {
        // An empty bundle leaves the machine's own roots, among which no mesh's is.
        secureContext ??= tls.createSecureContext({ ca: ca === '' ? [] : ca });
        return connectSecurely(this.#network.connect(target.host, target.port), {
          servername: target.serverName,
          secureContext,
          ALPNProtocols: ['http/1.1'],
        });
      },
    });
    this.#agents.set(key, agent);
    return agent;
  }

  #post(
    agent: https.Agent,
    target: Target,
    path: string,
    body: Buffer,
    timeoutMs: number,
  ): Promise<
    | { readonly kind: 'answered'; readonly code: number; readonly text: string }
    | { readonly kind: 'failed'; readonly text: string; readonly reused: boolean }
  > {
    return new Promise(resolve => {
      const request = https.request({
        agent,
        method: 'POST',
        host: target.host,
        port: target.port,
        path,
        headers: {
          host: `${target.serverName}:${target.port}`,
          'content-type': 'application/json',
          accept: 'application/json, */*',
          'user-agent': 'kube-apiserver-admission',
          'content-length': String(body.length),
        },
      });
      const timer = this.#clock.setTimeout(() => {
        fail('context deadline exceeded', false);
        request.destroy();
      }, timeoutMs);
      const fail = (text: string, reused: boolean) => {
        this.#clock.clearTimeout(timer);
        resolve({ kind: 'failed', text, reused });
      };
      request.on('response', response => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', () => fail('unexpected EOF', false));
        response.on('end', () => {
          this.#clock.clearTimeout(timer);
          resolve({
            kind: 'answered',
            code: response.statusCode ?? 0,
            text: Buffer.concat(chunks).toString(),
          });
        });
      });
      request.on('error', (error: NodeJS.ErrnoException) => {
        fail(wordOf(error, target), request.reusedSocket && error.code === 'ECONNRESET');
      });
      request.end(body);
    });
  }
}

/** Words an error as Go does. */
function wordOf(error: NodeJS.ErrnoException, { serverName, host, port }: Target): string {
  const certificate = certificateText(error, serverName);
  if (certificate !== undefined) return `tls: failed to verify certificate: ${certificate}`;
  const code = error.code ?? '';
  // The peer closed without a word; a reset has the same code, but names the call that failed.
  if (code === 'ECONNRESET') {
    return error.syscall === 'read' ? `read tcp ${host}:${port}: read: connection reset by peer` : 'EOF';
  }
  if (code === 'EPROTO' || code.startsWith('ERR_SSL'))
    return 'tls: first record does not look like a TLS handshake';
  if (syscallText('connect', code) !== undefined) return dialText(`${host}:${port}`, error);
  if (code === 'EPIPE' || code === 'ERR_STREAM_PREMATURE_CLOSE') return 'EOF';
  return error.message;
}

/** client-go rest/request.go, transformResponse: what is not 2xx is an error of the server. */
function readAnswer(code: number, text: string): JsonObject {
  if (code === 404) throw new WebhookFailure('the server could not find the requested resource');
  if (code < 200 || code > 299) {
    throw new WebhookFailure(
      `an error on the server (${JSON.stringify(text.trim())}) has prevented the request from succeeding`,
    );
  }
  let review: unknown;
  try {
    review = JSON.parse(text);
  } catch {
    throw new WebhookFailure('received invalid webhook response: it is not JSON');
  }
  const response = objectOf(review)['response'];
  if (!isObject(response)) throw new WebhookFailure('webhook response was absent');
  return response;
}
