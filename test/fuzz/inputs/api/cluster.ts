/** A whole cluster in this process, and raw requests to its API server: any header, any body. */
import { once } from 'node:events';
import http2 from 'node:http2';
import { setImmediate as turn } from 'node:timers/promises';
import tls from 'node:tls';
import { load } from 'js-yaml';
import { createRandom } from '../../../../harness/base/random.ts';
import { createImageCatalog } from '../../../../harness/simulator/images/catalog.ts';
import { describeDefect } from '../../../../harness/simulator/kubernetes/client/defect.ts';
import { startCluster } from '../../../../harness/simulator/kubernetes/cluster.ts';
import { smallWorld } from '../../../support/small-world.ts';
import { DEFINITION } from './kinds.ts';
import type { Request } from './requests.ts';

export interface Answer {
  readonly code: number;
  readonly text: string;
}

export interface FuzzedCluster extends AsyncDisposable {
  /** What went wrong inside, so far. */
  readonly defects: readonly string[];
  /** Sends a request. A stream is broken off when it has begun. */
  ask(request: Request): Promise<Answer>;
}

interface Credentials {
  readonly users: readonly { readonly user: Readonly<Record<string, string>> }[];
}

/** How many turns of the event loop a stream is listened to. */
const STREAM_TURNS = 4;

const get = (path: string): Request => ({ method: 'GET', path, query: [], headers: {} });
const post = (path: string, object: object): Request => ({
  ...get(path),
  method: 'POST',
  body: { contentType: 'application/json', bytes: Buffer.from(JSON.stringify(object)) },
});
/** Tells that it still answers. */
export const VERSION = get('/version');
/** Tells that there is a namespace to make objects in. */
export const SAMPLE = get('/api/v1/namespaces/sample');

export async function fuzzedCluster(): Promise<FuzzedCluster> {
  // The wall's now: OpenSSL checks certificates against it.
  const world = smallWorld('fuzz', Date.now());
  const defects: string[] = [];
  const cluster = await startCluster({
    name: 'fuzzed',
    nodes: 1,
    podRange: '10.40.0.0/16',
    serviceRange: '10.140.0.0/16',
    network: world.network.addCluster({
      name: 'fuzzed',
      network: 'network1',
      podRange: '10.40.0.0/16',
      serviceRange: '10.140.0.0/16',
    }),
    clock: world.clock,
    random: createRandom('fuzz'),
    images: createImageCatalog(),
    onDefect: defect => defects.push(`${describeDefect(defect)}\n${defect.error.stack}`),
  });
  const [{ user } = { user: {} }] = (load(cluster.kubeconfig()) as Credentials).users; // as it writes them
  const decoded = (key: string) => Buffer.from(user[`${key}-data`] ?? '', 'base64');
  const { address, port } = cluster.apiServer;
  const socket = tls.connect({
    socket: world.laptop.connect(address, port),
    rejectUnauthorized: false,
    cert: decoded('client-certificate'),
    key: decoded('client-key'),
    ALPNProtocols: ['h2'],
  });
  await once(socket, 'secureConnect');
  const session = http2.connect(`https://${address}`, {
    createConnection: () => socket,
    maxHeaderListPairs: 1000,
  });
  const ask = (request: Request) => answerOf(session, request);
  await ask(post('/api/v1/namespaces', { metadata: { name: 'sample' } }));
  await ask(post('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', DEFINITION));
  return {
    defects,
    ask,
    [Symbol.asyncDispose]: async () => {
      session.destroy();
      await cluster.stop();
      world[Symbol.dispose]();
    },
  };
}

async function answerOf(session: http2.ClientHttp2Session, request: Request): Promise<Answer> {
  const { method, path, query, headers, body } = request;
  // It changes none of them.
  const search = String(new URLSearchParams([...query] as [string, string][]));
  const stream = session.request(
    {
      ':method': method,
      ':path': search === '' ? path : `${path}?${search}`,
      ...headers,
      ...(body && body.contentType !== '' && { 'content-type': body.contentType }),
    },
    { endStream: body === undefined },
  );
  if (body) stream.end(body.bytes);
  const closed = once(stream, 'close');
  const [head] = (await Promise.race([once(stream, 'response'), closed.then(() => [{}])])) as [
    http2.IncomingHttpHeaders & http2.IncomingHttpStatusHeader,
  ];
  let text = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  if (isStream(request)) {
    for (let count = 0; count < STREAM_TURNS; count++) await turn();
    stream.close(http2.constants.NGHTTP2_CANCEL);
  }
  await closed;
  return { code: head[':status'] ?? 0, text };
}

/** Whether the answer may be one that does not end. */
const isStream = ({ path, query }: Request): boolean =>
  path.includes('/watch/') || query.some(([name]) => name === 'watch' || name === 'follow');
