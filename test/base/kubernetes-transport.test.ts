/** Where a kubeconfig leads, by what it says of its server. */
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import t from 'tap';
import { KubernetesClient } from '../../harness/base/kubernetes-client.ts';
import { KubernetesTransport } from '../../harness/base/kubernetes-transport.ts';

const kubeconfig = (cluster: string, user = '{token: abc}') => `apiVersion: v1
kind: Config
current-context: a
contexts: [{name: a, context: {cluster: a, user: a}}]
clusters: [{name: a, cluster: ${cluster}}]
users: [{name: a, user: ${user}}]
`;
const originOf = (...parts: Parameters<typeof kubeconfig>): string =>
  new KubernetesTransport(kubeconfig(...parts), {}).server.origin;

t.test('a server without a scheme is one of https where anything of TLS is given', async t => {
  t.equal(originOf('{server: "10.0.0.1:6443", certificate-authority-data: QQ==}'), 'https://10.0.0.1:6443');
  t.equal(originOf('{server: "a.example", insecure-skip-tls-verify: true}'), 'https://a.example');
  t.equal(originOf('{server: "10.0.0.1:8080"}', '{client-certificate-data: QQ==}'), 'https://10.0.0.1:8080');
  t.equal(originOf('{server: "10.0.0.1:8080"}'), 'http://10.0.0.1:8080');
  t.equal(originOf('{server: "https://10.0.0.1:8080"}'), 'https://10.0.0.1:8080');
});

t.test('http is spoken without TLS, whatever CA is given', async t => {
  const server = http.createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ path: request.url, token: request.headers.authorization }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const { port } = server.address() as AddressInfo;
  const cluster = `{server: "http://127.0.0.1:${port}", certificate-authority-data: QQ==}`;
  const client = new KubernetesClient(kubeconfig(cluster));
  t.teardown(() => client.close());
  t.match(await client.request('GET', '/version'), { path: '/version', token: 'Bearer abc' });
});
