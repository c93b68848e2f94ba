/** What curl says of an HTTP exchange that failed after the connection stood. */
import { codeOf } from '../../../base/errors.ts';
import { ConnectionEndedError, ParseError } from '../../../base/http1/errors.ts';
import { CurlError, type CurlRelease, EXIT_CODE, strerror } from './errors.ts';

/** Tells a reset by the kernel, which has a `syscall`, from an early end, which Node calls ECONNRESET too. */
const isReset = (error: unknown): boolean => error instanceof Error && 'syscall' in error;

/** Makes curl's error of Node's, for a request whose answer never began. */
export function errorOf(error: unknown): CurlError {
  const code = codeOf(error);
  if (code === 'ECONNRESET' && isReset(error)) return receiveFailed(code);
  if (code === 'EPIPE') return new CurlError(EXIT_CODE.send, 'Send failure: Broken pipe');
  if (code.startsWith('HPE_')) return new CurlError(1, 'Received HTTP/0.9 when not allowed');
  if (code === 'ECONNRESET' || code === '')
    return new CurlError(EXIT_CODE.emptyReply, 'Empty reply from server');
  // TLS 1.3: the server refuses the client's certificate after the handshake, with an alert that the first
  // read finds.
  const message = error instanceof Error ? error.message : String(error);
  const alert = /SSL routines:[^:]*:([^:]+)/.exec(message);
  return new CurlError(
    EXIT_CODE.receive,
    alert ? `OpenSSL SSL_read: error:0A00045C:SSL routines::${alert[1]}, errno 0` : message,
  );
}

/** Makes the error of an answer that ended too soon. @param expected - bytes, as Content-Length says */
export function brokenOff(error: unknown, expected: number | undefined, received: number): CurlError {
  // Only the socket itself fails with a code of the system's.
  const isCutOff = error instanceof ConnectionEndedError || error instanceof ParseError;
  return isCutOff ? partialBody(expected, received) : receiveFailed(codeOf(error));
}

/** Makes the error of a read that failed. @param code - `ECONNRESET` */
function receiveFailed(code: string): CurlError {
  return new CurlError(EXIT_CODE.receive, `Recv failure: ${strerror(code)}`);
}

/**
 * Makes the error of an answer that was cut off.
 * @param expected - bytes, as Content-Length says; undefined without one
 */
function partialBody(expected: number | undefined, received: number): CurlError {
  return new CurlError(
    EXIT_CODE.partial,
    expected === undefined
      ? 'transfer closed with outstanding read data remaining'
      : `transfer closed with ${expected - received} bytes remaining to read`,
  );
}

/** Makes the error of `-f` and a status of 400 or more; old releases repeat the server's reason. */
export function httpError({ isModern }: CurlRelease, status: number, reason: string): CurlError {
  return new CurlError(
    EXIT_CODE.httpError,
    `The requested URL returned error: ${status}${isModern || reason === '' ? '' : ` ${reason}`}`,
  );
}
