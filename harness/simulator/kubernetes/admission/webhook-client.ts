/** Calls a webhook over the network, and words its failures as Go's HTTP client does. */
import https from 'node:https';
import { isIP } from 'node:net';
import tls from 'node:tls';
import type { Clock } from '../../../base/clock.ts';
import { certificateText, dialText, syscallText } from '../../../base/go-errors.ts';
import { connectSecurely } from '../../network/secure-socket.ts';
import { type JsonObject, objectOf, stringOf } from '../registry/json.ts';
import { type HttpAnswer, readAnswer, readReview, WebhookFailure } from './webhook-answer.ts';
import { type Directory, locateWebhook, type Target } from './webhook-target.ts';

const DEFAULT_TIMEOUT_SECONDS = 10;

/** Posts reviews to webhooks, from the node of the API server. */
export class WebhookClient {
  readonly #clock: Clock;
  readonly #directory: Directory;
  /** One agent per target and trust: connections stay open between calls. */
  readonly #agents = new Map<string, https.Agent>();

  constructor({ clock, ...directory }: Directory & { readonly clock: Clock }) {
    this.#clock = clock;
    this.#directory = directory;
  }

  /**
   * Posts a review and returns the answer's `response`.
   * @param webhook - an entry of a webhook configuration
   * @throws WebhookFailure
   */
  async call(webhook: JsonObject, review: JsonObject): Promise<JsonObject> {
    const seconds = Number(webhook['timeoutSeconds'] ?? DEFAULT_TIMEOUT_SECONDS);
    return readAnswer(await this.#ask(objectOf(webhook['clientConfig']), seconds, review));
  }

  /**
   * Posts a review and returns the whole answer.
   * @param clientConfig - where the webhook is: a URL, or a Service
   * @throws WebhookFailure
   */
  async exchange(
    clientConfig: Readonly<JsonObject>,
    seconds: number,
    review: JsonObject,
  ): Promise<JsonObject> {
    return readReview(await this.#ask(clientConfig, seconds, review));
  }

  async #ask(clientConfig: Readonly<JsonObject>, seconds: number, review: JsonObject): Promise<HttpAnswer> {
    const { dialHost, ...virtual } = this.#directory;
    // On a virtual clock nothing may wait for a socket of the machine.
    const directory = this.#clock.kind === 'wall' ? { ...virtual, dialHost } : virtual;
    const { url, target, problem } = await locateWebhook(directory, clientConfig, seconds);
    const post = (text: string) => new WebhookFailure(`Post ${JSON.stringify(url)}: ${text}`);
    if (!target) throw post(problem);
    const agent = this.#agentFor(target, stringOf(clientConfig['caBundle']) ?? '');
    const body = Buffer.from(JSON.stringify(review));
    const path = `${target.path}${target.path.includes('?') ? '&' : '?'}timeout=${seconds}s`;
    for (let attempt = 0; ; attempt++) {
      const outcome = await this.#post(agent, target, path, body, seconds * 1000);
      if (outcome.kind === 'answered') return outcome;
      // A kept connection may have died meanwhile: Go tries again, too.
      if (outcome.reused && attempt === 0) continue;
      throw post(outcome.text);
    }
  }

  stop(): void {
    for (const agent of this.#agents.values()) agent.destroy();
    this.#agents.clear();
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
        const options = { servername: nameFor(target), secureContext, ALPNProtocols: ['http/1.1'] };
        if (target.dial) {
          // The name in the certificate may be an address, which no server is told by name.
          const checkServerIdentity = (_host: string, certificate: tls.PeerCertificate) =>
            tls.checkServerIdentity(target.serverName, certificate);
          return tls.connect({ ...options, checkServerIdentity, socket: target.dial() });
        }
        return connectSecurely(this.#directory.network.connect(target.host, target.port), {
          ...options,
          servername: target.serverName,
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

/** An address is no name that a client may ask for (RFC 6066). */
const nameFor = ({ serverName }: Target): string => (isIP(serverName) === 0 ? serverName : '');

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
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `dial tcp: lookup ${serverName}: no such host`;
  if (syscallText('connect', code) !== undefined) return dialText(`${host}:${port}`, error);
  if (code === 'EPIPE' || code === 'ERR_STREAM_PREMATURE_CLOSE') return 'EOF';
  return error.message;
}
