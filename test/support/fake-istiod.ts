/**
 * A server with the face of istiod (CA and discovery over gRPC with TLS, see xds/) that pushes what a test
 * tells it to.
 */
import type { Authority } from '../../harness/base/authority.ts';
import { readCsr } from '../../harness/base/certificate-requests.ts';
import { issueCertificate } from '../../harness/base/certificates.ts';
import type { Clock } from '../../harness/base/clock.ts';
import { GrpcServer } from '../../harness/base/grpc/server.ts';
import type { ServerCall } from '../../harness/base/grpc/server-call.ts';
import type { ServerStream } from '../../harness/base/grpc/server-stream.ts';
import { GrpcError } from '../../harness/base/grpc/status.ts';
import { createKeyPair } from '../../harness/base/keys.ts';
import {
  type EncodedResource,
  encodeResources,
} from '../../harness/simulator/istio/istiod/serve/encoded-resources.ts';
import { serveGrpc } from '../../harness/simulator/istio/istiod/serve/serve-grpc.ts';
import { DeltaServer } from '../../harness/simulator/istio/xds/ads/delta-server.ts';
import type { AdsServerOptions } from '../../harness/simulator/istio/xds/ads/server-stream.ts';
import { StateOfTheWorldServer } from '../../harness/simulator/istio/xds/ads/state-of-the-world-server.ts';
import { TYPE_URLS } from '../../harness/simulator/istio/xds/ads/type-urls.ts';
import type { XdsNode } from '../../harness/simulator/istio/xds/node.ts';
import {
  decodeCertificateRequest,
  encodeCertificateResponse,
} from '../../harness/simulator/istio/xds/proto/certificate.ts';
import type { ResourcesByType, ResourceType } from '../../harness/simulator/istio/xds/resources.ts';
import {
  CREATE_CERTIFICATE,
  DELTA_CODEC,
  DISCOVERY_METHODS,
  STATE_OF_THE_WORLD_CODEC,
  type WireCodec,
} from '../../harness/simulator/istio/xds/wire/codecs.ts';
import { typeOfUrl } from '../../harness/simulator/istio/xds/wire/types.ts';
import type { NetworkNamespace } from '../../harness/simulator/network/interfaces.ts';

export type ProxyResources = ResourcesByType;
/** The same as bytes. */
export type RecordedResources = ReadonlyMap<ResourceType, readonly EncodedResource[]>;

/** What a proxy said: it introduced itself, subscribed, or answered a response. */
export interface SeenRequest {
  readonly from: string;
  readonly type: ResourceType | undefined;
  readonly node?: XdsNode | undefined;
  /** The version that the proxy runs (state of the world). */
  readonly version: string | undefined;
  /** Of the response that it answers; empty for none. */
  readonly nonce: string;
  readonly errorDetail?: { readonly message: string } | undefined;
}

const DAY_MS = 86_400_000;

interface AnyRequest {
  readonly typeUrl: string;
  readonly node?: XdsNode | undefined;
  readonly versionInfo?: string;
  readonly responseNonce: string;
  readonly errorDetail?: { readonly message: string } | undefined;
}

interface Pusher {
  push(): void;
}

export class FakeIstiod {
  /** Every message of every proxy, in the order of arrival. */
  readonly requests: SeenRequest[] = [];
  /** Headers of each certificate request and stream. */
  readonly credentials: {
    readonly authorization: string | undefined;
    readonly clusterId: string | undefined;
  }[] = [];
  /** What comes by extension discovery. */
  extensions: readonly EncodedResource[] = [];
  /** How many certificates were signed. */
  signed = 0;
  /** Answers Unauthenticated to everyone while true. */
  refusesTokens = false;
  certificateLifetimeMs = DAY_MS;
  /** For how long each certificate was asked for. */
  readonly askedSeconds: number[] = [];
  readonly #clock: Clock;
  readonly #authority: Authority;
  readonly #streams = new Map<ServerStream, Pusher>();
  readonly #configure: (node: XdsNode) => ProxyResources | RecordedResources;
  #version = 0;

  constructor(
    clock: Clock,
    authority: Authority,
    configure: (node: XdsNode) => ProxyResources | RecordedResources,
  ) {
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
    const tls = { keyPem: keys.privateKeyPem, certPem: leaf + this.#authority.chainPem };
    const server = new GrpcServer({
      clock: this.#clock,
      methods: new Map([
        [CREATE_CERTIFICATE, { kind: 'unary', handle: (bytes, call) => this.#certificate(bytes, call) }],
        [
          DISCOVERY_METHODS['state-of-the-world'],
          {
            kind: 'stream',
            handle: call =>
              this.#serve(call, STATE_OF_THE_WORLD_CODEC, options => new StateOfTheWorldServer(options)),
          },
        ],
        [
          DISCOVERY_METHODS.delta,
          {
            kind: 'stream',
            handle: call => this.#serve(call, DELTA_CODEC, options => new DeltaServer(options)),
          },
        ],
      ]),
    });
    return { close: serveGrpc({ network, port, tls }, server) };
  }

  /** Ends all streams. */
  disconnect(): void {
    for (const call of this.#streams.keys()) call.peer.socket?.destroy();
  }

  /** Sends a message of these bytes on all streams. */
  say(bytes: Buffer): void {
    for (const call of this.#streams.keys()) call.send(bytes);
  }

  /** Pushes what is different to every proxy, as after a change. */
  push(): void {
    this.#version++;
    for (const { push } of this.#streams.values()) push();
  }

  #admit({ metadata }: ServerCall, refusal: string): void {
    const { authorization, clusterid: clusterId } = metadata;
    this.credentials.push({ authorization, clusterId });
    if (this.refusesTokens) throw new GrpcError('Unauthenticated', refusal);
  }

  async #certificate(bytes: Buffer, call: ServerCall): Promise<Buffer> {
    this.#admit(call, 'request authenticate failure');
    this.signed++;
    const { csr, validityDurationSeconds } = decodeCertificateRequest(bytes);
    this.askedSeconds.push(validityDurationSeconds);
    const { publicKeyDer } = await readCsr(csr);
    const leaf = await issueCertificate(this.#authority, {
      publicKeyDer,
      uris: [uriOf(csr)],
      notBeforeMs: this.#clock.now() - DAY_MS,
      notAfterMs: this.#clock.now() + this.certificateLifetimeMs,
    });
    const { certificatePem, rootPem } = this.#authority;
    const above = certificatePem === rootPem ? [] : [certificatePem];
    return Buffer.from(encodeCertificateResponse({ certChain: [leaf, ...above, rootPem] }));
  }

  #serve<Request extends AnyRequest, Response>(
    call: ServerStream,
    codec: WireCodec<Request, Response>,
    open: (options: AdsServerOptions<Uint8Array>) => {
      receive(request: Request): readonly Response[];
      push(): readonly Response[];
    },
  ): void {
    this.#admit(call, 'authentication failure');
    let node: XdsNode | undefined;
    let nonces = 0;
    const stream = open({
      clock: this.#clock,
      version: () => `v${this.#version}`,
      nonce: () => `${++nonces}`,
      resources: (typeUrl, names) => this.#resources(node, typeUrl, names),
    });
    const send = (responses: readonly Response[]) => {
      for (const response of responses) call.send(codec.encodeResponse(response));
    };
    this.#streams.set(call, { push: () => send(stream.push()) });
    call.onClose = () => this.#streams.delete(call);
    call.onMessage = bytes => {
      const request = codec.decodeRequest(bytes);
      node ??= request.node;
      const { typeUrl, versionInfo: version, responseNonce: nonce, errorDetail } = request;
      const type = typeOfUrl(typeUrl);
      this.requests.push({ from: node?.id ?? '', type, node: request.node, version, nonce, errorDetail });
      send(stream.receive(request));
    };
  }

  #resources(node: XdsNode | undefined, typeUrl: string, names: ReadonlySet<string> | 'all') {
    if (typeUrl === TYPE_URLS.ecds)
      return this.extensions.filter(({ name }) => names === 'all' || names.has(name));
    const type = typeOfUrl(typeUrl);
    if (!node || !type) return [];
    const told = this.#configure(node);
    const all = 'get' in told ? (told.get(type) ?? []) : encoded(type, told);
    return names === 'all' ? all : all.filter(({ name }) => names.has(name));
  }
}

function encoded(type: ResourceType, resources: ProxyResources): readonly EncodedResource[] {
  switch (type) {
    case 'cluster':
      return encodeResources(type, resources.cluster);
    case 'endpoint':
      return encodeResources(type, resources.endpoint);
    case 'listener':
      return encodeResources(type, resources.listener);
    case 'route':
      return encodeResources(type, resources.route);
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
