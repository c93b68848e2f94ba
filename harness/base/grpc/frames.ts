/** gRPC's messages in a stream of bytes: a flag, four bytes of length, the message (PROTOCOL-HTTP2.md). */
import { GrpcError } from './status.ts';

/** The flag and the length. */
const HEADER_BYTES = 5;

/** grpc-go's limit of a message that is received (server.go@v1.66 defaultServerMaxReceiveMessageSize). */
const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;

/** Returns a message with its header, uncompressed. */
export function encodeFrame(message: Buffer): Buffer {
  const frame = Buffer.allocUnsafe(HEADER_BYTES + message.length);
  frame[0] = 0;
  frame.writeUInt32BE(message.length, 1);
  message.copy(frame, HEADER_BYTES);
  return frame;
}

/** What a decoder takes. */
export interface FrameLimits {
  /** The most bytes of a message; 4 MiB by default. */
  readonly maxMessageBytes?: number | undefined;
  /** The sender's `grpc-encoding`: a compressed message is refused in words that name it. */
  readonly encoding?: string | undefined;
}

/** Takes chunks as they come, and gives messages. A message that lies whole in a chunk is not copied. */
export class FrameDecoder {
  readonly #limits: FrameLimits;
  readonly #header = Buffer.allocUnsafe(HEADER_BYTES);
  #headerBytes = 0;
  /** Of the message whose header is complete: its length, and what has come of it. */
  #length = 0;
  #parts: Buffer[] = [];
  #partBytes = 0;

  constructor(limits: FrameLimits = {}) {
    this.#limits = limits;
  }

  /** Says whether the bytes end in the middle of a message. */
  get isWithinMessage(): boolean {
    return this.#headerBytes > 0;
  }

  /**
   * Takes the next bytes. The chunk must not be written to afterwards: messages are views of it.
   * @param onMessage - called for each message that is complete; false discards the rest of the chunk
   * @throws GrpcError for a message that is refused; the decoder is of no use afterwards
   */
  push(chunk: Buffer, onMessage: (message: Buffer) => boolean): void {
    let at = 0;
    for (;;) {
      if (this.#headerBytes < HEADER_BYTES) {
        at = this.#takeHeader(chunk, at);
        if (this.#headerBytes < HEADER_BYTES) return;
      }
      const left = this.#length - this.#partBytes;
      const end = at + left;
      if (end > chunk.length) {
        if (at < chunk.length) this.#parts.push(chunk.subarray(at));
        this.#partBytes += chunk.length - at;
        return;
      }
      const message = this.#complete(chunk.subarray(at, end));
      at = end;
      if (!onMessage(message)) return;
    }
  }

  #complete(last: Buffer): Buffer {
    this.#headerBytes = 0;
    if (this.#partBytes === 0) return last;
    const parts = this.#parts;
    this.#parts = [];
    this.#partBytes = 0;
    parts.push(last);
    return Buffer.concat(parts, this.#length);
  }

  /** @returns where the message begins, or the end of the chunk if the header goes on behind it */
  #takeHeader(chunk: Buffer, at: number): number {
    if (this.#headerBytes === 0 && at + HEADER_BYTES <= chunk.length) {
      this.#admit(chunk, at);
      return at + HEADER_BYTES;
    }
    const taken = chunk.copy(this.#header, this.#headerBytes, at);
    this.#headerBytes += taken;
    if (this.#headerBytes === HEADER_BYTES) this.#admit(this.#header, 0);
    return at + taken;
  }

  /** Judges a header in the order and words of grpc-go (rpc_util.go@v1.66 recvMsg, checkRecvPayload). */
  #admit(bytes: Buffer, at: number): void {
    const { maxMessageBytes = MAX_MESSAGE_BYTES, encoding = '' } = this.#limits;
    const flag = bytes[at] ?? 0;
    const length = bytes.readUInt32BE(at + 1);
    if (length > maxMessageBytes)
      throw new GrpcError(
        'ResourceExhausted',
        `grpc: received message larger than max (${length} vs. ${maxMessageBytes})`,
      );
    if (flag > 1) throw new GrpcError('Internal', `grpc: received unexpected payload format ${flag}`);
    if (flag === 1 && (encoding === '' || encoding === 'identity'))
      throw new GrpcError('Internal', 'grpc: compressed flag set with identity or empty encoding');
    if (flag === 1)
      throw new GrpcError(
        'Unimplemented',
        `grpc: Decompressor is not installed for grpc-encoding ${JSON.stringify(encoding)}`,
      );
    this.#headerBytes = HEADER_BYTES;
    this.#length = length;
  }
}
