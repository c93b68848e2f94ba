/**
 * A connection to istiod, verified against the mesh's root. Errors have gRPC's words, as in the log of the
 * real agent.
 */
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import { BoundedMemory } from '../../../base/bounded-memory.ts';
import { codeOf, messageOf } from '../../../base/errors.ts';
import { certificateText, dialText } from '../../../base/go-errors.ts';
import { decodeOnlyNames } from '../../../base/peer-names.ts';
import { inPieces } from '../../../base/tls-pieces.ts';
import type { VirtualSocket } from '../../network/interfaces.ts';
import type { ProcessContext } from '../../program.ts';
import { PROXY_UID } from '../envoy/environment/environment.ts';
import { ROOT_CERTIFICATE_FILE, type ServerAddress } from './settings.ts';

/** Port of istiod that serves without TLS. */
const PLAINTEXT_PORT = 15010;
/** gRPC-Go gives a connection attempt at least 20 s (minConnectTimeout). */
const CONNECT_TIMEOUT_MS = 20_000;

/**
 * Dials, and with TLS completes the handshake: the server must have a certificate for `address.host` from the
 * mesh's root.
 * @throws Error whose message is what gRPC says
 */
export async function dialIstiod(context: ProcessContext, address: ServerAddress): Promise<Duplex> {
  const { network, files, clock, signal } = context;
  signal.throwIfAborted();
  const rootPem = files.exists(ROOT_CERTIFICATE_FILE) ? files.read(ROOT_CERTIFICATE_FILE) : undefined;
  if (rootPem === undefined && address.port !== PLAINTEXT_PORT)
    throw new Error(`open ${ROOT_CERTIFICATE_FILE}: no such file or directory`);
  const ip = await resolve(context, address);
  const socket = network.connect(ip, address.port, { uid: PROXY_UID });
  return await new Promise((succeed, reject) => {
    let phase: 'dial' | 'handshake' = 'dial';
    const settle = (error: Error | undefined, stream?: Duplex) => {
      clock.clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      if (stream) succeed(stream);
      else {
        socket.destroy();
        reject(
          phase === 'dial' ? dialError(`${ip}:${address.port}`, error) : handshakeError(error, address.host),
        );
      }
    };
    const onAbort = () => settle(new Error('context canceled'));
    signal.addEventListener('abort', onAbort, { once: true });
    const timer = clock.setTimeout(() => settle(undefined), CONNECT_TIMEOUT_MS);
    // Once the handshake has begun, the TLS socket tells how it ended. This one closes first, without the
    // reason.
    socket.on('error', error => phase === 'dial' && settle(error));
    socket.once('close', () => phase === 'dial' && settle(new Error('EOF')));
    socket.once('connect', () => {
      if (rootPem === undefined || address.port === PLAINTEXT_PORT) {
        settle(undefined, socket);
        return;
      }
      phase = 'handshake';
      handshake(socket, address.host, rootPem, settle);
    });
  });
}

async function resolve({ network }: ProcessContext, { host }: ServerAddress): Promise<string> {
  try {
    const [ip] = await network.resolve(host);
    if (ip !== undefined) return ip;
    throw new Error('no addresses');
  } catch (error) {
    const code = codeOf(error);
    const reason =
      code === 'ENOTFOUND' ? 'no such host' : code === 'EAI_AGAIN' ? 'server misbehaving' : messageOf(error);
    throw unavailable(`transport: Error while dialing dial tcp: lookup ${host}: ${reason}`);
  }
}

function handshake(
  socket: VirtualSocket,
  servername: string,
  rootPem: string,
  settle: (error: Error | undefined, stream?: Duplex) => void,
): void {
  let isSettled = false;
  const finish = (error: Error | undefined, stream?: Duplex) => {
    if (isSettled) return;
    isSettled = true;
    settle(error, stream);
  };
  const secured = decodeOnlyNames(
    tls.connect({
      socket: inPieces(socket, 'client'),
      servername,
      secureContext: contextFor(rootPem),
      ALPNProtocols: ['h2'],
    }),
  );
  secured.on('error', error => finish(error));
  secured.once('close', () => finish(new Error('EOF')));
  secured.once('secureConnect', () => finish(undefined, secured));
}

/** By root: all proxies of a mesh have the same one, and reading it takes as long as the handshake. */
const contexts = new BoundedMemory<tls.SecureContext>(16);

const contextFor = (rootPem: string): tls.SecureContext =>
  contexts.recall(rootPem, () => tls.createSecureContext({ ca: rootPem, minVersion: 'TLSv1.2' }));

function dialError(where: string, error: Error | undefined): Error {
  return unavailable(
    `transport: Error while dialing ${error === undefined ? `dial tcp ${where}: i/o timeout` : dialText(where, error)}`,
  );
}

function handshakeError(error: Error | undefined, host: string): Error {
  return unavailable(`transport: authentication handshake failed: ${handshakeReason(error, host)}`);
}

function handshakeReason(error: Error | undefined, host: string): string {
  if (error === undefined) return 'context deadline exceeded';
  const certificate = certificateText(error, host);
  if (certificate !== undefined) return certificate;
  const code = codeOf(error);
  if (code.startsWith('ERR_SSL_')) return `tls: ${error.message}`;
  if (code === 'ECONNRESET' && error.message.includes('socket disconnected')) return 'EOF';
  return code === 'ECONNRESET' ? 'read: connection reset by peer' : error.message;
}

/** What gRPC makes of a transport that does not come about. */
function unavailable(description: string): Error {
  return new Error(`rpc error: code = Unavailable desc = connection error: desc = "${description}"`);
}
