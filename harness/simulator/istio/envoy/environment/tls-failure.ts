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

/** Returns the text for a certificate that there is not (source/common/tls/ssl_socket.cc @v1.30). */
export const missingSecret = (wording: EnvoyWording): string =>
  wording.tlsError ? 'TLS error: Secret is not supplied by SDS' : '';

/** How a proxy expects its server to be called. */
interface ExpectedNames extends Pick<UpstreamTls, 'matchSubjectAltNames' | 'files'> {
  /** Besides: what the request calls it. */
  readonly hostName?: string | undefined;
}

/** Compares a server's names with those expected; an empty list accepts any. */
export function checkIdentity(
  subjectAltName: string | undefined,
  { matchSubjectAltNames, files, hostName }: ExpectedNames,
): Error | undefined {
  const names = files ? namesOf(subjectAltName) : urisOf(subjectAltName);
  const isCalled = (expected: string): boolean => names.some(name => covers(name, expected));
  if (
    (matchSubjectAltNames.length === 0 || matchSubjectAltNames.some(isCalled)) &&
    (hostName === undefined || isCalled(hostName))
  )
    return undefined;
  return new UnexpectedIdentityError(`unexpected identity: ${subjectAltName}`);
}

/** Names of any type, as Node prints them: `DNS:a.example, IP Address:10.0.0.1`. */
const namesOf = (subjectAltName: string | undefined): readonly string[] =>
  (subjectAltName ?? '').split(', ').map(name => name.slice(name.indexOf(':') + 1));

/** `*` stands for one label (source/common/tls/utility.cc @v1.30, dnsNameMatch). */
const covers = (name: string, expected: string): boolean =>
  name === expected || (name.startsWith('*.') && expected.replace(/^[^.]+/, '*') === name);

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
