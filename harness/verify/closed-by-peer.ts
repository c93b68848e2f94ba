/** How curl ends when the other end has let it connect and then sends it away. */

/**
 * curl's exit codes for it: TLS refused (35), nothing sent (52), failures while sending (55) and receiving
 * (56) (`man curl`, EXIT CODES). With TLS 1.3 a server refuses a client's certificate after the client's own
 * handshake has ended: so it depends on the moment which of them is seen.
 */
const CODES: ReadonlySet<number> = new Set([35, 52, 55, 56]);

/** Over HTTP/2 curl 7.88 gives the same two failures the code of that layer. */
const HTTP2 = 16;

/** @param words - of curl about the call */
export const isClosedByPeer = (exitCode: number, words: string): boolean =>
  CODES.has(exitCode) || (exitCode === HTTP2 && /(?:Send|Recv) failure/.test(words));
