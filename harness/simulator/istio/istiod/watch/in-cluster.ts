/**
 * The way from a pod to an API server: its own cluster's by the mounted service account, another's by a
 * kubeconfig.
 */
import { isIPv4 } from 'node:net';
import { KubernetesClient } from '../../../../base/kubernetes-client.ts';
import type { Dial } from '../../../../base/kubernetes-transport.ts';
import type { NetworkNamespace, VirtualSocket } from '../../../network/interfaces.ts';
import { SocketDuplex } from '../../../network/socket-duplex.ts';
import type { ProcessContext } from '../../../program.ts';

const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Dials through the pod's network. A name is looked up first, in the pod's resolver. */
export function dialThrough(network: NetworkNamespace): Dial {
  return (host, port) =>
    isIPv4(host) ? network.connect(host, port) : new NamedConnection(network, host, port);
}

/** A stream that exists before its name is resolved. */
class NamedConnection extends SocketDuplex {
  #socket: VirtualSocket | undefined;
  readonly #opened: Promise<VirtualSocket>;

  constructor(network: NetworkNamespace, host: string, port: number) {
    super({ allowHalfOpen: true });
    this.#opened = network.resolve(host).then(([address]) => {
      const socket = network.connect(address ?? host, port);
      this.#socket = socket;
      if (this.destroyed) socket.destroy();
      socket.on('data', (chunk: Buffer) => {
        if (!this.push(chunk)) socket.pause();
      });
      socket.on('end', () => this.push(null));
      socket.on('error', (error: Error) => this.destroy(error));
      socket.on('close', () => this.destroy());
      return socket;
    });
    this.#opened.catch((error: Error) => this.destroy(error));
  }

  override _read(): void {
    this.#socket?.resume();
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#opened.then(
      socket => socket.write(chunk, encoding, done),
      () => {},
    );
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#opened.then(
      socket => {
        socket.end();
        done();
      },
      () => done(),
    );
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#socket?.destroy();
    done(error);
  }

  setTimeout(): this {
    return this;
  }
}

/**
 * A client of the own cluster's API server, as client-go's in-cluster configuration: it follows the token
 * when the kubelet renews it.
 * @param streamsLists - see ClientOptions
 * @throws Error with code ENOENT if the pod has no service account mounted
 */
export function inClusterClient(context: ProcessContext, streamsLists: boolean): () => KubernetesClient {
  const { env, files, network } = context;
  const host = env['KUBERNETES_SERVICE_HOST'] ?? 'kubernetes.default.svc';
  const server = `https://${host}:${env['KUBERNETES_SERVICE_PORT'] ?? '443'}`;
  let token: string | undefined;
  let client: KubernetesClient | undefined;
  const current = () => {
    const mounted = files.read(`${ACCOUNT}/token`).trim();
    if (client && mounted === token) return client;
    token = mounted;
    const authority = Buffer.from(files.read(`${ACCOUNT}/ca.crt`)).toString('base64');
    const kubeconfig = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'local', cluster: { server, 'certificate-authority-data': authority } }],
      users: [{ name: 'local', user: { token } }],
      contexts: [{ name: 'local', context: { cluster: 'local', user: 'local' } }],
      'current-context': 'local',
    };
    const dial = dialThrough(network);
    client = new KubernetesClient(JSON.stringify(kubeconfig), { dial, streamsLists });
    return client;
  };
  current();
  return current;
}
