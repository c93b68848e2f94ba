/** Checks that an API server's certificate names an address, as istiod in the other cluster does. */
import tls from 'node:tls';

/**
 * Looks at the certificate of an API server.
 * @param server - the API server's address for this machine; its certificate is read, not trusted
 * @param address - `https://…`, the one for the other clusters
 * @returns what is wrong, as a clause; undefined if it names the address
 * @throws Error if there is no TLS server
 */
export async function misnamed(
  server: string,
  address: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { hostname, port } = new URL(server);
  const asked = new URL(address).hostname.replace(/^\[|\]$/g, '');
  const socket = tls.connect({
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port || 443),
    rejectUnauthorized: false,
    // A name, where there is one: servers choose the certificate by it.
    ...(/[a-z]/i.test(hostname) && { servername: hostname }),
  });
  const onAbort = () => socket.destroy(new Error('no answer in time'));
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('secureConnect', resolve);
      socket.once('error', reject);
      if (signal.aborted) onAbort();
    });
    const certificate = socket.getPeerCertificate();
    if (!tls.checkServerIdentity(asked, certificate)) return undefined;
    return `its certificate does not name ${asked}, but ${certificate.subjectaltname ?? 'nothing'}`;
  } finally {
    signal.removeEventListener('abort', onAbort);
    socket.destroy();
  }
}
