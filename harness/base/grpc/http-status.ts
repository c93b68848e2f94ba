/** What HTTP/2's own failures mean as a status of gRPC. */
import { STATUS_CODES } from 'node:http';
import { type GrpcCode, GrpcError, type HeaderValues, textOf } from './status.ts';

/** Codes of answers that are not gRPC's (gRPC's http-grpc-status-mapping.md); all others are `Unknown`. */
const BY_HTTP_STATUS: Readonly<Record<number, GrpcCode>> = {
  400: 'Internal',
  401: 'Unauthenticated',
  403: 'PermissionDenied',
  404: 'Unimplemented',
  429: 'Unavailable',
  502: 'Unavailable',
  503: 'Unavailable',
  504: 'Unavailable',
};

/**
 * HTTP/2's error codes by their numbers (RFC 9113, 7), with the codes that grpc-go gives them
 * (internal/transport/http_util.go@v1.66 http2ErrConvTab).
 */
const BY_RESET: readonly (readonly [name: string, code: GrpcCode])[] = [
  ['NO_ERROR', 'Internal'],
  ['PROTOCOL_ERROR', 'Internal'],
  ['INTERNAL_ERROR', 'Internal'],
  ['FLOW_CONTROL_ERROR', 'ResourceExhausted'],
  ['SETTINGS_TIMEOUT', 'Internal'],
  ['STREAM_CLOSED', 'Internal'],
  ['FRAME_SIZE_ERROR', 'Internal'],
  ['REFUSED_STREAM', 'Unavailable'],
  ['CANCEL', 'Canceled'],
  ['COMPRESSION_ERROR', 'Internal'],
  ['CONNECT_ERROR', 'Internal'],
  ['ENHANCE_YOUR_CALM', 'ResourceExhausted'],
  ['INADEQUATE_SECURITY', 'PermissionDenied'],
  ['HTTP_1_1_REQUIRED', 'Internal'],
];

/** Says whether a content type is gRPC's: `application/grpc`, alone or with `+proto` or parameters. */
export const isGrpcContentType = (value: string | undefined): boolean =>
  value !== undefined && /^application\/grpc($|[+;])/i.test(value);

/**
 * Judges the head of an answer (grpc-go internal/transport/http2_client.go@v1.66 operateHeaders).
 * @returns undefined if the answer is gRPC's: its status 200, its content type gRPC's
 */
export function httpFailure(headers: HeaderValues): GrpcError | undefined {
  const status = Number(headers[':status']);
  const type = textOf(headers['content-type']);
  const problems: string[] = [];
  if (status !== 200)
    problems.push(
      `unexpected HTTP status code received from server: ${status} (${STATUS_CODES[status] ?? ''})`,
    );
  if (type === undefined) problems.push('malformed header: missing HTTP content-type');
  else if (!isGrpcContentType(type))
    problems.push(`transport: received unexpected content-type ${JSON.stringify(type)}`);
  if (problems.length === 0) return undefined;
  return new GrpcError(BY_HTTP_STATUS[status] ?? 'Unknown', problems.join('; '));
}

/** Returns the name of an error code of HTTP/2: `CANCEL`. */
export const errorCodeName = (code: number): string =>
  BY_RESET[code]?.[0] ?? `unknown error code 0x${code.toString(16)}`;

/** Returns the status of a call whose stream the server has reset. @param code - of RST_STREAM */
export const resetFailure = (code: number): GrpcError =>
  new GrpcError(
    BY_RESET[code]?.[1] ?? 'Unknown',
    `stream terminated by RST_STREAM with error code: ${errorCodeName(code)}`,
  );
