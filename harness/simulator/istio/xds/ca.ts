/**
 * Certificate requests (istio.io/api security/v1alpha1/ca.proto, IstioCertificateService): a POST of JSON on the
 * port of discovery, with the headers of `wire.ts`. 200 answers with a `CertificateResponse`, 401 with
 * `{ "message": "request authenticate failure" }`.
 */
import * as z from '../../../base/zod.ts';
import { readMessage } from './message.ts';

/** The path to POST to. */
export const CREATE_CERTIFICATE_PATH = '/istio.v1.auth.IstioCertificateService/CreateCertificate';

/** A workload's wish for a certificate; its identity is in the token beside it. */
export interface CertificateRequest {
  /** PEM of a PKCS #10 request. */
  readonly csr: string;
  readonly validityDurationSeconds: number;
}

/** The signed certificate. */
export interface CertificateResponse {
  /** PEM, leaf first, root last. */
  readonly certChain: readonly string[];
  /**
   * Milliseconds since the epoch on the world's clock: the certificate's real lifetime
   * (`docs/architecture.md`, time).
   */
  readonly notAfterMs: number;
}

const requestSchema: z.ZodType<CertificateRequest> = z.object({
  csr: z.string(),
  validityDurationSeconds: z.number(),
});
const responseSchema: z.ZodType<CertificateResponse> = z.object({
  certChain: z.array(z.string()).min(1),
  notAfterMs: z.number(),
});

/**
 * Reads the body that a proxy posted.
 * @throws Error that names what is wrong with it
 */
export const readCertificateRequest = (text: string): CertificateRequest =>
  readMessage(requestSchema, 'certificate request', text);

/**
 * Reads istiod's answer.
 * @throws Error that names what is wrong with it
 */
export const readCertificateResponse = (text: string): CertificateResponse =>
  readMessage(responseSchema, 'certificate response', text);
