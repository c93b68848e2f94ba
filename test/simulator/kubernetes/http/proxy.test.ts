/** Requests that the API server hands on to pods, as HTTP/2 brings them. */
import { setImmediate as turn } from 'node:timers/promises';
import t from 'tap';
import { type FuzzedCluster, fuzzedCluster } from '../../../fuzz/inputs/api/cluster.ts';
import type { Request } from '../../../fuzz/inputs/api/requests.ts';

const PODS = '/api/v1/namespaces/sample/pods';
const get = (path: string, headers: Request['headers'] = {}): Request => ({
  method: 'GET',
  path,
  query: [],
  headers,
});
const pod = {
  metadata: { name: 'hello' },
  spec: { containers: [{ name: 'hello', image: 'docker.io/istio/examples-helloworld-v1' }] },
};

async function untilReady(cluster: FuzzedCluster): Promise<void> {
  for (let tries = 0; tries < 1000; tries++) {
    const { text } = await cluster.ask(get(`${PODS}/hello`));
    const { status } = JSON.parse(text) as { readonly status: { readonly phase?: string } };
    if (status.phase === 'Running') return;
    for (let turns = 0; turns < 10; turns++) await turn(); // time goes on when nobody asks
  }
  throw new Error('it does not run');
}

t.test('a pod behind its proxy path', async t => {
  await using cluster = await fuzzedCluster();
  const body = { contentType: 'application/json', bytes: Buffer.from(JSON.stringify(pod)) };
  t.equal((await cluster.ask({ ...get(PODS), method: 'POST', body })).code, 201);
  await untilReady(cluster);
  const at = (rest: string) => `${PODS}/hello:5000/proxy/${rest}`;
  const hello = await cluster.ask(get(at('hello'), { te: 'trailers' }));
  t.match(hello, { code: 200, text: /^Hello version: v1, instance: hello/ });
  t.equal((await cluster.ask(get(at('a%20path%2fof/%F0%9F%98%80')))).code, 404, 'the pod says so');
  for (const [port, why] of [
    ['70000', 'dial tcp: address 70000: invalid port'],
    ['0', 'dial tcp: address 0: invalid port'],
  ])
    t.match(await cluster.ask(get(`${PODS}/hello:${port}/proxy/`)), {
      code: 503,
      text: `error trying to reach service: ${why}`,
    });
  t.equal((await cluster.ask(get(`${PODS}/hello:x/proxy/`))).code, 503);
  t.same(cluster.defects, []);
});

t.test('a Service hands on to one of its endpoints, by the name of a port or its number', async t => {
  await using cluster = await fuzzedCluster();
  const SERVICES = '/api/v1/namespaces/sample/services';
  const make = async (path: string, object: object) => {
    const body = { contentType: 'application/json', bytes: Buffer.from(JSON.stringify(object)) };
    t.equal((await cluster.ask({ ...get(path), method: 'POST', body })).code, 201);
  };
  const service = (name: string, spec: object) => make(SERVICES, { metadata: { name }, spec });
  await make(PODS, { ...pod, metadata: { name: 'hello', labels: { app: 'hello' } } });
  await untilReady(cluster);
  const selector = { app: 'hello' };
  await service('named', { selector, ports: [{ name: 'http', port: 80, targetPort: 5000 }] });
  await service('headless', { selector, clusterIP: 'None', ports: [{ port: 5000 }] });
  await service('nobody', { selector: { app: 'none' }, ports: [{ port: 80 }] });
  await service('outside', { type: 'ExternalName', externalName: 'example.com', ports: [{ port: 80 }] });
  await make('/api/v1/namespaces/sample/endpoints', {
    metadata: { name: 'by-hand' },
    subsets: [{ addresses: [{ ip: '192.0.2.1' }], ports: [{ port: 80 }] }],
  });
  await service('by-hand', { ports: [{ port: 80 }] });
  for (let turns = 0; turns < 200; turns++) await turn();
  const at = (name: string) => cluster.ask(get(`${SERVICES}/${name}/proxy/hello`));
  for (const name of ['named:http', 'named:80', 'headless', 'headless:5000'])
    t.match(await at(name), { code: 200, text: /^Hello version: v1/ }, name);
  for (const [name, why] of [
    ['named', 'no endpoints available for service "named"'],
    ['named:https', 'no endpoints available for service "named:https"'],
    ['named:81', 'no service port 81 found for service "named"'],
    ['nobody', 'no endpoints available for service "nobody"'],
    ['outside', 'no endpoints available for service "outside"'],
    ['by-hand', 'no endpoints available for service "by-hand"'],
  ] as const) {
    const { code, text } = await at(name);
    t.equal(code, 503, name);
    t.equal((JSON.parse(text) as { readonly message: string }).message, why);
  }
  t.equal((await at('none')).code, 404);
  t.same(cluster.defects, []);
});
