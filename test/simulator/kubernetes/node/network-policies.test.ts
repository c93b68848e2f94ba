import t from 'tap';
import type { KubernetesObject } from '../../../../harness/base/kubernetes-client.ts';
import type { Pod } from '../../../../harness/simulator/kubernetes/client/kinds.ts';
import { deployment, service, TestWorld } from '../test-world.ts';

const POLICIES = 'networkpolicies.networking.k8s.io';

/** A web server with a Service in `sample`, and a client each in `sample` and `other`. */
async function policyWorld() {
  const world = new TestWorld();
  world.create('namespaces', { metadata: { name: 'other', labels: { team: 'blue' } } });
  world.create('serviceaccounts', { metadata: { name: 'default', namespace: 'other' } });
  const ports = [{ name: 'web', containerPort: 8080 }];
  world.create('deployments.apps', deployment('web', { ports }));
  world.create('services', service('web'));
  world.create('deployments.apps', deployment('client', { command: ['/bin/sleep'] }));
  const elsewhere = deployment('client', { command: ['/bin/sleep'] });
  world.create('deployments.apps', {
    ...elsewhere,
    metadata: { ...elsewhere.metadata, namespace: 'other' },
  });
  await world.readyPod('web-');
  const client = await world.readyPod('client-');
  const other = await world.until(() =>
    world.pods('other').find(({ status }) => status?.phase === 'Running'),
  );
  await world.advance(5);
  const asks = async (pod: Pod, host = 'web.sample.svc.cluster.local', port = '80') =>
    (await world.exec(pod, 'main', 'get', host, port)).output.replace(/hello from .*/, 'hello').trim();
  return { world, client, other, asks };
}

const policy = (name: string, spec: KubernetesObject['spec'], namespace = 'sample'): KubernetesObject => ({
  metadata: { name, namespace },
  spec: spec as Record<string, unknown>,
});
const OF_WEB = { matchLabels: { app: 'web' } };

t.test('without a policy everything passes; a default denial lets nothing in, and goes again', async t => {
  const { world, client, other, asks } = await policyWorld();
  await using _ = world;
  t.equal(await asks(client), 'hello');
  world.create(POLICIES, policy('deny', { podSelector: {} }));
  t.equal(await asks(client), 'ETIMEDOUT');
  t.equal(await asks(other), 'ETIMEDOUT');
  await world.advance(60);
  t.ok(await world.readyPod('web-'), 'probes of its node pass');
  world.client.local.delete(POLICIES, 'sample', 'deny');
  t.equal(await asks(client), 'hello');
});

t.test('ingress: what any policy allows comes in, by pods, namespaces, addresses and ports', async t => {
  const { world, client, other, asks } = await policyWorld();
  await using _ = world;
  const { podIP = '' } = client.status ?? {};
  const rows: readonly (readonly [string, Record<string, unknown>, inside: boolean, outside: boolean])[] = [
    ['all', {}, true, true],
    ['pods of the namespace', { from: [{ podSelector: { matchLabels: { app: 'client' } } }] }, true, false],
    ['a namespace', { from: [{ namespaceSelector: { matchLabels: { team: 'blue' } } }] }, false, true],
    [
      'pods of a namespace',
      { from: [{ namespaceSelector: {}, podSelector: { matchLabels: { app: 'nobody' } } }] },
      false,
      false,
    ],
    ['a range', { from: [{ ipBlock: { cidr: '10.10.0.0/16', except: [`${podIP}/32`] } }] }, false, true],
    ['the port by its number', { ports: [{ port: 8080, protocol: 'TCP' }] }, true, true],
    ['the port by its name', { ports: [{ port: 'web', protocol: 'TCP' }] }, true, true],
    ['a range of ports', { ports: [{ port: 8000, endPort: 8090, protocol: 'TCP' }] }, true, true],
    ['the Service’s port is another one', { ports: [{ port: 80, protocol: 'TCP' }] }, false, false],
    ['another protocol', { ports: [{ port: 8080, protocol: 'UDP' }] }, false, false],
  ];
  world.create(POLICIES, policy('deny', { podSelector: {} }));
  for (const [what, rule, inside, outside] of rows) {
    world.create(POLICIES, policy('some', { podSelector: OF_WEB, ingress: [rule] }));
    t.equal(await asks(client), inside ? 'hello' : 'ETIMEDOUT', what);
    t.equal(await asks(other), outside ? 'hello' : 'ETIMEDOUT', `${what}, from elsewhere`);
    world.client.local.delete(POLICIES, 'sample', 'some');
  }
});

t.test('egress: names need the name server; the answers of whom one may call come back', async t => {
  const { world, client, other, asks } = await policyWorld();
  await using _ = world;
  const toDns = {
    to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } } }],
    ports: [{ port: 53, protocol: 'UDP' }],
  };
  const toWeb = { to: [{ podSelector: OF_WEB }], ports: [{ port: 'web', protocol: 'TCP' }] };
  const ofClient = { podSelector: { matchLabels: { app: 'client' } }, policyTypes: ['Egress'] };
  world.create(POLICIES, policy('none', { ...ofClient }));
  t.equal(await asks(client), 'EAI_AGAIN');
  t.equal(await asks(other), 'hello', 'a policy is its namespace’s');
  world.create(POLICIES, policy('names', { ...ofClient, egress: [toDns] }));
  t.equal(await asks(client), 'ETIMEDOUT');
  world.create(POLICIES, policy('web', { ...ofClient, egress: [toWeb] }));
  t.equal(await asks(client), 'hello');
  t.equal(await asks(client, other.status?.podIP ?? '', '8080'), 'ETIMEDOUT');
});
