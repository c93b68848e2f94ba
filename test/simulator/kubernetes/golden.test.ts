/**
 * The operations of Kubernetes' API, typed into a shell with the real kubectl: each ends as against
 * Kubernetes 1.34.
 */
import { execFile } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import t from 'tap';
import { systemClock } from '../../../harness/base/clock.ts';
import { createRandom } from '../../../harness/base/random.ts';
import { createImageCatalog } from '../../../harness/simulator/images/catalog.ts';
import { startCluster } from '../../../harness/simulator/kubernetes/cluster.ts';
import { VirtualNetwork } from '../../../harness/simulator/network/virtual-network.ts';
import { findKubectl, withoutKubectl } from '../../support/kubectl.ts';
import { parseTranscript, settle } from './transcript.ts';

const GOLDEN = path.resolve('test/simulator/kubernetes/golden');
const kubectl = findKubectl();
const only = process.env['TRANSCRIPT'];
// Side by side: kubectl waits for the server, and the server for it.
t.jobs = 3;

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A cluster of two nodes of its own for each transcript, and a shell that finds it. */
async function shellWorld(name: string) {
  const random = createRandom(name);
  const network = new VirtualNetwork({
    clock: systemClock,
    random: random.stream('network'),
    networks: [{ name: 'network1', range: '172.18.0.0/16' }],
  });
  const ranges = { podRange: '10.10.0.0/16', serviceRange: '10.110.0.0/16' };
  const cluster = await startCluster({
    name: 'c1',
    nodes: 2,
    ...ranges,
    network: network.addCluster({ name: 'c1', network: 'network1', ...ranges }),
    clock: systemClock,
    random: random.stream('c1'),
    images: createImageCatalog(),
  });
  const folder = mkdtempSync(path.join(tmpdir(), 'mesh-harness-golden-'));
  const port = await cluster.listen(0, '127.0.0.1');
  writeFileSync(path.join(folder, 'config'), cluster.kubeconfig(`https://127.0.0.1:${port}`), {
    mode: 0o600,
  });
  mkdirSync(path.join(folder, 'bin'));
  symlinkSync(kubectl ?? '', path.join(folder, 'bin/kubectl'));
  const env = {
    PATH: `${path.join(folder, 'bin')}:${process.env['PATH']}`,
    HOME: folder,
    TMPDIR: folder,
    KUBECONFIG: path.join(folder, 'config'),
    // Go's own affair: some hundred programs that end at once need neither a collector of garbage nor threads
    // for it.
    GOGC: 'off',
    GOMAXPROCS: '1',
  };
  return {
    bash: (command: string) =>
      new Promise<Outcome>(resolve => {
        const options = { timeout: 30_000, env, cwd: path.join(GOLDEN, 'inputs') };
        const child = execFile('bash', ['-c', command], options, (error, stdout, stderr) => {
          resolve({ code: error ? Number(error.code ?? 1) : 0, stdout, stderr });
        });
        child.stdin?.end();
      }),
    [Symbol.asyncDispose]: async () => {
      await cluster.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

for (const file of readdirSync(GOLDEN)) {
  if (!file.endsWith('.txt') || (only !== undefined && !file.startsWith(only))) continue;
  t.test(file, { skip: withoutKubectl(kubectl) }, async t => {
    await using world = await shellWorld(file);
    for (const { command, stdout, stderr, code, line } of parseTranscript(
      readFileSync(path.join(GOLDEN, file), 'utf8'),
    )) {
      const outcome = await world.bash(command);
      const text = (out: string, error: string, exit: number) =>
        `${out}\n--- errors\n${error}\n--- exit ${exit}`;
      t.equal(
        text(settle(outcome.stdout, stdout), settle(outcome.stderr, stderr), outcome.code),
        text(stdout, stderr, code),
        `${file}:${line} ${command}`,
      );
    }
  });
}
