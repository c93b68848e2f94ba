/**
 * The harness with kind itself, on nodes without a Kubernetes: its configurations are taken, and creations
 * that fail are told, described and removed.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import t, { type Test } from 'tap';
import { kindConfig } from '../../../../harness/platform/kind/cluster-config.ts';
import { kindEnvironment } from '../../../../harness/platform/kind/clusters.ts';
import { runProcess } from '../../../../harness/process/run.ts';
import { docker } from '../../../support/docker.ts';
import { kindWorld } from '../../../support/kind-world.ts';
import { realKindMissing } from '../../../support/real-kind/find-kind.ts';
import type { Trial } from '../../../support/real-kind/node-programs.ts';
import { realNodeImage } from '../../../support/real-kind/real-node.ts';
import { realKind } from '../../../support/real-kind/real-world.ts';
import { scenarioTopologies } from '../../../support/real-kind/scenario-topologies.ts';
import { twoClusters } from '../../../support/topologies.ts';

const skip = realKindMissing() ?? false;
const { signal } = new AbortController();
const unique = process.pid.toString(36);

/** kind is started with this process's own search path: the docker command for it lies in front. */
function withPath(t: Test, path: string): void {
  const before = process.env['PATH'];
  process.env['PATH'] = path;
  t.teardown(() => {
    process.env['PATH'] = before;
  });
}

/** What of a run is in Docker. */
const remains = (runId: string): readonly string[] =>
  [docker('ps', '-a', '--format', '{{.Names}}'), docker('network', 'ls', '--format', '{{.Name}}')]
    .flatMap(names => names.split('\n'))
    .filter(name => name.includes(`mh-${runId}-`));

interface ClusterConfiguration {
  readonly kind: string;
  readonly apiServer: { readonly certSANs: readonly string[] };
  readonly networking: { readonly podSubnet: string; readonly serviceSubnet: string };
}

t.test('kind takes what it is given for each cluster of each scenario', { skip }, async t => {
  const kind = realKind(t, `cfg${unique}`);
  withPath(t, kind.path);
  const credentials = join(kind.folder, 'credentials.json');
  writeFileSync(credentials, '{}');
  const specs = (await scenarioTopologies()).flatMap(({ name, clusters }) =>
    clusters.map((spec, index) => ({ label: `${name} ${spec.name}`, spec, index })),
  );
  t.ok(specs.length >= 8);
  for (const [at, { label, spec, index }] of specs.entries()) {
    const name = `mh-${kind.runId}-c${at}`;
    t.teardown(() =>
      runProcess(kind.file, ['delete', 'cluster', '--name', name], { signal, timeoutMs: 60_000 }),
    );
    const file = join(kind.folder, `${name}.yaml`);
    const nodes = index === 0 ? spec.nodes : 2;
    const text = kindConfig({
      name,
      spec: { ...spec, nodes },
      nodeImage: realNodeImage('succeeds'),
      transitAddresses: [`172.31.0.${index + 2}`],
      mirrors: kind.folder,
      needsMirrorPatch: index === 1,
      registryConfig: credentials,
    });
    writeFileSync(file, text);
    const kubeconfig = join(kind.folder, `${name}.kubeconfig`);
    const args = [
      'create',
      'cluster',
      '--retain',
      '--name',
      name,
      '--config',
      file,
      '--kubeconfig',
      kubeconfig,
    ];
    const env = kindEnvironment(kind.runId, kind.network);
    const { exitCode, stderr } = await runProcess(kind.file, args, { env, signal, timeoutMs: 120_000 });
    t.equal(exitCode, 0, `${label}: ${exitCode === 0 ? '' : stderr}`);
    const node = `${name}-control-plane`;
    const documents = docker('exec', node, 'cat', '/kind/kubeadm.conf').split(/^---$/m);
    const given = documents
      .map(document => load(document) as ClusterConfiguration | undefined) // kubeadm's form
      .find(document => document?.kind === 'ClusterConfiguration');
    t.match(given?.networking, { podSubnet: spec.podRange, serviceSubnet: spec.serviceRange }, label);
    const names = given?.apiServer.certSANs ?? [];
    t.equal(new Set(names).size, names.length, 'no name stands twice');
    for (const each of ['localhost', '127.0.0.1', node, `172.31.0.${index + 2}`])
      t.ok(names.includes(each), each);
    const config = docker('exec', node, 'cat', '/etc/containerd/config.toml');
    t.equal(/certs\.d/.test(config), index === 1, 'the patch is there where it is needed');
    t.equal(docker('exec', node, 'cat', '/var/lib/kubelet/config.json'), '{}', 'the credentials are there');
    const workers = docker('ps', '-q', '--filter', `name=${name}-worker`).split('\n').filter(Boolean);
    t.equal(workers.length, nodes - 1, `${label} has its workers`);
  }
});

/** Starts two clusters of such nodes with kind itself. */
async function start(t: Test, trial: Trial, runId: string, stop = signal) {
  const folder = t.testdir();
  const kind = realKind(t, `${runId}n`);
  withPath(t, kind.path);
  const topology = twoClusters(['network1', 'network1']);
  await using world = await kindWorld(join(folder, 'world'), topology);
  const bin = join(folder, 'own-bin');
  mkdirSync(bin);
  symlinkSync(kind.file, join(bin, 'kind'));
  const told: string[] = [];
  const platform = world.platform(runId, {
    path: `${bin}:${world.path}`,
    nodeImage: realNodeImage(trial),
    onProgress: message => told.push(message),
  });
  const bundle = join(folder, 'bundle');
  const error: unknown = await platform.start(topology, stop, bundle).then(
    started => started[Symbol.asyncDispose](),
    (reason: unknown) => reason,
  );
  const files = existsSync(bundle)
    ? readdirSync(bundle, { recursive: true }).map(file => String(file).replaceAll(`mh-${runId}-`, ''))
    : [];
  const read = (file: string) => readFileSync(join(bundle, file), 'utf8');
  return { message: error instanceof Error ? error.message : String(error), told, files, read };
}

t.test(
  'a kubelet that refuses: the cause comes first, out of its log (D5, D6, D9, D10)',
  { skip },
  async t => {
    const runId = `rkr${unique}`;
    const { message, told, files, read } = await start(t, 'kubelet-refuses', runId);
    t.match(
      message,
      /^kind could not create cluster\d: [^\n]*kubelet is configured to not run on a host using cgroup v1/,
    );
    t.notMatch(message, /round_trippers|waitcontrolplane\.go/, 'no traces, no stack');
    t.ok(message.split('\n').length < 40, message);
    t.notMatch(told.join('\n'), /round_trippers|waitcontrolplane\.go/, 'nor on the way');
    t.notMatch(told.join('\n'), /using docker due to|Have a nice day|Thanks for using/);
    // The first that fails ends the other: which of the two it is, the message says.
    const cluster = /could not create (cluster\d)/.exec(message)?.[1] ?? '';
    const node = `kind/${cluster}/${cluster}-control-plane`;
    t.match(
      read(`kind/${cluster}.log`),
      /round_trippers[\s\S]*waitcontrolplane\.go/,
      'all of it is in the file',
    );
    t.ok(files.includes(`${node}/kubelet.log`), files.join(' '));
    t.ok(files.includes(`${node}/journal.log`));
    t.same(
      files.filter(file => /system\.journal|wtmp$/.test(file)),
      [],
      'no binary files',
    );
    t.same(remains(`${runId}`), []);
  },
);

t.test('kubeadm gives up: its own line comes first', { skip }, async t => {
  const runId = `rkg${unique}`;
  const { message } = await start(t, 'kubeadm-gives-up', runId);
  t.match(
    message,
    /^kind could not create cluster\d: [^\n]*\n?[^\n]*error execution phase wait-control-plane/,
  );
  t.notMatch(message, /round_trippers|waitcontrolplane\.go/);
  t.same(remains(runId), []);
});

t.test('a node that ends: kind says what it has waited for', { skip }, async t => {
  const runId = `rke${unique}`;
  const { message, files } = await start(t, 'node-ends', runId);
  t.match(message, /^kind could not create cluster\d: [^\n]*could not find a log line that matches/);
  t.ok(files.includes('kind/cluster1/cluster1-control-plane/serial.log'), files.join(' '));
  t.same(remains(runId), []);
});

t.test('interrupted while kind works: nothing is left', { skip }, async t => {
  const runId = `rki${unique}`;
  const controller = new AbortController();
  const waiting = start(t, 'node-is-mute', runId, controller.signal);
  const seen = setInterval(() => {
    if (docker('ps', '-q', '--filter', `name=mh-${runId}-cluster1`) !== '')
      controller.abort(new Error('enough'));
  }, 200);
  const { message } = await waiting;
  clearInterval(seen);
  t.equal(message, 'enough');
  t.same(remains(runId), []);
});
