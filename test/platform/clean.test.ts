/**
 * A run that is killed at any moment leaves a ledger, and by it `clean` takes everything away, and nothing
 * that is someone else's.
 */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import t from 'tap';
import { sleep, systemClock } from '../../harness/base/clock.ts';
import { packageRoot } from '../../harness/base/package-root.ts';
import { waitUntil } from '../../harness/base/wait.ts';
import { clean } from '../../harness/platform/clean.ts';
import { docker, testEngine, testImage } from '../support/docker.ts';
import { kindWorld } from '../support/kind-world.ts';
import { NODE_FILES, nodesMissing } from '../support/node-image.ts';
import { twoClusters } from '../support/topologies.ts';

const skip = nodesMissing() ?? false;
const MOMENTS = 20;
/** So many at a time: most of the time goes into waiting for Docker. */
const AT_ONCE = 5;
const FOREIGN = 'mesh-harness-foreign';

t.test(
  `killed at ${MOMENTS} moments: nothing stays, and a foreign network and container are untouched`,
  { skip, timeout: 280_000 },
  async t => {
    const folder = t.testdir();
    const runIds = Array.from({ length: AT_ONCE }, (_, index) => `kill${index}`);
    const topology = twoClusters(['network1', 'network2']);
    const world = await kindWorld(folder, topology);
    t.teardown(() => world[Symbol.asyncDispose]());
    const script = join(folder, 'child.mjs');
    await build({
      entryPoints: [join(packageRoot(), 'test', 'support', 'kind-child.ts')],
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      packages: 'external',
      outfile: script,
      logLevel: 'error',
    });
    docker('network', 'create', FOREIGN);
    t.teardown(() => void docker('network', 'rm', FOREIGN));
    docker(
      'run',
      '-d',
      '--name',
      FOREIGN,
      '--net',
      FOREIGN,
      '--label',
      'io.x-k8s.kind.cluster=someone-elses',
      testImage(NODE_FILES),
      'sleep',
      '1000',
    );
    t.teardown(() => void docker('rm', '-f', '-v', FOREIGN));
    const foreign = docker('inspect', '--format', '{{.Id}} {{.State.StartedAt}}', FOREIGN);
    const volumes = docker('volume', 'ls', '-q');

    const state = join(folder, 'state');
    const start = (runId: string) => {
      const options = world.options(runId);
      const child = spawn(process.execPath, [script, JSON.stringify(options)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const ended = new Promise<void>(resolve => child.once('exit', () => resolve()));
      return { child, ended };
    };

    // How long it takes to come up, so that the moments are spread over all of it.
    const startedAtMs = systemClock.now();
    const first = start(runIds[0] ?? '');
    await new Promise<void>((resolve, reject) => {
      first.child.stdout.once('data', () => resolve());
      first.child.once('exit', code => reject(new Error(`The platform did not start: exit code ${code}`)));
    });
    const tookMs = systemClock.now() - startedAtMs;
    first.child.kill('SIGKILL');
    await first.ended;

    const cleaning = { state, clock: systemClock, connect: testEngine };
    for (let moment = 0; moment < MOMENTS; moment += AT_ONCE) {
      const failures = (await clean(cleaning)).failures;
      t.same(failures, []);
      await Promise.all(
        runIds.map(async (runId, index) => {
          const { child, ended } = start(runId);
          await sleep(systemClock, (tookMs * (moment + index + 1)) / MOMENTS);
          child.kill('SIGKILL');
          await ended;
        }),
      );
    }
    t.same((await clean(cleaning)).failures, []);
    t.same(
      docker('ps', '-a', '--format', '{{.Names}}')
        .split('\n')
        .filter(name => name.startsWith('mh-kill')),
      [],
      '0 containers',
    );
    t.same(
      docker('network', 'ls', '--format', '{{.Name}}')
        .split('\n')
        .filter(name => name.startsWith('mh-kill')),
      [],
      '0 networks',
    );
    t.same(existsSync(join(state, 'runs')) ? readdirSync(join(state, 'runs')) : [], [], '0 files');
    const known = new Set(volumes.split('\n'));
    // Another test may be about to remove a node of its own: what is left behind stays.
    const dangling = () =>
      docker('volume', 'ls', '-q', '--filter', 'dangling=true')
        .split('\n')
        .filter(name => name !== '' && !known.has(name));
    await waitUntil('0 volumes', dangling, names => names.length === 0, {
      timeoutMs: 20_000,
      intervalMs: 500,
      clock: systemClock,
    });
    t.equal(
      docker('inspect', '--format', '{{.Id}} {{.State.StartedAt}}', FOREIGN),
      foreign,
      'the foreign container still runs',
    );
    t.match(
      docker('network', 'inspect', '--format', '{{range .Containers}}{{.Name}}{{end}}', FOREIGN),
      FOREIGN,
      'on its network',
    );
  },
);
