/** Raw requests to an API server: over TCP, or over sockets inside this process. */
import type http from 'node:http';
import https from 'node:https';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import yaml from 'js-yaml';

/** An answer as it came. */
export interface RawAnswer {
  /** 0 if the connection broke. */
  readonly code: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A request as it goes out. */
export interface RawRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  /** Without a client certificate; with this token, if there is one. */
  readonly identity: 'admin' | 'anonymous' | { readonly token: string };
}

interface Kubeconfig {
  readonly clusters: readonly { cluster: { server: string; 'certificate-authority-data'?: string } }[];
  readonly users: readonly {
    user: { 'client-certificate-data'?: string; 'client-key-data'?: string; token?: string };
  }[];
}

const pem = (base64 = '') => Buffer.from(base64, 'base64').toString();

/** One API server, and connections to it as the administrator and as others. */
export class Connection {
  readonly #server: URL;
  readonly #token: string | undefined;
  readonly #agents: Readonly<Record<'admin' | 'others', https.Agent>>;

  /**
   * @param kubeconfig - YAML; its first cluster and its first user, who has a client certificate or a token
   * @param dial - how to reach an address inside this process
   */
  constructor(kubeconfig: string, dial?: (host: string, port: number) => Duplex) {
    // A cast: the file is one that we or the test's server have written.
    const { clusters, users } = yaml.load(kubeconfig) as Kubeconfig;
    const [{ cluster } = { cluster: undefined }] = clusters;
    const [{ user } = { user: undefined }] = users;
    if (!cluster || !user) throw new Error('The kubeconfig has no cluster or no user.');
    this.#server = new URL(cluster.server);
    this.#token = user.token;
    const authority = cluster['certificate-authority-data'];
    const trust = authority === undefined ? { rejectUnauthorized: false } : { ca: pem(authority) };
    const certificate = { cert: pem(user['client-certificate-data']), key: pem(user['client-key-data']) };
    const agent = (options: https.AgentOptions) => {
      const made = new https.Agent({ keepAlive: true, ...options });
      if (!dial) return made;
      const secureContext = tls.createSecureContext(options);
      return Object.assign(made, {
        createConnection: ({ host, port }: { host: string; port: number }) =>
          tls.connect({ socket: dial(host, Number(port)), secureContext, ALPNProtocols: ['http/1.1'] }),
      });
    };
    const admin = agent(user.token === undefined ? { ...trust, ...certificate } : trust);
    this.#agents = { admin, others: agent(trust) };
  }

  /** Sends a request, and reads the answer to its end. */
  async send({ method, path, headers, body, identity }: RawRequest): Promise<RawAnswer> {
    const token =
      typeof identity === 'object' ? identity.token : identity === 'admin' ? this.#token : undefined;
    const options: https.RequestOptions = {
      host: this.#server.hostname,
      port: this.#server.port,
      method,
      path,
      agent: identity === 'admin' ? this.#agents.admin : this.#agents.others,
      headers: {
        ...headers,
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body && { 'content-length': body.length }),
      },
    };
    return await new Promise(resolve => {
      const broken = (error: Error) => resolve({ code: 0, headers: {}, body: Buffer.from(error.message) });
      const request = https.request(options);
      request.on('error', broken);
      request.on('upgrade', (answer, socket) => {
        socket.on('error', () => {});
        socket.destroy();
        resolve({ code: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.alloc(0) });
      });
      request.on('response', answer => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        const ended = () =>
          resolve({ code: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks) });
        answer.on('end', ended).on('error', ended);
      });
      request.end(body);
    });
  }

  close(): void {
    for (const agent of Object.values(this.#agents)) agent.destroy();
  }
}
