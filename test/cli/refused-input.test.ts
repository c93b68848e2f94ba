/** Input that nothing good can come of: what takes it refuses it, before anything is started. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t, { type Test } from 'tap';
import { runCli, startCli, temporaryFolder } from '../support/cli.ts';
import { runHere } from '../support/run-here.ts';

const folder = temporaryFolder();
t.teardown(() => folder[Symbol.dispose]());
const file = (name: string, text: string) => {
  writeFileSync(path.join(folder.path, name), text);
  return path.join(folder.path, name);
};

/** Runs the command line in the folder, and expects a refusal without a stack trace. */
async function refuses(t: Test, argv: readonly string[], ...says: readonly RegExp[]): Promise<void> {
  const { code, stdout, stderr } = await runHere(argv);
  t.equal(code, 2, argv.join(' '));
  t.equal(stdout, '', 'nothing on standard output');
  t.notMatch(stderr, /^\s+at |defect of ours/m, 'no stack trace');
  for (const pattern of says) t.match(stderr, pattern);
}

t.test('a placement that can prove nothing', async t => {
  const scenario = file(
    'together.yaml',
    'networks: [{name: network1}]\nclusters:\n' +
      '  - {name: cluster1, network: network1, role: primary, workloads: {helloWorld: [v1, v2]}}\n' +
      '  - {name: cluster2, network: network1, role: primary}\n',
  );
  for (const argv of [['plan'], ['run'], ['up'], ['verify'], ['diagnose'], ['matrix', '--list']])
    await refuses(
      t,
      [...argv, scenario],
      /puts v1 and v2 into clusters\[0\] together/,
      /docs\/scenarios\.md/,
    );
});

t.test('what is no regular file of moderate size', async t => {
  execFileSync('mkfifo', [path.join(folder.path, 'pipe.yaml')]);
  truncateSync(file('huge.yaml', ''), 2 ** 30);
  const at = (name: string) => path.join(folder.path, name);
  await refuses(t, ['run', at('pipe.yaml')], /pipe\.yaml cannot be read: it is a pipe/, /standard input/);
  await refuses(t, ['up', '/dev/zero', '--detach'], /it is a device/);
  await refuses(t, ['plan', at('huge.yaml')], /more than 1048576 bytes/);
  await refuses(t, ['verify', '/'], /it is a folder/);
  await refuses(t, ['diagnose', '--context', 'a', '--kubeconfig', at('pipe.yaml')], /it is a pipe/);
});

const SCENARIO =
  'networks: [{name: net1}]\nclusters:\n' +
  '  - {name: c1, network: net1, role: primary}\n  - {name: c2, network: net1, role: primary}\n';

t.test('standard input is a scenario, to a limit', async t => {
  const { child, ended } = startCli(['plan', '-'], { cwd: folder.path, stdin: 'pipe' });
  child.stdin?.end(SCENARIO);
  const planned = await ended;
  t.equal(planned.code, 0, planned.stderr);
  t.match(planned.stdout, /^standard-input: \d+ steps/);

  const endless = startCli(['plan', '-'], { cwd: folder.path, stdin: 'pipe' });
  endless.child.stdin?.on('error', () => {}); // it is no longer read
  endless.child.stdin?.write('x'.repeat(2 ** 21));
  t.match(await endless.ended, { code: 2, stderr: /Standard input cannot be read: it has more than/ });

  const behind = startCli(['up', '-', '--detach'], { cwd: folder.path, stdin: 'pipe' });
  behind.child.stdin?.end(SCENARIO);
  t.match(await behind.ended, { code: 2, stderr: /in the background has no standard input/ });
  await refuses(t, ['matrix', '-', '--list'], /Write it to a file/);
});

t.test('a signal ends the wait for standard input at once', async t => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    // Nothing is said while it waits: it sends the signal to itself, once it has begun.
    const kill = `setTimeout(() => process.kill(process.pid, '${signal}'), 300)`;
    const { ended } = startCli(['run', '-'], {
      cwd: folder.path,
      stdin: 'pipe',
      env: { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(kill)}` },
    });
    t.match(await ended, { code: 130, stderr: /interrupted/ }, signal);
  }
});

t.test('a scenario that is named twice', async t => {
  const mesh = file('mesh.yaml', SCENARIO);
  mkdirSync(path.join(folder.path, 'below'));
  const other = file('below/mesh.yaml', SCENARIO);
  for (const names of [
    ['all', 'all'],
    ['multi-primary', 'multi-primary'],
    ['all', 'primary-remote'],
    [mesh, path.relative('', mesh)],
    [mesh, other],
  ]) {
    await refuses(t, ['run', ...names], /is named twice/);
    await refuses(t, ['matrix', '--list', ...names], /is named twice/);
  }
});

t.test('ports and numbers that there are not', async t => {
  await refuses(t, ['up', 'multi-primary', '--first-port', '70000'], /A whole number from 1 to 65535/);
  await refuses(t, ['up', 'multi-primary', '--first-port', '0'], /A whole number from 1 to 65535/);
  await refuses(t, ['up', 'multi-primary', '--first-port', '65535'], /ports 65535 to 65536/, /65534 or less/);
  await refuses(t, ['run', 'all', '--mirror', 'https://192.0.2.1:70000'], /http or https address/);
  await refuses(t, ['verify', '--wait', '86401'], /A whole number from 1 to 86400/);
  const onKind = ['run', 'all', '--platform', 'kind'];
  for (const name of [
    'UPPER/node:v1',
    'kindest/Node:v1',
    'a b',
    'a:b@sha256:0',
    'http://hub.invalid/node:v1',
  ])
    await refuses(t, [...onKind, '--node-image', name], /'--node-image <image>' argument .* is invalid/);
  for (const hub of [
    'https://hub.invalid/istio',
    'hub.invalid/Istio',
    'hub.invalid/istio:1',
    'me@hub.invalid',
  ])
    await refuses(
      t,
      [...onKind, '--hub', hub],
      /A registry and a path are needed, such as hub\.example\/istio/,
    );
  await refuses(t, ['run', 'all', '--requests', '9'.repeat(400)], /The most is/);
});

t.test('a variable of ours that is set to nothing is not set', async t => {
  const nothing = { MESH_HARNESS_PLATFORM: '', MESH_HARNESS_STATE: '', MESH_HARNESS_CACHE: '' };
  const { code, stderr } = await runCli(['run', 'nope'], folder.path, nothing);
  t.equal(code, 2);
  t.match(stderr, /^mesh-harness: There is no scenario "nope"/);
  t.match(await runCli(['clean'], folder.path, { ...nothing, HOME: folder.path }), { code: 0 });
});

t.test('what is cited of the command line is shown as it is harmless, and not at length', async t => {
  const { code, stderr } = await runCli(['plan', `\x1b[31m${'n'.repeat(100_000)}`], folder.path);
  t.equal(code, 2);
  t.match(stderr, /no scenario "\\x1b\[31mnnn/);
  t.ok(stderr.length < 5000, 'it can be read');
  const unknown = await runCli([`\x1b[31m${'n'.repeat(100_000)}`], folder.path);
  t.match(unknown, { code: 2, stderr: /unknown command '\\x1b\[31mnnn/ });
  t.ok(unknown.stderr.length < 5000, 'it can be read');
});

t.test('files and programs that are not there', async t => {
  const rows: readonly (readonly [argv: readonly string[], says: RegExp])[] = [
    [['--istioctl', '/nope'], /--istioctl \/nope: there is no file/],
    [['--istio-dir', '/nope'], /--istio-dir \/nope\/bin\/istioctl: there is no file/],
    [['--istiod', '/bin/true', '--edition', 'current'], /--istiod \/bin\/true: this is no pilot-discovery/],
    [['--platform', 'kind', '--istio-dir', '/nope'], /--istio-dir \/nope: this is no unpacked Istio release/],
    [['--platform', 'kind', '--image-archive', '/nope'], /--image-archive \/nope: there is no file \/nope\./],
    [['--platform', 'kind', '--image-archive', folder.path], /--image-archive .*: this is no regular file\./],
    [['--platform', 'kind', '--bundle', '/nope'], /--bundle \/nope: there is no file \/nope\./],
  ];
  for (const [argv, says] of rows) await refuses(t, ['run', 'multi-primary', ...argv], says);
  await refuses(t, ['up', 'multi-primary', '--istioctl', '/nope'], /--istioctl \/nope: there is no file/);
  await refuses(t, ['doctor', '--bundle', '/nope'], /--bundle \/nope: there is no file \/nope\./);
  await refuses(t, ['images', 'load', '/nope'], /\/nope: there is no file \/nope\./);
  await refuses(t, ['images', 'load', folder.path], /: this is no regular file\./);
});

t.test('a doctor goes on where a bundle is none: that is one finding among others', async t => {
  const { code, stdout } = await runHere(['doctor', '--bundle', file('junk.bundle', 'no bundle')]);
  t.equal(code, 3);
  t.match(stdout, /^✗ bundle +.*is no sound bundle of mesh-harness/);
  t.match(stdout, /^. (?:engine|disk) /m);
});

t.test('a cluster that is named twice', async t => {
  const twice = ['--context', 'cluster1=a', '--context', 'cluster2=x', '--context', 'cluster1=b'];
  const says = /cluster1 is named more than once: --context cluster1=a and --context cluster1=b\./;
  await refuses(t, ['run', 'multi-primary', '--platform', 'existing', ...twice], says);
  await refuses(t, ['verify', 'multi-primary', ...twice], says);
  await refuses(t, ['diagnose', ...twice], says);
  await refuses(t, ['doctor', '--platform', 'existing', ...twice], says);
});
