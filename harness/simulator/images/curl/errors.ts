/**
 * curl's exit codes, and what it says of names, connections and deadlines, in the words of the two releases
 * that the guide's images have.
 */
import { codeOf } from '../../../base/errors.ts';

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

/** Returns the sentence of a system error's code (`ECONNRESET`). */
export const strerror = (code: string): string => STRERROR[code] ?? 'I/O error';

/** Makes the error of a name without an address. */
export function couldNotResolve(host: string): CurlError {
  return new CurlError(EXIT_CODE.resolve, `Could not resolve host: ${host}`);
}

/**
 * Makes the error of a connection that the kernel refused, or gave up after its 127 s. In the second case the
 * exit code is a timeout's (lib/connect.c).
 */
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

/** Makes the error of a deadline: `-m`, or `--connect-timeout` before the connection stands. */
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
