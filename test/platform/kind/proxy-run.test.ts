/**
 * Behind a proxy that is no use to anyone, on a real Docker engine with stand-ins: clusters come up, since
 * what a run makes is reached without it (real-kind-2026-11 D2, D2b).
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { docker } from '../../support/docker.ts';
import { kindWorld } from '../../support/kind-world.ts';
import { nodesMissing } from '../../support/node-image.ts';
import { twoClusters } from '../../support/topologies.ts';

const skip = nodesMissing() ?? false;
const signal = new AbortController().signal;
/** Nobody has this address (RFC 5737), and nobody must see the password. */
const PROXY = 'http://me:secret-of-mine@192.0.2.1:3128';

/** Variables of this process until the test ends; `undefined` takes one away. */
function withVariables(t: Test, variables: Readonly<Record<string, string | undefined>>): void {
  for (const [name, value] of Object.entries(variables)) {
    const before = process.env[name];
    const set = (text: string | undefined) => {
      if (text === undefined) delete process.env[name];
      else process.env[name] = text;
    };
    t.teardown(() => set(before));
    set(value);
  }
}

const NO_PROXIES = Object.fromEntries(
  ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'].map(name => [
    name,
    undefined,
  ]),
);

/** The variables of a container, by their names. */
function variablesOf(container: string): ReadonlyMap<string, string> {
  const lines = docker('inspect', '-f', '{{range .Config.Env}}{{println .}}{{end}}', container).split('\n');
  return new Map(lines.map(line => [line.replace(/=.*$/s, ''), line.replace(/^[^=]*=/, '')] as const));
}

const subnetOf = (network: string): string =>
  docker('network', 'inspect', '-f', '{{range .IPAM.Config}}{{.Subnet}}{{end}}', network);

t.test('two networks, proxies in the environment', { skip }, async t => {
  withVariables(t, { ...NO_PROXIES, HTTP_PROXY: PROXY, https_proxy: PROXY, NO_PROXY: 'mine.invalid' });
  const topology = twoClusters(['network1', 'network2']);
  const folder = t.testdir();
  await using world = await kindWorld(folder, topology);
  await using started = await world.platform('kpx').start(topology, signal);
  const env = variablesOf('mh-kpx-cluster1-control-plane');
  t.equal(env.get('HTTP_PROXY'), PROXY, 'nodes have the proxy: they pull images by it');
  t.equal(env.get('https_proxy'), PROXY);
  const list = (env.get('NO_PROXY') ?? '').split(',');
  const wanted = [
    ...['mine.invalid', 'localhost', '127.0.0.1', '.svc', '.cluster.local'],
    ...topology.clusters.flatMap(({ podRange, serviceRange }) => [podRange, serviceRange]),
    ...['mh-kpx-network1', 'mh-kpx-network2', 'mh-kpx-transit'].map(subnetOf),
    'mh-kpx-cluster1-control-plane',
  ];
  t.same(
    wanted.filter(each => !list.includes(each)),
    [],
    'and go past it to all of the run',
  );
  t.equal(env.get('no_proxy'), env.get('NO_PROXY'));
  await started.proven;
  const left = docker('exec', 'mh-kpx-cluster1-control-plane', 'ls', '/run');
  t.notMatch(left, /mesh-harness-proof/, 'nothing of the proof is left in the nodes');
  t.match(
    started.programs?.env,
    { NO_PROXY: /^mine\.invalid,/, no_proxy: /172\./ },
    'so do programs of the run',
  );
});

t.test(
  "one network, proxies in Docker's configuration, as the docker command adds them",
  { skip },
  async t => {
    const folder = t.testdir();
    const config = join(folder, 'docker');
    mkdirSync(config);
    const proxies = { default: { httpProxy: PROXY, httpsProxy: PROXY, noProxy: 'docker.invalid' } };
    writeFileSync(join(config, 'config.json'), JSON.stringify({ proxies }), { mode: 0o600 });
    withVariables(t, { ...NO_PROXIES, DOCKER_CONFIG: config });
    const topology = twoClusters(['network1', 'network1']);
    await using world = await kindWorld(folder, topology);
    await using _ = await world.platform('kpy').start(topology, signal);
    const env = variablesOf('mh-kpy-cluster2-control-plane');
    t.equal(env.get('HTTPS_PROXY'), PROXY);
    t.match(env.get('NO_PROXY'), /(^|,)docker\.invalid,/);
    const list = (env.get('NO_PROXY') ?? '').split(',');
    t.same(
      topology.clusters.map(({ podRange }) => podRange).filter(each => !list.includes(each)),
      [],
    );
  },
);
