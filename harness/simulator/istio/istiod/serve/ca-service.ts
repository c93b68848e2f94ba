/** The CA as proxies call it (security/pkg/server/ca/server.go). */
import type http from 'node:http';
import type { Authority } from '../../../../base/authority.ts';
import type { Clock } from '../../../../base/clock.ts';
import { messageOf } from '../../../../base/errors.ts';
import { signWorkload } from '../../ca/certificate-authority.ts';
import type { Log } from '../../log.ts';
import type { Metrics } from '../../metrics.ts';
import { CREATE_CERTIFICATE_PATH, readCertificateRequest } from '../../xds/ca.ts';
import type { Authenticator, Caller } from './authenticate.ts';
import { answerJson, readBody } from './serve.ts';

/** What the service signs with, and whom it believes. */
export interface CaServiceOptions {
  readonly authority: Authority;
  readonly authenticator: Authenticator;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** Answers certificate requests, as `xds/ca.ts` describes them. */
export class CaService {
  readonly #options: CaServiceOptions;

  constructor(options: CaServiceOptions) {
    this.#options = options;
  }

  /** Never rejects: every failure is an answer. */
  async answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    if (request.method !== 'POST' || request.url !== CREATE_CERTIFICATE_PATH) {
      answerJson(response, 404, { message: `there is no ${request.url}` });
      return;
    }
    const { authenticator, log, metrics } = this.#options;
    metrics.add('citadel_server_csr_count');
    const body = await readBody(request).catch(() => '');
    let caller: Caller;
    try {
      caller = await authenticator.authenticate(request.headers);
    } catch (error) {
      metrics.add('citadel_server_authentication_failure_count');
      const address = request.socket.remoteAddress ?? 'unknown';
      log.warn(`failed to authenticate client from ${address}: ${messageOf(error)}`);
      answerJson(response, 401, { message: 'request authenticate failure' });
      return;
    }
    await this.#sign(body, caller, response);
  }

  async #sign(body: string, { identity }: Caller, response: http.ServerResponse): Promise<void> {
    const { authority, clock, log, metrics } = this.#options;
    try {
      const { csr, validityDurationSeconds } = readCertificateRequest(body);
      const lifetimeMs = validityDurationSeconds * 1000;
      const signed = await signWorkload(authority, clock, { csr, identity, lifetimeMs });
      metrics.add('citadel_server_success_cert_issuance_count');
      answerJson(response, 200, signed);
    } catch (error) {
      log.error(`CSR signing error (${messageOf(error)})`);
      answerJson(response, 400, { message: 'CSR signing error' });
    }
  }
}
