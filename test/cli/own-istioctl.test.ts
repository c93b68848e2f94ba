/** An istioctl of the user's on the simulator: how it is found, what follows from it, what it is told. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { argvOfUp } from '../../harness/cli/commands/up.flags.ts';
import { describeIstioctl, editionWith, ownIstioctl } from '../../harness/cli/own-istioctl.ts';
import { scenarioOf } from '../../harness/cli/scenarios.ts';
import { releaseFiles, writeFiles } from '../../harness/cli/up/release-folder.ts';
import { SimulatorPlatform } from '../../harness/platform/simulator/simulator-platform.ts';

const { signal } = new AbortController();

/** Writes a program that answers like one. */
function program(file: string, script: string): string {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o700 });
  return file;
}
const SAYS = '[ "$1 $2" = "version --remote=false" ] && echo "client version: 1.31.2"';

t.test('it is asked for its version', async t => {
  const file = program(path.join(t.testdir(), 'istioctl'), SAYS);
  const found = await ownIstioctl({ istioctl: file }, 'simulator', signal);
  t.same(found, { file, version: '1.31.2' });
  t.equal(
    describeIstioctl({ file: '/x/istioctl', version: 'unknown' }),
    'istioctl: /x/istioctl (version unknown), on the clock of the wall.',
  );
});

t.test('that of an unpacked release is taken, from its folder bin', async t => {
  const folder = t.testdir();
  const file = program(path.join(folder, 'bin', 'istioctl'), SAYS);
  t.match(await ownIstioctl({ istioDir: folder }, 'simulator', signal), { file });
});

t.test('without one there is none, and on real clusters --istio-dir is another matter', async t => {
  t.equal(await ownIstioctl({}, 'simulator', signal), undefined);
  t.equal(await ownIstioctl({ istioDir: '/nowhere' }, 'kind', signal), undefined);
});

t.test('a program that does not run is named', async t => {
  const file = program(path.join(t.testdir(), 'istioctl'), 'echo no such flag >&2; exit 3');
  await t.rejects(ownIstioctl({ istioctl: file }, 'simulator', signal), {
    code: 'ERR_USAGE',
    message: /--istioctl .*this is no istioctl that runs here .* ends with 3, and says “no such flag”\.$/,
  });
});

for (const [version, asked, edition] of [
  ['1.8.6', undefined, '1.8'],
  ['1.31.2', undefined, 'current'],
  ['unknown', undefined, 'current'],
  ['unknown', 'current', 'current'],
] as const)
  t.test(`istioctl ${version}, edition ${asked}: ${edition}`, async t => {
    t.equal(editionWith({ file: 'x', version }, asked), edition);
  });

t.test('an edition whose commands it has not is refused', async t => {
  t.throws(() => editionWith({ file: 'x', version: '1.31.2' }, '1.8'), {
    code: 'ERR_USAGE',
    message: /its commands are those of current/,
  });
});

t.test('up passes it on to the process that stays, by its whole path', async t => {
  const flags = {
    ...{ bare: false, apiOnly: false, detach: true, seed: '1' },
    ...{ stateDir: 'state', istioctl: 'bin/istioctl' },
  };
  t.match(argvOfUp('multi-primary', flags).join(' '), `--istioctl ${path.resolve('bin/istioctl')}`);
});

t.test('the istioctl of the folder that `env` names is the user’s', async t => {
  const folder = t.testdir();
  const file = program(path.join(folder, 'theirs'), 'echo "theirs $1 $KUBECONFIG"');
  writeFiles(folder, releaseFiles(new Map(), '/the/kubeconfig', file));
  t.match(readFileSync(path.join(folder, 'istioctl'), 'utf8'), new RegExp(`exec ${file} "\\$@"`));
  t.match(readFileSync(path.join(folder, 'mesh-harness'), 'utf8'), /mesh-harness\.js "\$@"/);
});

t.test('it is told the addresses of API servers, and images that the simulator has', async t => {
  const topology = (await scenarioOf('multi-primary', new AbortController().signal)).topology;
  for (const [istioctlVersion, images] of [
    ['1.31.2', [['--set', 'hub=docker.io/istio', '--set', 'tag=1.30.3']]],
    ['1.30.3', []],
    [undefined, []],
  ] as const) {
    const open = { istioVersion: '1.30.3', ...(istioctlVersion && { istioctlVersion }) };
    const platform = new SimulatorPlatform({ seed: '1', open });
    await using started = await platform.start(topology, signal);
    const of = (verb: string) =>
      started.adjustments.filter(each => each.cluster === 'cluster1' && each.verb.join(' ') === verb);
    t.match(of('create-remote-secret'), [{ addArgs: ['--server', /^https:\/\/172\./] }]);
    t.same(
      of('install').map(({ addArgs }) => addArgs),
      images,
    );
  }
});
