/** The CA as proxies call it (security/pkg/server/ca/server.go). */
import type { Authority } from '../../../../base/authority.ts';
import type { Clock } from '../../../../base/clock.ts';
import { messageOf } from '../../../../base/errors.ts';
import type { Method } from '../../../../base/grpc/server.ts';
import type { ServerCall } from '../../../../base/grpc/server-call.ts';
import { GrpcError } from '../../../../base/grpc/status.ts';
import { signWorkload } from '../../ca/certificate-authority.ts';
import type { Log } from '../../log.ts';
import type { Metrics } from '../../metrics.ts';
import { decodeCertificateRequest, encodeCertificateResponse } from '../../xds/proto/certificate.ts';
import { CREATE_CERTIFICATE } from '../../xds/wire/codecs.ts';
import type { Authenticator, Caller } from './authenticate.ts';

/** What the service signs with, and whom it believes. */
export interface CaServiceOptions {
  readonly authority: Authority;
  readonly authenticator: Authenticator;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** Answers certificate requests. */
export class CaService {
  readonly #options: CaServiceOptions;

  constructor(options: CaServiceOptions) {
    this.#options = options;
  }

  /** Returns the service's methods, for a server of gRPC. */
  methods(): readonly (readonly [path: string, method: Method])[] {
    return [[CREATE_CERTIFICATE, { kind: 'unary', handle: (bytes, call) => this.#answer(bytes, call) }]];
  }

  /** @throws GrpcError Unauthenticated or InvalidArgument, which tells no more than that */
  async #answer(bytes: Buffer, call: ServerCall): Promise<Buffer> {
    this.#options.metrics.add('citadel_server_csr_count');
    return await this.#sign(bytes, await this.#identify(call));
  }

  async #identify({ metadata, peer }: ServerCall): Promise<Caller> {
    const { authenticator, log, metrics } = this.#options;
    try {
      return await authenticator.authenticate(metadata);
    } catch (error) {
      metrics.add('citadel_server_authentication_failure_count');
      log.warn(`failed to authenticate client from ${peer.address ?? 'unknown'}: ${messageOf(error)}`);
      throw new GrpcError('Unauthenticated', 'request authenticate failure', { cause: error });
    }
  }

  async #sign(bytes: Buffer, { identity }: Caller): Promise<Buffer> {
    const { authority, clock, log, metrics } = this.#options;
    try {
      const { csr, validityDurationSeconds } = decodeCertificateRequest(bytes);
      const lifetimeMs = validityDurationSeconds * 1000;
      const signed = await signWorkload(authority, clock, { csr, identity, lifetimeMs });
      metrics.add('citadel_server_success_cert_issuance_count');
      return Buffer.from(encodeCertificateResponse(signed));
    } catch (error) {
      log.error(`CSR signing error (${messageOf(error)})`);
      throw new GrpcError('InvalidArgument', 'CSR signing error', { cause: error });
    }
  }
}
