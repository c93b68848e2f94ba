/**
 * On a real Docker engine: the proof of isolation where nodes have the variables of a proxy that refuses
 * everything (real-kind-2026-11 D2), and where somebody else answers.
 */
import t, { type Test } from 'tap';
import { systemClock } from '../../../harness/base/clock.ts';
import { CleanupStack } from '../../../harness/base/dispose.ts';
import { isolationFaults, probeIsolation } from '../../../harness/platform/kind/isolation.ts';
import { startWitnesses } from '../../../harness/platform/kind/witnesses.ts';
import { docker, testImage } from '../../support/docker.ts';
import { type JoinedNodes, joinedNodes, topologyOf } from '../../support/joined-nodes.ts';
import { NODE_FILES, NODE_OPTIONS, nodesMissing } from '../../support/node-image.ts';
import { askedOfProxy, refusingProxy } from '../../support/refusing-proxy.ts';

const skip = nodesMissing() ?? false;
const runId = 'testpx';

const faultsOf = async (joined: JoinedNodes): Promise<string> =>
  isolationFaults(await probeIsolation(joined)).join('\n');

/** The control planes, cluster1's first. */
function headsOf({ nodes }: JoinedNodes) {
  const [one, other] = nodes.filter(({ isControlPlane }) => isControlPlane);
  if (!one || !other) throw new Error('no nodes');
  return { one, other };
}

/** Runs a program in a node. @returns its output */
const onNode = (container: string, ...argv: readonly string[]): string => docker('exec', container, ...argv);

/** The node's curl obeys the proxy, and nothing that was asked before went there. */
function provesProxy(t: Test, joined: JoinedNodes): void {
  const { one } = headsOf(joined);
  const network = joined.networks.ofTopology.get(one.network);
  if (!network) throw new Error('no network');
  t.same(askedOfProxy(network), [], 'no question of the proof went to the proxy');
  const status = onNode(
    one.container,
    'curl',
    '-s',
    '-o',
    '/dev/null',
    '-w',
    '%{http_code}',
    'http://10.20.0.2:9/',
  );
  t.equal(status, '403', 'though a curl that is not told otherwise goes there');
  t.match(askedOfProxy(network), ['GET http://10.20.0.2:9/ HTTP/1.1']);
}

t.test(
  'a proxy that refuses everything, two networks: what is right is proven, and what is wrong is found',
  { skip },
  async t => {
    const joined = await joinedNodes(t, topologyOf('network1', 'network2'), runId, refusingProxy);
    const { one, other } = headsOf(joined);
    t.equal(await faultsOf(joined), '');
    provesProxy(t, joined);

    const API_ONLY =
      /^cluster1 to cluster2, pod → API server \(https:\S+\): expected reached, found cut off$/m;
    onNode(one.container, 'ip', 'route', 'replace', 'blackhole', `${other.transitAddress}/32`);
    t.match(await faultsOf(joined), API_ONLY, 'a way that is closed by mistake');
    onNode(one.container, 'ip', 'route', 'delete', 'blackhole', `${other.transitAddress}/32`);

    const second = joined.networks.ofTopology.get(other.network)?.name ?? '';
    docker('network', 'connect', second, one.container);
    onNode(one.container, 'ip', 'route', 'replace', other.podCidr, 'via', other.address);
    const open = await faultsOf(joined);
    t.match(
      open,
      /^cluster1 to cluster2, pod → pod .*: expected cut off, found reached$/m,
      'ways that are open by mistake',
    );
    t.match(
      open,
      /^cluster1 to cluster2, pod → node on its own network .*: expected cut off, found reached$/m,
    );
  },
);

t.test('a proxy that refuses everything, one network: the same', { skip }, async t => {
  const joined = await joinedNodes(t, topologyOf('network1', 'network1'), runId, refusingProxy);
  const { one, other } = headsOf(joined);
  t.equal(await faultsOf(joined), '');
  provesProxy(t, joined);
  onNode(one.container, 'ip', 'route', 'replace', 'blackhole', other.podCidr);
  t.match(
    await faultsOf(joined),
    /^cluster1 to cluster2, pod → pod \(http:\S+\): expected reached, found cut off$/,
    'a way that is closed by mistake',
  );
});

t.test(
  'a stray host that answers in the place of a pod or an API server is neither reached nor cut off',
  { skip },
  async t => {
    const joined = await joinedNodes(t, topologyOf('network1', 'network2'), runId);
    const { one, other } = headsOf(joined);
    // A host of network1 that has the address of cluster2's pod, and serves files at the same port.
    const network = joined.networks.ofTopology.get(one.network)?.name ?? '';
    const stray = `mh-${runId}-stray`;
    t.teardown(() => docker('rm', '-f', stray));
    docker('run', '-d', ...NODE_OPTIONS, '--name', stray, '--net', network, testImage(NODE_FILES), '/node');
    onNode(stray, '/usr/bin/ip', 'address', 'add', '10.20.0.2/32', 'dev', 'lo');
    onNode(stray, '/bin/busybox', 'httpd', '-p', '10.20.0.2:18181', '-h', '/www');
    const address = docker(
      'inspect',
      '-f',
      '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}',
      stray,
    );
    onNode(one.container, 'ip', 'route', 'replace', other.podCidr, 'via', address);
    const shown =
      /^cluster1 to cluster2, pod → pod .*: expected cut off, someone else answered \(HTTP\/1\.\d 404/m;
    // On a busy machine its words may come too late for a question, which tells that someone took it then.
    let faults = '';
    for (let attempt = 0; attempt < 3 && !shown.test(faults); attempt++) faults = await faultsOf(joined);
    t.match(faults, shown, 'its words are shown');

    const { caFile } = joined.witnesses;
    const swapped = { ...joined.witnesses, caFile: () => caFile(one.cluster) };
    t.match(
      await faultsOf({ ...joined, witnesses: swapped }),
      /^cluster1 to cluster2, pod → API server .*: expected reached, someone else answered \(curl: \(60\) SSL/m,
      'a certificate of another authority',
    );
  },
);

t.test(
  'what answers in the pods is gone when the proof has ended, even one that failed',
  { skip },
  async t => {
    const {
      engine,
      nodes,
      witnesses: first,
    } = await joinedNodes(t, topologyOf('network1', 'network1'), runId);
    const pods = new Map([...first.pods].map(([name, { url }]) => [name, new URL(url).hostname] as const));
    const options = { engine, nodes, clock: systemClock };
    const taken = new CleanupStack();
    await t.rejects(
      startWitnesses({ ...options, pods, cleanUp: taken }),
      {
        code: 'ERR_PLATFORM_NOT_READY',
        message: /cannot serve its token in a pod on \S+: exit code 1.*in use/s,
      },
      'the port is taken: the first are still there',
    );
    await taken[Symbol.asyncDispose]();
    const left = () =>
      nodes.map(
        ({ container }) =>
          onNode(container, 'ls', '/run')
            .split('\n')
            .filter(name => /proof/.test(name)).length,
      );
    t.same(left(), [1, 0, 1, 0], 'only the files of the first are left');
  },
);
