/**
 * Words errors as programs written in Go do (istiod, the agent, the API server, the kubelet), where Node
 * gives a code: failed system calls and refused certificates.
 */
import { codeOf, messageOf } from './errors.ts';

/** Go's texts of errno (syscall/zerrors_linux_amd64.go). */
const ERRNO: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset by peer',
  EHOSTUNREACH: 'no route to host',
  ENETUNREACH: 'network is unreachable',
  ETIMEDOUT: 'connection timed out',
};

/** Node's codes for a chain that does not end in one of our roots. */
const UNKNOWN_AUTHORITY: ReadonlySet<string> = new Set([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'INVALID_CA',
]);

/**
 * Returns what Go says of a failed system call: `connect: connection refused`.
 * @param code - Node's name of the errno
 * @returns undefined for a code that neither the virtual network nor a kernel gives to a connection
 */
export function syscallText(call: 'connect' | 'read', code: string): string | undefined {
  const text = ERRNO[code];
  return text === undefined ? undefined : `${call}: ${text}`;
}

/**
 * Returns what net.Dialer says when it cannot connect: `dial tcp 10.0.0.1:443: connect: connection refused`.
 * An error without an errno keeps Node's message.
 * @param address - IP and port
 */
export const dialText = (address: string, error: unknown): string =>
  `dial tcp ${address}: ${syscallText('connect', codeOf(error)) ?? messageOf(error)}`;

/**
 * Returns what crypto/x509 says of a server's certificate that Node has refused (src/crypto/x509/verify.go):
 * `x509: certificate signed by unknown authority`. Go 1.20 and later put `tls: failed to verify certificate: `
 * before it.
 * @param serverName - the name that the certificate should have had
 * @returns undefined if the error is not about a certificate
 */
export function certificateText(error: unknown, serverName: string): string | undefined {
  const code = codeOf(error);
  if (UNKNOWN_AUTHORITY.has(code)) return 'x509: certificate signed by unknown authority';
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID')
    return 'x509: certificate has expired or is not yet valid';
  if (code !== 'ERR_TLS_CERT_ALTNAME_INVALID') return undefined;
  // Node lists names as `DNS:a, DNS:b`, addresses after `cert's list: `.
  const message = messageOf(error);
  const names = [...message.matchAll(/DNS:([^\s,]+)/g)].map(match => match[1]).join(', ');
  const addresses = / IP: .* cert's list: (.*)$/s.exec(message)?.[1]?.trim();
  if (addresses === '')
    return `x509: cannot validate certificate for ${serverName} because it doesn't contain any IP SANs`;
  return `x509: certificate is valid for ${addresses ?? names}, not ${serverName}`;
}
