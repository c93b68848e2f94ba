/**
 * Frames of SPDY/3.1, as far as Kubernetes' streams use them: encoding and decoding, header blocks included.
 */
import { constants, inflateSync } from 'node:zlib';

/** The types of control frames that the API's clients use (SPDY draft 3.1). */
export const FRAME = {
  synStream: 1,
  synReply: 2,
  reset: 3,
  settings: 4,
  ping: 6,
  goAway: 7,
  windowUpdate: 9,
} as const;
/** The flag of the last frame of a stream's direction. */
export const FLAG_FIN = 1;

/** A frame without its header. */
export type Frame =
  | { readonly kind: 'control'; readonly type: number; readonly flags: number; readonly payload: Buffer }
  | { readonly kind: 'data'; readonly stream: number; readonly flags: number; readonly payload: Buffer };

const HEADER_BYTES = 8;
/** The clients of the API send no longer frame. */
const MAX_FRAME_BYTES = 1 << 20;

/** Cuts a stream of bytes into frames. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0);

  /**
   * Takes the next bytes, and returns the frames that they complete.
   * @throws Error for a frame of another version, or one that is too long
   */
  push(chunk: Buffer): Frame[] {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const frames: Frame[] = [];
    while (this.#rest.length >= HEADER_BYTES) {
      const length = this.#rest.readUIntBE(5, 3);
      if (length > MAX_FRAME_BYTES) throw new Error(`a frame of ${length} bytes`);
      if (this.#rest.length < HEADER_BYTES + length) break;
      const first = this.#rest.readUInt32BE(0);
      const flags = this.#rest.readUInt8(4);
      const payload = this.#rest.subarray(HEADER_BYTES, HEADER_BYTES + length);
      this.#rest = this.#rest.subarray(HEADER_BYTES + length);
      if (first >>> 31 === 1) {
        if (((first >>> 16) & 0x7fff) !== 3) throw new Error('a frame of another version of SPDY');
        frames.push({ kind: 'control', type: first & 0xffff, flags, payload });
      } else frames.push({ kind: 'data', stream: first, flags, payload });
    }
    return frames;
  }
}

function header(first: number, flags: number, length: number): Buffer {
  const buffer = Buffer.alloc(HEADER_BYTES);
  buffer.writeUInt32BE(first >>> 0, 0);
  buffer.writeUInt8(flags, 4);
  buffer.writeUIntBE(length, 5, 3);
  return buffer;
}

/** Puts the header of SPDY/3 before a payload. `type` is one of FRAME. */
export function controlFrame(type: number, payload: Buffer, flags = 0): Buffer {
  return Buffer.concat([header(0x80030000 | type, flags, payload.length), payload]);
}

/** Puts the header of SPDY/3 before the data of a stream. */
export function dataFrame(stream: number, payload: Buffer, flags = 0): Buffer {
  return Buffer.concat([header(stream, flags, payload.length), payload]);
}

/** Encodes numbers of 32 bits, the first byte the highest. */
export function uint32(...values: readonly number[]): Buffer {
  const buffer = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => {
    buffer.writeUInt32BE(value >>> 0, index * 4);
  });
  return buffer;
}

const NAMES =
  'options head post put delete trace accept accept-charset accept-encoding accept-language accept-ranges age allow authorization cache-control connection content-base content-encoding content-language content-length content-location content-md5 content-range content-type date etag expect expires from host if-match if-modified-since if-none-match if-range if-unmodified-since last-modified location max-forwards pragma proxy-authenticate proxy-authorization range referer retry-after server te trailer transfer-encoding upgrade user-agent vary via warning www-authenticate method get status|200 OK|version|HTTP/1.1|url public set-cookie keep-alive origin';
const TAIL =
  '100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505203 Non-Authoritative Information204 No Content301 Moved Permanently400 Bad Request401 Unauthorized403 Forbidden404 Not Found500 Internal Server Error501 Not Implemented503 Service UnavailableJan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMTchunked,text/html,image/png,image/jpg,image/gif,application/xml,application/xhtml+xml,text/plain,text/javascript,publicprivatemax-age=gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0.';

let made: Buffer | undefined;
/** Returns the dictionary of the protocol: names with their lengths, then other frequent text. */
export function dictionary(): Buffer {
  made ??= Buffer.concat([
    ...NAMES.split('|')
      .flatMap((part, index) => (index === 1 ? [part] : part.split(' ')))
      .map(name => Buffer.concat([uint32(name.length), Buffer.from(name)])),
    Buffer.from(TAIL),
  ]);
  return made;
}

/**
 * Reads the header blocks of one direction. They share one compression context; Node has no synchronous
 * inflater that keeps one, so each block is read together with all before it: there are two or so per
 * connection.
 */
export class HeaderReader {
  #compressed: Buffer = Buffer.alloc(0);
  #seen = 0;

  /** @throws Error for a block that cannot be read */
  read(block: Buffer): ReadonlyMap<string, string> {
    this.#compressed = Buffer.concat([this.#compressed, block]);
    const all = inflateSync(this.#compressed, {
      dictionary: dictionary(),
      finishFlush: constants.Z_SYNC_FLUSH,
    });
    const text = all.subarray(this.#seen);
    this.#seen = all.length;
    const headers = new Map<string, string>();
    let at = 0;
    const take = (length: number): Buffer => {
      if (at + length > text.length) throw new Error('a header block that is cut off');
      at += length;
      return text.subarray(at - length, at);
    };
    for (let count = take(4).readUInt32BE(0); count > 0; count--) {
      const name = take(take(4).readUInt32BE(0)).toString();
      headers.set(name.toLowerCase(), take(take(4).readUInt32BE(0)).toString());
    }
    return headers;
  }
}

/** Writes header blocks without headers: nobody reads those of a reply. */
export class EmptyHeaderWriter {
  #isFirst = true;

  next(): Buffer {
    // Blocks that are stored, not compressed; the second, empty one makes the reader hand on what it has.
    const stored = Buffer.from([0, 4, 0, 0xfb, 0xff, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]);
    const block = this.#isFirst ? Buffer.concat([Buffer.from([0x78, 0x01]), stored]) : stored;
    this.#isFirst = false;
    return block;
  }
}
