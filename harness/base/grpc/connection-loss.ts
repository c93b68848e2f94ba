/** What grpc-go says of a lost connection (internal/transport/http2_client.go@v1.66 reader, Close). */
import { codeOf, messageOf } from '../errors.ts';
import { syscallText } from '../go-errors.ts';
import { errorCodeName } from './http-status.ts';
import { GrpcError } from './status.ts';

/**
 * Returns the status of the calls that were under way.
 * @param error - of the socket or the session; undefined if the server has ended the connection
 * @param farewell - what a GOAWAY has said before: `farewellText`
 */
export function connectionLoss(error: Error | undefined, farewell: string | undefined): GrpcError {
  const reason = error ? (syscallText('read', codeOf(error)) ?? messageOf(error)) : 'EOF';
  const text = `error reading from server: ${reason}`;
  const whole =
    farewell === undefined
      ? text
      : `closing transport due to: connection error: desc = ${JSON.stringify(text)}, ` +
        `received prior goaway: ${farewell}`;
  return new GrpcError('Unavailable', whole, { cause: error });
}

/** Returns a GOAWAY in words: `code: NO_ERROR, debug data: "graceful_stop"`. */
export const farewellText = (code: number, debugData: Uint8Array | undefined): string =>
  `code: ${errorCodeName(code)}, debug data: ${JSON.stringify(Buffer.from(debugData ?? []).toString())}`;
