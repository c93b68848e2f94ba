/** Ports of loopback that no program listens on. */
import net from 'node:net';

/** The only address of this machine on which anything of the bridge listens. */
export const LOOPBACK = '127.0.0.1';

/**
 * Lets the kernel choose free ports of loopback. They are free when the promise resolves; another program may
 * take one before it is used, so whoever uses them must bear that.
 * @throws the system's error
 */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => net.createServer());
  try {
    // All at once, so that none is chosen twice.
    return await Promise.all(servers.map(portOf));
  } finally {
    for (const server of servers) server.close();
  }
}

function portOf(server: net.Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, LOOPBACK, () => resolve((server.address() as net.AddressInfo).port)); // it is TCP
  });
}
