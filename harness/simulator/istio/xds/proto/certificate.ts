/** The messages of istio.v1.auth.IstioCertificateService (security/proto/istioca.proto, istio@1.30.3). */

import { encodeMessage } from './encode-message.ts';
import { Fields, type Reading } from './fields.ts';
import type { OnNote } from './refusal.ts';
import { type Json, objectOf, structOf } from './well-known.ts';

const REQUEST = 'istio.v1.auth.IstioCertificateRequest';
const RESPONSE = 'istio.v1.auth.IstioCertificateResponse';

/** A workload's wish for a certificate. */
export interface CertificateRequestMessage {
  /** PEM of a PKCS #10 request. */
  readonly csr: string;
  readonly validityDurationSeconds: number;
  readonly metadata: { readonly [key: string]: Json };
}

/** The signed certificate. */
export interface CertificateResponseMessage {
  /** PEM, leaf first, root last. */
  readonly certChain: readonly string[];
}

const reading = (onNote: OnNote = () => {}): Reading => ({ harmless: {}, onNote });

/** Returns the bytes of an IstioCertificateRequest. */
export const encodeCertificateRequest = (request: CertificateRequestMessage): Uint8Array =>
  encodeMessage(REQUEST, {
    csr: request.csr,
    validity_duration: request.validityDurationSeconds,
    metadata: structOf(request.metadata),
  });

/** Reads an IstioCertificateRequest. @throws Refusal for bytes that are none */
export const decodeCertificateRequest = (bytes: Uint8Array, onNote?: OnNote): CertificateRequestMessage =>
  Fields.read(REQUEST, bytes, reading(onNote), fields => ({
    csr: fields.string('csr'),
    validityDurationSeconds: fields.number('validity_duration'),
    metadata: fields.message('metadata', objectOf) ?? {},
  }));

/** Returns the bytes of an IstioCertificateResponse. */
export const encodeCertificateResponse = ({ certChain }: CertificateResponseMessage): Uint8Array =>
  encodeMessage(RESPONSE, { cert_chain: certChain });

/** Reads an IstioCertificateResponse. @throws Refusal for bytes that are none */
export const decodeCertificateResponse = (bytes: Uint8Array, onNote?: OnNote): CertificateResponseMessage =>
  Fields.read(RESPONSE, bytes, reading(onNote), fields => ({ certChain: fields.strings('cert_chain') }));
