/**
 * Figures of one simulated API server, over TLS on this machine's loopback: JSON on standard output. Run with
 * --expose-gc by bench.mjs.
 */

import { Agent, request } from 'node:https';
import { systemClock } from '../../harness/base/clock.ts';
import { createRandom } from '../../harness/base/random.ts';
import { createImageCatalog } from '../../harness/simulator/images/catalog.ts';
import { createApiServer } from '../../harness/simulator/kubernetes/api-server.ts';
import { endProcess } from '../../harness/simulator/kubernetes/client/defect.ts';
import { Supervisor } from '../../harness/simulator/kubernetes/client/supervisor.ts';
import { startCluster } from '../../harness/simulator/kubernetes/cluster.ts';
import { VirtualNetwork } from '../../harness/simulator/network/virtual-network.ts';

const OBJECTS = 5000;
const CHANGES = 10_000;
const WATCHES = 50;
const PATH = '/api/v1/namespaces/default/configmaps';

const random = createRandom('bench');
const network = new VirtualNetwork({
  clock: systemClock,
  random: random.stream('network'),
  networks: [{ name: 'n', range: '172.18.0.0/16' }],
});
const ranges = { podRange: '10.10.0.0/16', serviceRange: '10.110.0.0/16' };
const node = network.addCluster({ name: 'c', network: 'n', ...ranges }).addNode('c-control-plane');
const api = await createApiServer({
  supervisor: new Supervisor(systemClock, endProcess),
  clusterName: 'c',
  clock: systemClock,
  random,
  serviceRange: ranges.serviceRange,
  network: node,
  port: 6443,
});
const { client } = api.machinery;
client.create('namespaces', { metadata: { name: 'default' } });
const port = await api.listen(0, '127.0.0.1');
const { certificatePem: cert, keyPem: key } = await api.issueClientCertificate('bench', ['system:masters']);
const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY, cert, key, ca: api.caPem });

/** @param onData - gets what comes, piece by piece; without it the whole is returned */
function call(
  method: string,
  path: string,
  body?: unknown,
  onData?: (text: string) => void,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request({
      agent,
      host: '127.0.0.1',
      port,
      method,
      path,
      headers: { 'content-type': 'application/json' },
    });
    sent.on('error', error => (onData ? undefined : reject(error)));
    sent.on('response', response => {
      let text = '';
      response.setEncoding('utf8');
      response.on('error', () => {}); // a watch that is cut off at the end
      response.on('data', (chunk: string) => {
        if (onData) onData(chunk);
        else text += chunk;
      });
      if (onData) resolve('');
      else response.on('end', () => resolve(text));
    });
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

const seconds = async (work: () => Promise<unknown>): Promise<number> => {
  const start = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - start) / 1e9;
};
const heap = (): number => {
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
};
/** Half a kilobyte, as a small ConfigMap has it. */
const configMap = (name: string) => ({
  metadata: { name, namespace: 'default', labels: { app: name } },
  data: { text: 'x'.repeat(512) },
});

const before = heap();
for (let index = 0; index < OBJECTS; index++) client.create('configmaps', configMap(`m${index}`));
const bytesPerObject = (heap() - before) / OBJECTS;

await call('GET', `${PATH}?limit=1`); // the connection, and code that is compiled once
const text = await call('GET', PATH);
const list = await seconds(async () => {
  for (let round = 0; round < 5; round++) await call('GET', PATH);
});
const pages = await seconds(async () => {
  for (let token = ''; ; ) {
    const page = await call('GET', `${PATH}?limit=500${token === '' ? '' : `&continue=${token}`}`);
    token = /"continue":"([^"]*)"/.exec(page)?.[1] ?? '';
    if (token === '') return;
  }
});
const creates = await seconds(async () => {
  for (let index = 0; index < 1000; index++) await call('POST', PATH, configMap(`n${index}`));
});

/** Changes that are told to so many watches; a line is an event. */
async function watched(watches: number): Promise<number> {
  const version = client.resourceVersion;
  let events = 0;
  let end = () => {};
  const all = new Promise<void>(resolve => {
    end = resolve;
  });
  const wanted = (CHANGES / watches) * watches;
  await Promise.all(
    Array.from({ length: watches }, () =>
      call('GET', `${PATH}?watch=1&resourceVersion=${version}`, undefined, chunk => {
        for (let at = chunk.indexOf('\n'); at !== -1; at = chunk.indexOf('\n', at + 1)) events++;
        if (events >= wanted) end();
      }),
    ),
  );
  return seconds(async () => {
    for (let index = 0; index < CHANGES / watches; index++) {
      client.modify('configmaps', 'default', `m${index % OBJECTS}`, draft => {
        draft['data'] = { text: String(index).padEnd(512, `${version % 10}`) };
      });
      if (index % 100 === 0) await new Promise(resolve => setImmediate(resolve));
    }
    await all;
  });
}
const one = await watched(1);
const many = await watched(WATCHES);
agent.destroy();
await api.stop();

const cluster = await (async () => {
  const ended = heap();
  const started = await startCluster({
    name: 'd',
    nodes: 1,
    podRange: '10.20.0.0/16',
    serviceRange: '10.120.0.0/16',
    network: network.addCluster({
      name: 'd',
      network: 'n',
      podRange: '10.20.0.0/16',
      serviceRange: '10.120.0.0/16',
    }),
    clock: systemClock,
    random: random.stream('d'),
    images: createImageCatalog(),
  });
  const bytes = heap() - ended;
  await started.stop();
  return bytes;
})();

console.log(
  JSON.stringify({
    'list, objects/s': (5 * OBJECTS) / list,
    'list, MB/s': (5 * text.length) / list / 1e6,
    'list in pages of 500, objects/s': OBJECTS / pages,
    'create, requests/s one after the other': 1000 / creates,
    'watch, events/s to one client': CHANGES / one,
    [`watch, events/s to ${WATCHES} clients together`]: CHANGES / many,
    'memory of an object of 0.7 kB, kB': bytesPerObject / 1000,
    'memory of an empty cluster, MB': cluster / 1e6,
  }),
);
process.exit(0);
