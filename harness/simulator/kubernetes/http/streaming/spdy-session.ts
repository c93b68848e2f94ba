/** The server's side of a SPDY/3.1 connection: streams that the client opens. */
import { Duplex } from 'node:stream';
import {
  controlFrame,
  dataFrame,
  EmptyHeaderWriter,
  FLAG_FIN,
  FRAME,
  type Frame,
  FrameReader,
  HeaderReader,
  uint32,
} from './spdy-frames.ts';

const MAX_DATA_BYTES = 32 * 1024;
/** RST_STREAM's code for "I am done with it". */
const CANCEL = 5;

/** A stream of the session; its headers say what it is for. */
export class SpdyStream extends Duplex {
  readonly id: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly #send: (frame: Buffer) => void;

  constructor(id: number, headers: ReadonlyMap<string, string>, send: (frame: Buffer) => void) {
    super({ allowHalfOpen: true });
    this.id = id;
    this.headers = headers;
    this.#send = send;
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    for (let start = 0; start < chunk.length; start += MAX_DATA_BYTES) {
      this.#send(dataFrame(this.id, chunk.subarray(start, start + MAX_DATA_BYTES)));
    }
    done();
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#send(dataFrame(this.id, Buffer.alloc(0), FLAG_FIN));
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (!this.writableEnded) this.#send(controlFrame(FRAME.reset, uint32(this.id, CANCEL)));
    done(error);
  }

  /** What the client sent. @internal */
  receive(payload: Buffer, isLast: boolean): void {
    if (payload.length > 0) this.push(payload);
    if (isLast) this.push(null);
  }
}

/**
 * Speaks SPDY on a connection. Flow control and settings are not needed: clients of Kubernetes leave them
 * alone.
 * @param transport - a socket, or a WebSocket's messages as a stream
 */
export function serveSpdy(transport: Duplex, onStream: (stream: SpdyStream) => void): void {
  const frames = new FrameReader();
  const headers = new HeaderReader();
  const replies = new EmptyHeaderWriter();
  const streams = new Map<number, SpdyStream>();
  const send = (frame: Buffer) => {
    if (!transport.destroyed && transport.writable) transport.write(frame);
  };
  const handle = (frame: Frame) => {
    if (frame.kind === 'data') {
      streams.get(frame.stream)?.receive(frame.payload, (frame.flags & FLAG_FIN) !== 0);
      return;
    }
    const { type, flags, payload } = frame;
    switch (type) {
      case FRAME.synStream: {
        const id = payload.readUInt32BE(0) & 0x7fffffff;
        const stream = new SpdyStream(id, headers.read(payload.subarray(10)), send);
        stream.on('error', () => {});
        stream.on('close', () => streams.delete(id));
        streams.set(id, stream);
        send(controlFrame(FRAME.synReply, Buffer.concat([uint32(id), replies.next()])));
        if ((flags & FLAG_FIN) !== 0) stream.receive(Buffer.alloc(0), true);
        onStream(stream);
        return;
      }
      case FRAME.reset:
        streams.get(payload.readUInt32BE(0) & 0x7fffffff)?.destroy();
        return;
      case FRAME.ping:
        send(controlFrame(FRAME.ping, payload));
        return;
      default:
    }
  };
  transport.on('data', (chunk: Buffer) => {
    try {
      for (const frame of frames.push(chunk)) handle(frame);
    } catch {
      transport.destroy();
    }
  });
  const end = () => {
    for (const stream of streams.values()) {
      stream.push(null);
      stream.destroy();
    }
    streams.clear();
  };
  transport.on('end', end);
  transport.on('close', end);
}
