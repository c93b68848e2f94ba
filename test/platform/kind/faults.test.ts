/**
 * Whose fault it is: what tools and clusters may do wrong on kind, and how a run ends then, on a real Docker
 * engine with stand-ins.
 */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { systemClock } from '../../../harness/base/clock.ts';
import { KubernetesClient } from '../../../harness/base/kubernetes-client.ts';
import { waitUntil } from '../../../harness/base/wait.ts';
import { clusterName, networkName } from '../../../harness/model/names.ts';
import type { Topology } from '../../../harness/model/topology.ts';
import { planTopology } from '../../../harness/plan/plan.ts';
import type { Plan } from '../../../harness/plan/step.ts';
import type { KindOptions } from '../../../harness/platform/kind/options.ts';
import type { RunOutcome } from '../../../harness/run/run.ts';
import { prepareSession } from '../../../harness/session/prepare.ts';
import {
  KUBELET_MUTE,
  KUBELET_REFUSES,
  kubeadmGaveUp,
  NO_CAPABILITY,
  PHASES,
} from '../../support/creation-texts.ts';
import { docker } from '../../support/docker.ts';
import { type KindWorld, kindWorld } from '../../support/kind-world.ts';
import { nodesMissing } from '../../support/node-image.ts';
import type { Fault } from '../../support/stand-ins/calls.ts';
import { twoClusters } from '../../support/topologies.ts';

const skip = nodesMissing() ?? false;

/** The smallest that is a run: whose fault something is does not depend on how many clusters there are. */
const topology: Topology = {
  name: 'one-cluster',
  description: '',
  meshId: 'mesh1',
  networks: [{ name: networkName('network1'), range: '172.30.0.0/21' }],
  clusters: [
    {
      name: clusterName('cluster1'),
      network: networkName('network1'),
      role: { kind: 'primary' },
      podRange: '10.10.0.0/16',
      serviceRange: '10.255.10.0/24',
      nodes: 1,
      helloWorld: ['v1'],
      client: true,
    },
  ],
};

/** Two steps of the guide, one for kubectl and one for istioctl; neither waits for long. */
function shortPlan(): Plan {
  const plan = planTopology(twoClusters(['network1', 'network1']), 'current');
  const ids = ['cluster1/create-namespace', 'cluster1/install-istio'];
  const steps = plan.steps
    .filter(({ id }) => ids.includes(id))
    .map(step => ({
      ...step,
      dependsOn: ids.slice(0, ids.indexOf(step.id)),
      commands: step.commands.map(command => ({ ...command, timeoutMs: 8000 })),
    }));
  return { ...plan, steps };
}

interface Place {
  readonly world: KindWorld;
  readonly runId: string;
  readonly folder: string;
}

interface Row {
  readonly name: string;
  /** What goes wrong in a call. */
  readonly fault?: (place: Place) => Fault;
  /** What is wrong before the run. */
  readonly before?: (place: Place) => void;
  readonly options?: Partial<KindOptions>;
  readonly verdict: 'unknown' | 'failed';
  /** Of the first finding: the line to paste and what the program said, where a program was started. */
  readonly reason: RegExp;
  /** A line that the report shows beside it, and that can be pasted. */
  readonly line?: RegExp;
  /** No cluster was ever up as a run needs it. */
  readonly isBeforeClusters?: boolean;
  /**
   * What can be read then: file in the diagnostics, `NODE` for the node's name → what it says. Nothing at
   * all, unless something is named.
   */
  readonly leaves?: Readonly<Record<string, RegExp>>;
  /** Not in the node's own folder of the diagnostics: binary files, and logs that tell nothing. */
  readonly leavesOut?: readonly string[];
}

const INSTALL = 'install';
const KIND_CREATES = 'create cluster';

/** A pod that shows what ails a cluster. */
async function makePod(
  { world, runId }: Place,
  spec: Record<string, unknown>,
  ailing: RegExp,
): Promise<void> {
  const { kubeconfig } = await world.clusters.get(`mh-${runId}-cluster1`);
  const client = new KubernetesClient(kubeconfig);
  const path = { apiVersion: 'v1', plural: 'pods', namespace: 'istio-system' };
  try {
    await client.create(path, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'ailing' }, spec });
    await waitUntil(
      'the pod to ail',
      async () => JSON.stringify((await client.get({ ...path, name: 'ailing' }))['status'] ?? {}),
      status => ailing.test(status),
      { timeoutMs: 30_000, intervalMs: 200, clock: systemClock },
    );
  } finally {
    client.close();
  }
}

/**
 * The words of istioctl when a component does not become ready (istio/istio operator/pkg/install/install.go
 * @1.30.3).
 */
const NOT_READY =
  'Error: failed to install manifests: errors occurred during operation: resources not ready after 5m0s: context deadline exceeded\n';

/** More than a message has room for. */
const LONG_CREATION = Array.from({ length: 60 }, (_, index) => ` ✗ attempt ${index + 1}\n`).join('');

const ROWS: readonly Row[] = [
  {
    name: 'kind is missing',
    before: ({ folder }) => rmSync(join(folder, 'bin', 'kind')),
    options: { offline: true },
    verdict: 'unknown',
    reason: /There is no kind 0\.27 or newer, neither on PATH nor in the cache/,
    isBeforeClusters: true,
  },
  {
    name: 'kind is too old',
    fault: () => ({ program: 'kind', when: 'version', how: { kind: 'answer', stdout: '0.26.0\n' } }),
    options: { offline: true },
    verdict: 'unknown',
    reason: /There is no kind 0\.27 or newer/,
    isBeforeClusters: true,
  },
  {
    name: 'kind fails',
    fault: () => ({
      program: 'kind',
      when: KIND_CREATES,
      how: {
        kind: 'fail',
        stderr: `${LONG_CREATION}ERROR: failed to create cluster: could not find a log line that matches "Reached target"\n`,
      },
    }),
    verdict: 'unknown',
    reason:
      /^kind could not create cluster1: ERROR: failed to create cluster: could not find a log line that matches "Reached target"\nKIND_EXPERIMENTAL_DOCKER_NETWORK=mh-\w+-network1 \S+\/kind create cluster --retain --name mh-\w+-cluster1 --config \S+ --kubeconfig \S+ ended with exit code 1\.\n ✗ attempt 46\n[\s\S]* ✗ attempt 60\nAll that kind said is in kind\/cluster1\.log of the diagnostics/,
    isBeforeClusters: true,
    leaves: {
      'kind/cluster1.log': / ✗ attempt 1\n[\s\S]* ✗ attempt 60\nERROR: failed to create cluster/,
      'harness.log': /cluster1: ✗ attempt 1\n[\s\S]*cluster1: ERROR: failed to create cluster/,
      'docker.json': /mh-\w+-network1/,
    },
  },
  {
    name: 'kind fails when its nodes are there',
    fault: () => ({
      program: 'kind',
      when: KIND_CREATES,
      how: { kind: 'fail-late', stderr: KUBELET_MUTE },
    }),
    verdict: 'unknown',
    reason:
      /^kind could not create cluster1: \[kubelet-check\] The kubelet is not healthy after 4m0\.000543s\ncouldn't initialize a Kubernetes cluster\nerror execution phase wait-control-plane\n\S+ \S+\/kind create cluster --retain (?!.*round_trippers)(?!.*runtime\.goexit).*failed to init node with kubeadm/s,
    isBeforeClusters: true,
    leaves: {
      'kind/cluster1.log': /round_trippers[\s\S]*runtime\.goexit/,
      'harness.log': /^(?![\s\S]*(?:round_trippers|kubelet-check|KIND_EXPERIMENTAL_PROVIDER|cgroup v1))/,
      'kind/cluster1/export.log':
        /Exporting logs for cluster[\s\S]*left out: NODE\/journal\/[0-9a-f]+\/system\.journal\n/,
      'kind/cluster1/NODE/inspect.json': /io\.x-k8s\.kind\.role/,
      'kind/cluster1/NODE/journal.log': /Started/,
    },
    leavesOut: ['journal', 'wtmp', 'apt', 'dpkg.log', 'other'],
  },
  {
    name: "a kubelet refuses its machine, and kind's words do not say so",
    fault: () => ({
      program: 'kind',
      when: KIND_CREATES,
      how: { kind: 'fail-late', stderr: PHASES + kubeadmGaveUp(), kubeletLog: KUBELET_REFUSES },
    }),
    verdict: 'unknown',
    reason:
      /^kind could not create cluster1: failed to validate kubelet configuration, error: kubelet is configured to not run on a host using cgroup v1\. [^\n]*\nerror: error execution phase wait-control-plane: could not bootstrap the admin user [\s\S]* boot this machine with cgroup v2/,
    isBeforeClusters: true,
    // It is not tried again: a second kubelet would refuse too.
    leaves: { 'harness.log': /^(?![\s\S]*once more)/, 'kind/cluster1/NODE/kubelet.log': /"command failed"/ },
  },
  {
    name: 'kubeadm has no answer in time, twice',
    fault: () => ({
      program: 'kind',
      when: KIND_CREATES,
      how: { kind: 'fail-late', stderr: PHASES + kubeadmGaveUp() },
    }),
    verdict: 'unknown',
    reason:
      /^kind could not create cluster1: error: error execution phase wait-control-plane: could not bootstrap [^\n]*\n\S+ \S+\/kind create cluster [^\n]* ended with exit code 1, and so did the first try\.[\s\S]*kind\/cluster1\.1\.log/,
    isBeforeClusters: true,
    leaves: {
      'kind/cluster1.log': /could not bootstrap/,
      'kind/cluster1.1.log': /could not bootstrap/,
      'harness.log': /cluster1: kubeadm had no answer[^\n]*\ncluster1: once more, alone\n/,
    },
  },
  {
    name: 'the engine lacks a capability',
    fault: () => ({ program: 'kind', when: KIND_CREATES, how: { kind: 'fail', stderr: NO_CAPABILITY } }),
    verdict: 'unknown',
    reason:
      /^kind could not create cluster1: docker: Error response from daemon: [^\n]*unable to apply caps[\s\S]* doctor --platform kind names those that are missing/,
    isBeforeClusters: true,
    leaves: { 'kind/cluster1.log': /unable to apply caps/ },
  },
  {
    name: 'kind is killed',
    fault: () => ({ program: 'kind', when: KIND_CREATES, how: { kind: 'kill' } }),
    verdict: 'unknown',
    reason: /kind create cluster .* was killed/,
    isBeforeClusters: true,
    leaves: { 'docker.json': /mh-\w+-network1/ },
  },
  {
    name: 'kind hangs',
    fault: () => ({ program: 'kind', when: KIND_CREATES, how: { kind: 'hang' } }),
    options: { createMs: 1500 },
    verdict: 'unknown',
    reason: /kind create cluster .* did not end within 1\.5 s/,
    isBeforeClusters: true,
    leaves: { 'docker.json': /mh-\w+-network1/ },
  },
  {
    name: 'kind cannot load an archive',
    options: { imageArchives: ['/nowhere/images.tar'] },
    verdict: 'unknown',
    reason:
      /kind load image-archive \/nowhere\/images\.tar --name mh-\w+-cluster1 ended with exit code 1: ERROR: stat/,
    isBeforeClusters: true,
    leaves: {
      'kind/cluster1.log': /Creating cluster "mh-\w+-cluster1"[\s\S]*Set kubectl context/,
      // What is waited for after the creation, before the first step.
      'harness.log': /cluster1: loading images \(1 of 1\)\n/,
      'kind/cluster1/export.log': /Exporting logs for cluster/,
      'kind/cluster1/docker-info.txt': /Server Version/,
    },
  },
  {
    name: 'kubectl is missing',
    before: ({ folder }) => rmSync(join(folder, 'bin', 'kubectl')),
    options: { offline: true },
    verdict: 'unknown',
    reason: /There is no kubectl within 1 minor version of 1\.34/,
    isBeforeClusters: true,
  },
  {
    name: 'kubectl is of another line',
    fault: () => ({
      program: 'kubectl',
      when: 'version',
      how: { kind: 'answer', stdout: '{"clientVersion":{"gitVersion":"v1.20.1"}}\n' },
    }),
    options: { offline: true },
    verdict: 'unknown',
    reason: /There is no kubectl within 1 minor version of 1\.34/,
    isBeforeClusters: true,
  },
  {
    name: 'kubectl goes away meanwhile',
    fault: ({ folder }) => ({
      program: 'istioctl',
      when: 'version',
      how: { kind: 'meanwhile', act: removeOnSecondCall(join(folder, 'bin', 'kubectl')) },
    }),
    verdict: 'unknown',
    reason: /kubectl is not there: \S+\/kubectl: not found/,
    line: /^kubectl --context=cluster1 create namespace istio-system$/,
  },
  {
    name: 'kubectl is killed',
    fault: () => ({ program: 'kubectl', when: 'create namespace', how: { kind: 'kill' } }),
    verdict: 'unknown',
    reason: /kubectl was killed/,
    line: /^kubectl --context=cluster1 create namespace istio-system$/,
  },
  {
    name: 'kubectl hangs',
    fault: () => ({ program: 'kubectl', when: 'create namespace', how: { kind: 'hang' } }),
    verdict: 'unknown',
    reason: /kubectl did not end within 8 s/,
    line: /^kubectl --context=cluster1 create namespace istio-system$/,
  },
  {
    name: 'the API server goes away, and kubectl says so',
    fault: ({ world, runId }) => ({
      program: 'kubectl',
      when: 'create namespace',
      how: { kind: 'meanwhile', act: () => endApiServer(world, runId) },
    }),
    verdict: 'unknown',
    reason: /kubectl could not reach the API server: .*connection to the server 127\.0\.0\.1:\d+ was refused/,
    line: /^kubectl --context=cluster1 create namespace istio-system$/,
  },
  {
    name: 'the API server goes away, and istioctl says anything',
    fault: ({ world, runId }) => ({
      program: 'istioctl',
      when: INSTALL,
      how: {
        kind: 'fail',
        stderr: 'Error: fetch Kubernetes config file: EOF\n',
        act: () => endApiServer(world, runId),
      },
    }),
    verdict: 'unknown',
    reason: /The API server of cluster1 does not answer as it should: .*ECONNREFUSED/,
    line: /^istioctl --context=cluster1 install .* -f cluster1\.yaml$/,
  },
  {
    name: 'istioctl is missing',
    before: ({ world }) => rmSync(join(world.istioFolder, 'bin', 'istioctl')),
    verdict: 'unknown',
    reason: /is no unpacked Istio release/,
    isBeforeClusters: true,
  },
  {
    name: 'istioctl is of another edition',
    fault: () => ({ program: 'istioctl', when: 'version', how: { kind: 'answer', stdout: '1.8.0\n' } }),
    verdict: 'unknown',
    reason:
      /Istio 1\.8\.0 goes with edition 1\.8, not with current\. .*Edition current takes Istio 1\.24 and later/,
    isBeforeClusters: true,
  },
  {
    name: 'istioctl is killed',
    fault: () => ({ program: 'istioctl', when: INSTALL, how: { kind: 'kill' } }),
    verdict: 'unknown',
    reason: /istioctl was killed/,
    line: /^istioctl --context=cluster1 install .* -f cluster1\.yaml$/,
  },
  {
    name: 'istioctl hangs',
    fault: () => ({ program: 'istioctl', when: INSTALL, how: { kind: 'hang' } }),
    verdict: 'unknown',
    reason: /istioctl did not end within 8 s/,
    line: /^istioctl --context=cluster1 install .* -f cluster1\.yaml$/,
  },
  {
    name: 'an image cannot be pulled',
    fault: place => ({
      program: 'istioctl',
      when: INSTALL,
      how: {
        kind: 'fail',
        stderr: NOT_READY,
        act: () =>
          makePod(
            place,
            { containers: [{ name: 'a', image: 'nowhere.invalid/a:1' }] },
            /ErrImagePull|BackOff/,
          ),
      },
    }),
    verdict: 'unknown',
    reason: /Pod istio-system\/ailing of cluster1 has no image for a: \w+ nowhere\.invalid\/a:1/,
    line: /^istioctl --context=cluster1 install .* -f cluster1\.yaml$/,
  },
  {
    name: 'a pod cannot be scheduled',
    fault: place => ({
      program: 'istioctl',
      when: INSTALL,
      how: {
        kind: 'fail',
        stderr: NOT_READY,
        act: () =>
          makePod(
            place,
            {
              containers: [{ name: 'a', image: 'curlimages/curl', resources: { requests: { cpu: '500' } } }],
            },
            /Unschedulable/,
          ),
      },
    }),
    verdict: 'unknown',
    reason: /Pod istio-system\/ailing of cluster1 cannot be scheduled: .*Insufficient cpu/,
    line: /^istioctl --context=cluster1 install .* -f cluster1\.yaml$/,
  },
  {
    name: 'a node ends',
    fault: ({ runId }) => ({
      program: 'istioctl',
      when: INSTALL,
      how: { kind: 'hang', act: async () => void docker('kill', `mh-${runId}-cluster1-control-plane`) },
    }),
    verdict: 'unknown',
    reason:
      /The node mh-\w+-cluster1-control-plane of cluster1 ended with exit code 137 while the run went on/,
  },
  {
    name: 'an API server never answers again, and istioctl waits for it',
    fault: ({ world, runId }) => ({
      program: 'istioctl',
      when: INSTALL,
      how: { kind: 'hang', act: () => endApiServer(world, runId) },
    }),
    options: { lostMs: 4000 },
    verdict: 'unknown',
    reason: /The API server of cluster1 has not answered for \d s while the run went on: .*ECONNREFUSED/,
  },
  {
    name: 'healthy clusters refuse what kubectl asks for',
    fault: ({ world, runId }) => ({
      program: 'kubectl',
      when: 'create namespace',
      how: { kind: 'meanwhile', act: () => makeNamespace(world, runId) },
    }),
    verdict: 'failed',
    reason:
      /kubectl ended with exit code 1: Error from server \(AlreadyExists\): namespaces "istio-system" already exists/,
    line: /^kubectl --context=cluster1 create namespace istio-system$/,
  },
  {
    name: 'istioctl refuses what it is given',
    options: { set: ['values.nonsense=1'] },
    verdict: 'failed',
    reason: /istioctl ended with exit code 1: .*unknown field "nonsense"/,
    line: /^istioctl --context=cluster1 install .*--set values\.nonsense=1 .*-f cluster1\.yaml$/,
  },
];

/** The first question is the platform's own; after the second the steps begin. */
function removeOnSecondCall(file: string): () => void {
  let asked = 0;
  return () => {
    asked += 1;
    if (asked === 2) rmSync(file);
  };
}

async function endApiServer(world: KindWorld, runId: string): Promise<void> {
  await (await world.clusters.get(`mh-${runId}-cluster1`)).simulated.stop();
}

async function makeNamespace(world: KindWorld, runId: string): Promise<void> {
  const client = new KubernetesClient((await world.clusters.get(`mh-${runId}-cluster1`)).kubeconfig);
  await client.create(
    { apiVersion: 'v1', plural: 'namespaces' },
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'istio-system' } },
  );
  client.close();
}

/** What of a run is in Docker and on disk. */
function remains(runId: string, folder: string): readonly string[] {
  const names = (...args: readonly string[]) =>
    docker(...args)
      .split('\n')
      .filter(name => name.includes(`mh-${runId}-`));
  const runs = join(folder, 'state', 'runs');
  return [
    ...names('ps', '-a', '--format', '{{.Names}}'),
    ...names('network', 'ls', '--format', '{{.Name}}'),
    ...(existsSync(runs) ? readdirSync(runs) : []),
  ];
}

const shownLines = ({ events }: RunOutcome) =>
  events.flatMap(event => (event.type === 'step-ended' ? event.commands.map(({ line }) => line) : []));

t.jobs = 4;
for (const [index, row] of ROWS.entries()) {
  const {
    name,
    fault,
    before,
    options,
    verdict,
    reason,
    line,
    isBeforeClusters = false,
    leaves,
    leavesOut = [],
  } = row;
  t.test(`${name}: ${verdict}`, { skip }, async t => {
    const folder = t.testdir();
    // Two suites may run on one engine.
    const runId = `kf${index}x${process.pid.toString(36)}`;
    await using world = await kindWorld(folder, topology);
    const place = { world, runId, folder };
    before?.(place);
    world.hub.faults = fault ? [fault(place)] : [];
    const diagnosticsFolder = join(folder, 'diagnostics');
    const session = await prepareSession({
      topology,
      plan: shortPlan(),
      platform: world.platform(runId, options),
      diagnosticsFolder,
      checks: [],
    });
    const outcome = await session.start();
    t.match(outcome, { verdict, exitCode: verdict === 'failed' ? 1 : 3 }, JSON.stringify(outcome.reason));
    t.match(`${outcome.reason?.message} ${outcome.reason?.hint ?? ''}`, reason);
    if (line)
      t.ok(
        shownLines(outcome).some(shown => line.test(shown)),
        `${line} in ${shownLines(outcome).join('\n')}`,
      );
    t.same(remains(runId, folder), [], 'nothing is left');
    const node = `mh-${runId}-cluster1-control-plane`;
    t.equal(
      existsSync(join(diagnosticsFolder, 'networks.json')),
      !isBeforeClusters,
      'the clusters were described',
    );
    if (isBeforeClusters) {
      t.equal(existsSync(diagnosticsFolder), leaves !== undefined, 'what was made was described');
      for (const [file, text] of Object.entries(leaves ?? {}))
        t.match(
          readFileSync(join(diagnosticsFolder, file.replace('NODE', node)), 'utf8').replaceAll(node, 'NODE'),
          text,
          file,
        );
      for (const file of leavesOut)
        t.notOk(existsSync(join(diagnosticsFolder, 'kind', 'cluster1', node, file)), `${file} is left out`);
      return;
    }
    t.ok(existsSync(join(diagnosticsFolder, 'cluster1', 'proxy-status.txt')), 'istioctl was asked too');
    const routes = readFileSync(join(diagnosticsFolder, 'nodes', `${node}-routes.txt`), 'utf8');
    if (name !== 'a node ends') t.match(routes, /default via/, 'before anything was taken away');
  });
}
