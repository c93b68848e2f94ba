/** What curl says of a TLS handshake that failed, in the words of its two releases. */
import { codeOf } from '../../../base/errors.ts';
import { CurlError, type CurlRelease, EXIT_CODE, strerror } from './errors.ts';

const ADVICE = {
  old: `More details here: https://curl.haxx.se/docs/sslcerts.html

curl failed to verify the legitimacy of the server and therefore could not
establish a secure connection to it. To learn more about this situation and
how to fix it, please visit the web page mentioned above.
`,
  modern: `More details here: https://curl.se/docs/sslcerts.html

curl failed to verify the legitimacy of the server and therefore could not
establish a secure connection to it. To learn more about this situation and
how to fix it, please visit the webpage mentioned above.
`,
} as const;

/** OpenSSL's sentences for the errors that Node names; old ones write "self signed" without a hyphen. */
const VERIFY_ERRORS: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'self-signed certificate',
  SELF_SIGNED_CERT_IN_CHAIN: 'self-signed certificate in certificate chain',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'unable to get local issuer certificate',
  UNABLE_TO_GET_ISSUER_CERT: 'unable to get issuer certificate',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'unable to get local issuer certificate',
  CERT_HAS_EXPIRED: 'certificate has expired',
  CERT_NOT_YET_VALID: 'certificate is not yet valid',
  INVALID_CA: 'invalid CA certificate',
  INVALID_PURPOSE: 'unsupported certificate purpose',
};

/**
 * Makes the error of a handshake that failed: exit code 60 for the server's certificate, 35 for the rest.
 * @param error - Node's, of the TLS socket
 */
export function handshakeFailed(
  { isModern }: CurlRelease,
  host: string,
  port: number,
  error: unknown,
): CurlError {
  const code = codeOf(error);
  const advice = isModern ? ADVICE.modern : ADVICE.old;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const message = isModern
      ? `SSL: no alternative certificate subject name matches target host name '${host}'`
      : `SSL: no alternative certificate subject name matches target host name '${host}'`;
    return new CurlError(EXIT_CODE.certificate, message, advice);
  }
  const refusal = VERIFY_ERRORS[code];
  if (refusal !== undefined) {
    const words = isModern ? refusal : refusal.replace('self-signed', 'self signed');
    return new CurlError(EXIT_CODE.certificate, `SSL certificate problem: ${words}`, advice);
  }
  if (code === 'ECONNRESET' && error instanceof Error && 'syscall' in error) {
    return new CurlError(
      EXIT_CODE.tls,
      isModern
        ? `Recv failure: ${strerror(code)}`
        : `OpenSSL SSL_connect: ${strerror(code)} in connection to ${host}:${port} `,
    );
  }
  if (code === 'ECONNRESET' || code === '') {
    // The server closed the connection in the middle of the handshake.
    return new CurlError(
      EXIT_CODE.tls,
      isModern
        ? `TLS connect error: error:0A000126:SSL routines::unexpected eof while reading`
        : `OpenSSL SSL_connect: SSL_ERROR_SYSCALL in connection to ${host}:${port} `,
    );
  }
  const text = opensslText(error);
  return new CurlError(EXIT_CODE.tls, isModern ? `TLS connect error: ${text}` : text);
}

/**
 * Shortens Node's `…:error:0A000410:SSL routines:ssl3_read_bytes:…:../deps/…:1605:SSL alert number 40` to
 * what curl prints, without the parts of the source code.
 */
function opensslText(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const match = /error:([0-9A-F]+):SSL routines:[^:]*:([^:]+)/i.exec(message);
  return match ? `error:${match[1]}:SSL routines::${match[2]}` : message.trim();
}
