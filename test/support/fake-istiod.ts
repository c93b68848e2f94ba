/**
 * A server with the face of istiod (CA and discovery over TLS, see xds/) that pushes what a test tells it to.
 */
import https from 'node:https';
import type { Duplex } from 'node:stream';
import type { Authority } from '../../harness/base/authority.ts';
import { readCsr } from '../../harness/base/certificate-requests.ts';
import { issueCertificate } from '../../harness/base/certificates.ts';
import type { Clock } from '../../harness/base/clock.ts';
import { createKeyPair } from '../../harness/base/keys.ts';
import type { CertificateRequest } from '../../harness/simulator/istio/xds/ca.ts';
import type { XdsNode } from '../../harness/simulator/istio/xds/node.ts';
import type {
  Cluster,
  ClusterLoadAssignment,
  Listener,
  RouteConfiguration,
} from '../../harness/simulator/istio/xds/resources.ts';
import { type DiscoveryRequest, PUSH_ORDER, responseLine } from '../../harness/simulator/istio/xds/wire.ts';
import type { NetworkNamespace } from '../../harness/simulator/network/interfaces.ts';

export interface ProxyResources {
  readonly cluster: readonly Cluster[];
  readonly endpoint: readonly ClusterLoadAssignment[];
  readonly listener: readonly Listener[];
  readonly route: readonly RouteConfiguration[];
}

const DAY_MS = 86_400_000;

export class FakeIstiod {
  /** Every message of every proxy, in the order of arrival. */
  readonly requests: (DiscoveryRequest & { readonly from: string })[] = [];
  /** Headers of each certificate request and stream. */
  readonly credentials: {
    readonly authorization: string | undefined;
    readonly clusterId: string | undefined;
  }[] = [];
  /** How many certificates were signed. */
  signed = 0;
  /** Answers 401 to everyone while true. */
  refusesTokens = false;
  certificateLifetimeMs = DAY_MS;
  readonly #clock: Clock;
  readonly #authority: Authority;
  readonly #streams = new Map<Duplex, XdsNode>();
  readonly #configure: (node: XdsNode) => ProxyResources;
  #version = 0;

  constructor(clock: Clock, authority: Authority, configure: (node: XdsNode) => ProxyResources) {
    this.#clock = clock;
    this.#authority = authority;
    this.#configure = configure;
  }

  /** @param dnsNames - what its certificate says it is */
  async listen(
    network: NetworkNamespace,
    port: number,
    dnsNames: readonly string[],
  ): Promise<{ close(): void }> {
    const keys = createKeyPair();
    const notBeforeMs = this.#clock.now() - DAY_MS;
    const leaf = await issueCertificate(this.#authority, {
      publicKeyDer: keys.publicKeyDer,
      dnsNames,
      notBeforeMs,
      notAfterMs: notBeforeMs + 365 * DAY_MS,
    });
    const server = https.createServer(
      {
        key: keys.privateKeyPem,
        cert: leaf + this.#authority.chainPem,
        keepAliveTimeout: 0,
        requestTimeout: 0,
      },
      (request, response) => {
        const { authorization } = request.headers;
        this.credentials.push({ authorization, clusterId: request.headers['clusterid']?.toString() });
        response.sendDate = false;
        if (this.refusesTokens) {
          const isXds = request.url === '/v3/discovery';
          response.writeHead(401, { 'content-type': 'application/json' });
          response.end(
            JSON.stringify({ message: isXds ? 'authentication failure' : 'request authenticate failure' }),
          );
          return;
        }
        let body = '';
        request.setEncoding('utf8').on('data', chunk => {
          body += chunk;
        });
        request.on('end', () => {
          this.#sign(JSON.parse(body) as CertificateRequest).then(answer =>
            response.end(JSON.stringify(answer)),
          );
        });
      },
    );
    server.on('upgrade', (request, socket) => {
      const { authorization } = request.headers;
      this.credentials.push({ authorization, clusterId: request.headers['clusterid']?.toString() });
      if (this.refusesTokens) {
        const message = JSON.stringify({ message: 'authentication failure' });
        socket.end(`HTTP/1.1 401 Unauthorized\r\ncontent-length: ${message.length}\r\n\r\n${message}`);
        return;
      }
      socket.write(
        'HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: mesh-harness-xds\r\n\r\n',
      );
      this.#serve(socket);
    });
    const listener = network.listen(port, socket => server.emit('connection', socket));
    return {
      close: () => {
        listener.close();
        for (const stream of this.#streams.keys()) stream.destroy();
      },
    };
  }

  /** Ends all streams. */
  disconnect(): void {
    for (const stream of this.#streams.keys()) stream.destroy();
  }

  /** Pushes everything to every proxy, as after a change. */
  push(): void {
    this.#version++;
    for (const [stream, node] of this.#streams) this.#pushTo(stream, node);
  }

  async #sign({ csr }: CertificateRequest) {
    this.signed++;
    const { publicKeyDer } = await readCsr(csr);
    const notBeforeMs = this.#clock.now() - DAY_MS;
    const uri = uriOf(csr);
    const leaf = await issueCertificate(this.#authority, {
      publicKeyDer,
      uris: [uri],
      notBeforeMs,
      notAfterMs: notBeforeMs + 365 * DAY_MS,
    });
    const { certificatePem, rootPem } = this.#authority;
    const above = certificatePem === rootPem ? [] : [certificatePem];
    return {
      certChain: [leaf, ...above, rootPem],
      notAfterMs: this.#clock.now() + this.certificateLifetimeMs,
    };
  }

  #serve(stream: Duplex): void {
    let rest = '';
    stream.on('data', (bytes: Buffer) => {
      const lines = (rest + bytes.toString()).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const message = JSON.parse(line) as DiscoveryRequest;
        if (message.node) this.#streams.set(stream, message.node);
        const node = this.#streams.get(stream);
        if (!node) continue;
        this.requests.push({ ...message, from: node.id });
        if (message.type === 'hello') this.#pushTo(stream, node);
      }
    });
    stream.on('error', () => {});
    stream.once('end', () => stream.end());
    stream.once('close', () => this.#streams.delete(stream));
  }

  #pushTo(stream: Duplex, node: XdsNode): void {
    const resources = this.#configure(node);
    for (const type of PUSH_ORDER) {
      const version = `v${this.#version}`;
      const fragment = resources[type].map(resource => JSON.stringify(resource)).join(',');
      stream.write(responseLine({ type, version, nonce: `${type}-${version}` }, fragment));
    }
  }
}

/**
 * The service account that a request of ours asks for; it stands in it as plain text. Unlike this, istiod
 * takes it from the token.
 */
function uriOf(csr: string): string {
  const der = Buffer.from(csr.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64').toString('latin1');
  return `spiffe://cluster.local/ns/sample/sa/${/\/sa\/(default|sleep)/.exec(der)?.[1] ?? ''}`;
}
