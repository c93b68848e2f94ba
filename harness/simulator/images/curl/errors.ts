/**
 * curl's exit codes and the sentences that go with them, in the words of the two releases that the guide's
 * images have.
 */

/** The release in the image: their messages differ. */
export interface CurlRelease {
  readonly version: string;
  /** From 7.7x on messages tell how long it took, from 8.x on not the system's reason but curl's. */
  readonly isModern: boolean;
}

/** The exit codes of curl that a transfer can end with (include/curl/curl.h: CURLcode). */
export const EXIT_CODE = {
  unsupportedProtocol: 1,
  usage: 2,
  badUrl: 3,
  resolve: 6,
  connect: 7,
  partial: 18,
  httpError: 22,
  write: 23,
  read: 26,
  timeout: 28,
  tls: 35,
  emptyReply: 52,
  send: 55,
  receive: 56,
  badCertificateFile: 58,
  certificate: 60,
  caFile: 77,
} as const;

/** A transfer that ended with an error of curl's. */
export class CurlError extends Error {
  readonly exitCode: number;
  /** curl says more of a certificate that it refuses. */
  readonly advice: string | undefined;

  constructor(exitCode: number, message: string, advice?: string) {
    super(message);
    this.exitCode = exitCode;
    this.advice = advice;
  }
}

/** strerror of musl, which both images are built on. */
const STRERROR: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'Connection refused',
  ETIMEDOUT: 'Operation timed out',
  EHOSTUNREACH: 'Host is unreachable',
  ENETUNREACH: 'Network unreachable',
  ECONNRESET: 'Connection reset by peer',
  EPIPE: 'Broken pipe',
};

/** Returns the code of a system or TLS error (`ECONNRESET`); empty for other errors. */
export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

const strerror = (code: string): string => STRERROR[code] ?? 'I/O error';

/** Makes the error of a name without an address. */
export function couldNotResolve(host: string): CurlError {
  return new CurlError(EXIT_CODE.resolve, `Could not resolve host: ${host}`);
}

/** The kernel refused, or gave up after its 127 s (lib/connect.c: then the exit code is a timeout's). */
export function couldNotConnect(
  { isModern }: CurlRelease,
  host: string,
  port: number,
  afterMs: number,
  error: unknown,
): CurlError {
  const code = codeOf(error);
  const exitCode = code === 'ETIMEDOUT' ? EXIT_CODE.timeout : EXIT_CODE.connect;
  if (!isModern)
    return new CurlError(exitCode, `Failed to connect to ${host} port ${port}: ${strerror(code)}`);
  const reason = exitCode === EXIT_CODE.timeout ? 'Timeout was reached' : 'Could not connect to server';
  return new CurlError(exitCode, `Failed to connect to ${host} port ${port} after ${afterMs} ms: ${reason}`);
}

/** A deadline passed: `-m`, or `--connect-timeout` before the connection stands. */
export function timedOut(
  phase: 'resolving' | 'connecting' | 'transferring',
  afterMs: number,
  received: number,
  expected: number | undefined,
): CurlError {
  const message =
    phase === 'resolving'
      ? `Resolving timed out after ${afterMs} milliseconds`
      : phase === 'connecting'
        ? `Connection timed out after ${afterMs} milliseconds`
        : `Operation timed out after ${afterMs} milliseconds with ${received}${expected === undefined ? '' : ` out of ${expected}`} bytes received`;
  return new CurlError(EXIT_CODE.timeout, message);
}

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

/** What ended a handshake: the server's certificate (60), or anything else (35). */
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
 * Node's `…:error:0A000410:SSL routines:ssl3_read_bytes:…:../deps/…:1605:SSL alert number 40`, without the
 * parts of the source code.
 */
function opensslText(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const match = /error:([0-9A-F]+):SSL routines:[^:]*:([^:]+)/i.exec(message);
  return match ? `error:${match[1]}:SSL routines::${match[2]}` : message.trim();
}

/** Makes the error of a server that closed before its answer began. */
export const emptyReply = (): CurlError => new CurlError(EXIT_CODE.emptyReply, 'Empty reply from server');

/** Makes the error of a read that failed. @param code - `ECONNRESET` */
export function receiveFailed(code: string): CurlError {
  return new CurlError(EXIT_CODE.receive, `Recv failure: ${strerror(code)}`);
}

/** The server closed before the whole answer was there. */
export function partialBody(expected: number | undefined, received: number): CurlError {
  return new CurlError(
    EXIT_CODE.partial,
    expected === undefined
      ? 'transfer closed with outstanding read data remaining'
      : `transfer closed with ${expected - received} bytes remaining to read`,
  );
}

/** `-f` and a status of 400 or more; old releases repeat the server's reason. */
export function httpError({ isModern }: CurlRelease, status: number, reason: string): CurlError {
  return new CurlError(
    EXIT_CODE.httpError,
    `The requested URL returned error: ${status}${isModern || reason === '' ? '' : ` ${reason}`}`,
  );
}
