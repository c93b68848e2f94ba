/** What goes wrong with a message or its connection, under the codes that node:http gives it. */

/** The codes of what is no HTTP/1.1 (nodejs/llhttp src/llhttp/constants.ts @v9.3.1, and Node's own two). */
type ParseErrorCode =
  | 'HPE_STRICT'
  | 'HPE_CR_EXPECTED'
  | 'HPE_LF_EXPECTED'
  | 'HPE_UNEXPECTED_CONTENT_LENGTH'
  | 'HPE_UNEXPECTED_SPACE'
  | 'HPE_CLOSED_CONNECTION'
  | 'HPE_INVALID_METHOD'
  | 'HPE_INVALID_URL'
  | 'HPE_INVALID_CONSTANT'
  | 'HPE_INVALID_VERSION'
  | 'HPE_INVALID_HEADER_TOKEN'
  | 'HPE_INVALID_CONTENT_LENGTH'
  | 'HPE_INVALID_CHUNK_SIZE'
  | 'HPE_INVALID_STATUS'
  | 'HPE_INVALID_EOF_STATE'
  | 'HPE_INVALID_TRANSFER_ENCODING'
  | 'HPE_PAUSED_H2_UPGRADE'
  | 'HPE_HEADER_OVERFLOW'
  | 'HPE_CHUNK_EXTENSIONS_OVERFLOW';

/** Bytes that are not what the protocol allows at their place. */
export class ParseError extends Error {
  readonly code: ParseErrorCode;

  constructor(code: ParseErrorCode) {
    super(`Parse Error: ${code}`);
    this.code = code;
  }
}

/** The other end is gone without a word: no reset by the kernel, which would have a `syscall`. */
export class ConnectionEndedError extends Error {
  readonly code = 'ECONNRESET';
}

/** A head may have so many bytes in its URL, names and values (Node's `--max-http-header-size`). */
const MAX_HEAD_BYTES = 16 * 1024;

/** @throws ParseError HPE_HEADER_OVERFLOW if a head has grown too large */
export function checkHeadSize(bytes: number): void {
  if (bytes >= MAX_HEAD_BYTES) throw new ParseError('HPE_HEADER_OVERFLOW');
}
