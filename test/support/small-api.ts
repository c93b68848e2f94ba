/**
 * An API server for tests of checks: real HTTPS and exec over WebSocket, objects that the test puts there,
 * programs that it writes.
 */
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { createRootCa, issueCertificate } from '../../harness/base/certificates.ts';
import { type Clock, systemClock, type Timer } from '../../harness/base/clock.ts';
import { createKeyPair } from '../../harness/base/keys.ts';
import {
  type ExecOutcome,
  KubernetesClient,
  type KubernetesObject,
} from '../../harness/base/kubernetes-client.ts';

export type RunProgram = (
  argv: readonly string[],
  at: { readonly pod: string; readonly container: string },
) => ExecOutcome;

export interface SmallApi extends AsyncDisposable {
  readonly client: KubernetesClient;
  /**
   * Path of a collection → its objects: `/api/v1/namespaces/sample/pods`. What is not there is an empty list.
   */
  readonly objects: Map<string, KubernetesObject[]>;
  /** Path → text, of a pod's log. */
  readonly texts: Map<string, string>;
  /** What exec runs. */
  run: RunProgram;
  /** Answers every request with this status, if set. */
  refuseWith: number | undefined;
  /** Refuses exec with 500, if set, and logs too, with these words. */
  kubeletLost: string | undefined;
  /** The argument vectors that were run. */
  readonly calls: (readonly string[])[];
}

const VALIDITY = { notBeforeMs: Date.UTC(2020, 0, 1), notAfterMs: Date.UTC(2099, 0, 1) };
let certificate: Promise<{ readonly ca: string; readonly cert: string; readonly key: string }> | undefined;
async function makeCertificate() {
  const root = await createRootCa({ commonName: 'test', ...VALIDITY });
  const pair = createKeyPair();
  const cert = await issueCertificate(root, {
    commonName: 'api',
    publicKeyDer: pair.publicKeyDer,
    ipAddresses: ['127.0.0.1'],
    ...VALIDITY,
  });
  return { ca: root.certificatePem, cert, key: pair.privateKeyPem };
}

/** Starts one on a free port of this machine. */
export async function smallApi(): Promise<SmallApi> {
  certificate ??= makeCertificate();
  const { ca, cert, key } = await certificate;
  const objects = new Map<string, KubernetesObject[]>();
  const texts = new Map<string, string>();
  const calls: (readonly string[])[] = [];
  const api = {
    objects,
    texts,
    calls,
    run: (() => ({ exitCode: 0, stdout: '', stderr: '' })) as RunProgram,
    refuseWith: undefined as number | undefined,
    kubeletLost: undefined as string | undefined,
  }; // all are set by tests
  const server = https.createServer({ key, cert }, (request, response) => {
    const path = new URL(request.url ?? '/', 'https://api').pathname;
    const send = (code: number, body: unknown) => {
      response.writeHead(code, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    if (api.refuseWith !== undefined) {
      send(api.refuseWith, { kind: 'Status', code: api.refuseWith, message: 'refused by the test' });
      return;
    }
    if (api.kubeletLost !== undefined && path.endsWith('/log')) {
      send(500, { kind: 'Status', code: 500, reason: 'InternalError', message: api.kubeletLost });
      return;
    }
    const written = texts.get(path);
    if (written !== undefined) {
      response.writeHead(200, { 'content-type': 'text/plain' });
      response.end(written);
      return;
    }
    const slash = path.lastIndexOf('/');
    const named = objects
      .get(path.slice(0, slash))
      ?.find(({ metadata }) => metadata.name === path.slice(slash + 1));
    if (named) send(200, named);
    else if (objects.has(path) || isCollection(path))
      send(200, { kind: 'List', metadata: { resourceVersion: '1' }, items: objects.get(path) ?? [] });
    else send(404, { kind: 'Status', code: 404, reason: 'NotFound', message: `${path} not found` });
  });
  const sockets = new WebSocketServer({
    noServer: true,
    handleProtocols: offered => [...offered][0] ?? false,
  });
  server.on('upgrade', (request, socket, head) => {
    const refusal = api.kubeletLost === undefined ? api.refuseWith : 500;
    if (refusal !== undefined) {
      socket.end(`HTTP/1.1 ${refusal} Refused\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, socket, head, webSocket => {
      const url = new URL(request.url ?? '/', 'https://api');
      const argv = url.searchParams.getAll('command');
      calls.push(argv);
      const pod = url.pathname.split('/').at(-2) ?? '';
      const { exitCode, stdout, stderr } = api.run(argv, {
        pod,
        container: url.searchParams.get('container') ?? '',
      });
      const send = (channel: number, text: string) =>
        webSocket.send(Buffer.concat([Buffer.from([channel]), Buffer.from(text)]));
      if (stdout !== '') send(1, stdout);
      if (stderr !== '') send(2, stderr);
      const causes = [{ reason: 'ExitCode', message: String(exitCode) }];
      send(
        3,
        JSON.stringify(
          exitCode === 0
            ? { status: 'Success' }
            : { status: 'Failure', reason: 'NonZeroExitCode', details: { causes } },
        ),
      );
      webSocket.close(1000);
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // a TCP server's
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    clusters: [
      {
        name: 'test',
        cluster: {
          server: `https://127.0.0.1:${port}`,
          'certificate-authority-data': Buffer.from(ca).toString('base64'),
        },
      },
    ],
    users: [{ name: 'test', user: { token: 'test' } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
  };
  const client = new KubernetesClient(JSON.stringify(kubeconfig));
  return Object.assign(api, {
    client,
    [Symbol.asyncDispose]: async () => {
      client.close();
      sockets.close();
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  });
}

/** Paths that end in a plural of a kind, as far as checks ask for them. */
const isCollection = (path: string) =>
  /\/(pods|events|secrets|gateways|services|namespaces|configmaps)$/.test(path);

/**
 * The wall's clock, but pauses take no time: it jumps ahead instead. Deadlines of an exec, which are longer
 * than pauses, stay away.
 */
export function impatientClock(): Clock {
  let ahead = 0;
  return {
    kind: 'virtual',
    now: () => systemClock.now() + ahead,
    setTimeout: (callback, delayMs): Timer => {
      if (delayMs > 20_000) return {};
      setImmediate(() => {
        ahead += delayMs;
        callback();
      });
      return {};
    },
    clearTimeout: () => {},
  };
}
