/** gRPC's statuses: the codes, the error that carries one, and the headers in which it travels. */

/** The codes by their numbers, named as grpc-go prints them (codes/code_string.go@v1.66). */
const GRPC_CODES = [
  'OK',
  'Canceled',
  'Unknown',
  'InvalidArgument',
  'DeadlineExceeded',
  'NotFound',
  'AlreadyExists',
  'PermissionDenied',
  'ResourceExhausted',
  'FailedPrecondition',
  'Aborted',
  'OutOfRange',
  'Unimplemented',
  'Internal',
  'Unavailable',
  'DataLoss',
  'Unauthenticated',
] as const;

/** Why a call failed; `OK` is no failure, and has no error. */
export type GrpcCode = Exclude<(typeof GRPC_CODES)[number], 'OK'>;

/** Header values by lower-case name, as node:http2 gives them. */
export type HeaderValues = Readonly<Record<string, string | string[] | undefined>>;

/**
 * A call that failed. The message reads as grpc-go's does (internal/status/status.go@v1.66 Error.Error):
 * `rpc error: code = Unavailable desc = error reading from server: EOF`.
 */
export class GrpcError extends Error {
  override readonly name = 'GrpcError';
  readonly code: GrpcCode;
  /** The part of the message that travels in `grpc-message`. */
  readonly description: string;

  /** @param description - what went wrong, without the code */
  constructor(code: GrpcCode, description: string, options?: ErrorOptions) {
    super(`rpc error: code = ${code} desc = ${description}`, options);
    this.code = code;
    this.description = description;
  }
}

/** Returns the header fields that tell how a call ended; undefined is OK. */
export function statusHeaders(error: GrpcError | undefined): Record<string, string> {
  if (!error) return { 'grpc-status': '0' };
  return {
    'grpc-status': String(GRPC_CODES.indexOf(error.code)),
    'grpc-message': encodeGrpcMessage(error.description),
  };
}

/**
 * Reads the status out of trailers (grpc-go internal/transport/http2_client.go@v1.66 operateHeaders).
 * @returns undefined for OK; a number without a name, or none at all, is `Unknown`
 */
export function readStatus(headers: HeaderValues): GrpcError | undefined {
  const number = textOf(headers['grpc-status']);
  if (number === '0') return undefined;
  const message = decodeGrpcMessage(textOf(headers['grpc-message']) ?? '');
  if (number !== undefined && !/^\d+$/.test(number))
    return new GrpcError(
      'Internal',
      `transport: malformed grpc-status: strconv.ParseInt: parsing ${JSON.stringify(number)}: invalid syntax`,
    );
  const code = GRPC_CODES[Number(number)];
  if (code === 'OK') return undefined; // 00
  return new GrpcError(code ?? 'Unknown', message);
}

/** Returns a header's value as one text. */
export const textOf = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value.join(', ') : value;

/** Printable ASCII but `%`, and no space at an end, which HTTP/2 forbids (RFC 9113, 8.2.1). */
const PLAIN = /^(?! )[ -$&-~]*(?<! )$/;

/** Encodes the value of `grpc-message`: percent-encoded UTF-8 (gRPC's PROTOCOL-HTTP2.md, Percent-Encoded). */
function encodeGrpcMessage(message: string): string {
  if (PLAIN.test(message)) return message;
  const bytes = Buffer.from(message);
  let text = '';
  for (const [index, byte] of bytes.entries()) {
    const isAtEnd = index === 0 || index === bytes.length - 1;
    const isPlain = byte >= 0x20 && byte <= 0x7e && byte !== 0x25 && !(byte === 0x20 && isAtEnd);
    text += isPlain ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return text;
}

/** Decodes the value of `grpc-message`; what is no valid encoding stays as it is. */
function decodeGrpcMessage(text: string): string {
  if (!text.includes('%')) return text;
  const bytes = text.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(bytes, 'latin1').toString();
}
