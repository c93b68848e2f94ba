/** A user's proxies on kind: what goes past them, what a doctor says, and what kind itself gives to nodes. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { packageRoot } from '../../../harness/base/package-root.ts';
import { kindEnvironment } from '../../../harness/platform/kind/clusters.ts';
import type { DockerNetwork } from '../../../harness/platform/kind/networks.ts';
import { withNoProxy } from '../../../harness/platform/kind/no-proxy.ts';
import { proxyFinding } from '../../../harness/platform/kind/proxies.ts';
import { proxyWords } from '../../support/stand-ins/kind-proxies.ts';
import { twoClusters } from '../../support/topologies.ts';

const network = (name: string, third: number): DockerNetwork => ({
  ...{ name, subnet: `172.30.${third}.0/24`, gateway: `172.30.${third}.1`, ipRange: `172.30.${third}.0/26` },
  ...{ nodes: [], balancers: [] },
});
const programs = { kubectl: '', istioctl: '', istioFolder: '', env: { MESH_HARNESS_RUN: 'r' } };

t.test('NO_PROXY has what the user has in it, and all that a run makes', async t => {
  const topology = twoClusters(['network1', 'network2']);
  const [one, two] = topology.networks.map(({ name }) => name);
  if (one === undefined || two === undefined) throw new Error('no networks');
  const networks = {
    ofTopology: new Map([
      [one, network('mh-r-network1', 1)],
      [two, network('mh-r-network2', 2)],
    ]),
    transit: network('mh-r-transit', 3),
  };
  const proxies = {
    variables: { HTTP_PROXY: 'http://p:1', NO_PROXY: 'mine.invalid, 10.0.0.0/8,' },
    from: [],
  };
  const images = ['docker.io/istio/pilot:1', 'registry.istio.io/a/b:1', 'docker.io/istio/proxyv2:1'];
  const context = withNoProxy({ proxies, topology, programs }, networks, images);
  const expected = [
    ...['mine.invalid', '10.0.0.0/8', 'localhost', '127.0.0.1', '.svc', '.cluster.local'],
    ...topology.clusters.flatMap(({ podRange, serviceRange }) => [podRange, serviceRange]),
    ...['172.30.1.0/24', '172.30.2.0/24', '172.30.3.0/24'],
    ...['mesh-harness-cache-docker-io', 'mesh-harness-cache-registry-istio-io'],
  ].join(',');
  t.equal(context.noProxy, expected);
  t.same(context.programs.env, { MESH_HARNESS_RUN: 'r', NO_PROXY: expected, no_proxy: expected });
  t.match(kindEnvironment('r', 'n', context.noProxy), { NO_PROXY: expected, no_proxy: expected });

  const without = { topology, programs };
  t.equal(withNoProxy(without, networks, images), without, 'nothing where there is no proxy');
  t.notMatch(Object.keys(kindEnvironment('r', 'n')).join(), /proxy/i);
});

t.test(
  'a doctor names a proxy and where it was found, not its user; one on loopback is no use to nodes',
  async t => {
    const far = { variables: { HTTPS_PROXY: 'http://me:secret@proxy.invalid:3128' }, from: ['HTTPS_PROXY'] };
    t.match(proxyFinding(far), {
      subject: 'proxy',
      ok: true,
      found: /^proxy\.invalid:3128 \(HTTPS_PROXY\): nodes pull/,
    });
    t.notMatch(JSON.stringify(proxyFinding(far)), /secret|me:/);
    for (const host of ['127.0.0.1:3128', 'localhost:3128', '[::1]:3128', '127.0.0.53']) {
      const own = { variables: { HTTP_PROXY: `http://${host}` }, from: ['http_proxy'] };
      t.match(proxyFinding(own), { ok: false, found: /is the node itself/, fix: /--image-archive/ }, host);
    }
  },
);

t.test(
  'the stand-in for kind gives nodes the variables that kind 0.33 itself gave (real-kind-2026-11 D2)',
  async t => {
    const kept = JSON.parse(
      readFileSync(join(packageRoot(), 'fixtures', 'kind', 'answers-0.33.json'), 'utf8'),
    ) as { answers: Record<string, { nodes?: { env: string[] }[] }> };
    const env =
      kept.answers['a creation behind a proxy']?.nodes?.[0]?.env.filter(each => /proxy/i.test(each)) ?? [];
    t.equal(env.length, 6);
    const proxy = 'http://proxy.invalid:3128';
    const words = proxyWords(
      { HTTP_PROXY: proxy, https_proxy: proxy, NO_PROXY: 'own.invalid' },
      {
        ...{ network: 'n', podSubnet: '10.10.0.0/16', serviceSubnet: '10.96.0.0/16' },
        nodes: ['RUN-cluster2-control-plane'],
      },
    );
    const script = `docker() { echo SUBNET; }; printf '%s\\n' ${words}`;
    const lines = execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\n');
    t.same(lines.filter(line => line !== '-e' && line !== '').sort(), [...env].sort());
    const cluster = { network: 'n', podSubnet: '', serviceSubnet: '', nodes: [] };
    t.equal(proxyWords({ MESH_HARNESS_RUN: 'r' }, cluster), '');
  },
);
