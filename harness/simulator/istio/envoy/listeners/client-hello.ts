/**
 * Reads server name and protocols out of a TLS ClientHello without terminating TLS: Envoy's TLS inspector.
 */

export interface ClientHello {
  /** The server name indication, lower case. */
  readonly serverName: string | undefined;
  /** The protocols that the client offers (ALPN), in its order. */
  readonly protocols: readonly string[];
}

/** What the first bytes of a connection turned out to be; `undefined` while there are too few. */
export type Inspection =
  | ({ readonly transport: 'tls' } & ClientHello)
  | { readonly transport: 'raw_buffer'; readonly protocols?: readonly string[] }
  | undefined;

const HANDSHAKE_RECORD = 22;
const CLIENT_HELLO = 1;
const EXTENSION_SERVER_NAME = 0;
const EXTENSION_ALPN = 16;
/**
 * Where Envoy gives up as well (envoyproxy/envoy
 * source/extensions/filters/listener/tls_inspector/tls_inspector.h, TLS_MAX_CLIENT_HELLO).
 */
const MAX_CLIENT_HELLO_BYTES = 64 * 1024;

/** @param bytes - all that has arrived so far */
export function inspectTls(bytes: Buffer): Inspection {
  if (bytes.length === 0) return undefined;
  if (bytes[0] !== HANDSHAKE_RECORD) return { transport: 'raw_buffer' };
  if (bytes.length >= 3 && bytes[1] !== 3) return { transport: 'raw_buffer' };
  if (bytes.length > MAX_CLIENT_HELLO_BYTES) return { transport: 'raw_buffer' };
  const message = handshakeMessage(bytes);
  if (message === undefined) return undefined;
  try {
    return { transport: 'tls', ...readHello(message) };
  } catch (error) {
    if (error instanceof RangeError) return { transport: 'raw_buffer' }; // lengths that lie: no ClientHello
    throw error;
  }
}

/**
 * Joins the records that the first handshake message is spread over; `undefined` if it is not there in full.
 * It is called for whatever arrives, a byte at worst, and there may be thousands of records.
 */
function handshakeMessage(bytes: Buffer): Buffer | undefined {
  const there = contentOf(bytes, Number.POSITIVE_INFINITY, () => {});
  if (there < 4) return undefined;
  const needed = 4 + joined(bytes, 4).readUIntBE(1, 3);
  return there >= needed ? joined(bytes, needed) : undefined;
}

/** Returns the first bytes of what the records hold; there are so many. */
function joined(bytes: Buffer, count: number): Buffer {
  const all = Buffer.alloc(count);
  let length = 0;
  contentOf(bytes, count, (start, end) => {
    length += bytes.copy(all, length, start, end);
  });
  return all;
}

/**
 * Goes through the handshake records.
 * @param most - bytes of content, after which it ends
 * @param onContent - told where the content of each record lies
 * @returns how many bytes of content have arrived
 */
function contentOf(bytes: Buffer, most: number, onContent: (start: number, end: number) => void): number {
  let length = 0;
  for (let at = 0; at + 5 <= bytes.length && length < most; ) {
    if (bytes[at] !== HANDSHAKE_RECORD) break;
    const next = at + 5 + bytes.readUInt16BE(at + 3);
    const end = Math.min(next, bytes.length);
    onContent(at + 5, end);
    length += end - at - 5;
    at = next;
  }
  return length;
}

/** @throws RangeError if a length points past the end */
function readHello(message: Buffer): ClientHello {
  if (message[0] !== CLIENT_HELLO) throw new RangeError('another handshake message');
  let at = 4 + 2 + 32; // type and length, version, random
  at += 1 + message.readUInt8(at); // session id
  at += 2 + message.readUInt16BE(at); // cipher suites
  at += 1 + message.readUInt8(at); // compression methods
  let serverName: string | undefined;
  const protocols: string[] = [];
  if (at === message.length) return { serverName, protocols };
  const end = at + 2 + message.readUInt16BE(at);
  at += 2;
  while (at + 4 <= end) {
    const type = message.readUInt16BE(at);
    const length = message.readUInt16BE(at + 2);
    const data = message.subarray(at + 4, at + 4 + length);
    if (data.length < length) throw new RangeError('an extension that ends after the message');
    if (type === EXTENSION_SERVER_NAME) serverName = readServerName(data);
    else if (type === EXTENSION_ALPN) {
      for (let offset = 2; offset < data.length; ) {
        const size = data.readUInt8(offset);
        protocols.push(data.toString('latin1', offset + 1, offset + 1 + size));
        offset += 1 + size;
      }
    }
    at += 4 + length;
  }
  return { serverName, protocols };
}

function readServerName(data: Buffer): string | undefined {
  for (let at = 2; at + 3 <= data.length; ) {
    const size = data.readUInt16BE(at + 1);
    if (data.readUInt8(at) === 0) return data.toString('latin1', at + 3, at + 3 + size).toLowerCase();
    at += 3 + size;
  }
  return undefined;
}
