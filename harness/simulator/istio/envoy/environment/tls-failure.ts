/** What Envoy says when TLS with a host fails, in BoringSSL's names and codes. */
import type { EnvoyWording } from '../../behaviour.ts';
import type { UpstreamTls } from '../../xds/resources.ts';
import { urisOf } from './workload-identity.ts';

/** BoringSSL's codes of library 16, as they stand in Envoy's texts. */
const SSL_CODES = {
  CERTIFICATE_VERIFY_FAILED: 268435581,
  WRONG_VERSION_NUMBER: 268435703,
  SSLV3_ALERT_CERTIFICATE_EXPIRED: 268436501,
  SSLV3_ALERT_CERTIFICATE_UNKNOWN: 268436502,
  SSLV3_ALERT_BAD_CERTIFICATE: 268436498,
  TLSV1_ALERT_UNKNOWN_CA: 268436504,
  TLSV1_ALERT_NO_APPLICATION_PROTOCOL: 268436576,
} as const;

/** A genuine certificate that belongs to another workload. */
export class UnexpectedIdentityError extends Error {}

/** Compares a server's SPIFFE identity with those expected; an empty list accepts any. */
export function checkIdentity(subjectAltName: string | undefined, upstream: UpstreamTls): Error | undefined {
  if (upstream.matchSubjectAltNames.length === 0) return undefined;
  const uris = urisOf(subjectAltName);
  if (upstream.matchSubjectAltNames.some(name => uris.includes(name))) return undefined;
  return new UnexpectedIdentityError(`unexpected identity: ${subjectAltName}`);
}

/** Returns the text for our own certificate when its time is over. */
export const expiredFailure = (wording: EnvoyWording): string =>
  textOf(wording, 'SSLV3_ALERT_CERTIFICATE_EXPIRED');

/**
 * Returns the text for a handshake that failed; empty where Envoy does not tell.
 * @param error - undefined if the other side just closed: the text is empty then, as for unknown codes
 * @param isUnauthorized - whether the server's chain does not lead to our root
 */
export function tlsFailure(wording: EnvoyWording, error: Error | undefined, isUnauthorized: boolean): string {
  if (error instanceof UnexpectedIdentityError || isUnauthorized)
    return textOf(wording, 'CERTIFICATE_VERIFY_FAILED');
  const code = error && 'code' in error ? String(error.code) : '';
  const name = code.replace(/^ERR_SSL_/, '').replace(/^(?:TLSV13|SSL_TLSV1)_/, 'TLSV1_');
  if (!Object.hasOwn(SSL_CODES, name)) return '';
  return textOf(wording, name as keyof typeof SSL_CODES); // hasOwn says so
}

const textOf = (wording: EnvoyWording, name: keyof typeof SSL_CODES): string =>
  wording.tlsError?.(SSL_CODES[name], name) ?? '';
