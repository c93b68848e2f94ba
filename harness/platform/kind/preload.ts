/**
 * Brings images into the nodes before the installation, so that a missing one is known early, with the line
 * to paste.
 */
import { unlessAborted } from '../../base/abort.ts';
import { HarnessError } from '../../base/errors.ts';
import { quoteArgv } from '../../base/quote.ts';
import { runProcess } from '../../process/run.ts';
import { registryOf } from '../image-list.ts';
import { kindEnvironment } from './clusters.ts';
import type { Engine } from './engine/engine.ts';
import { ownName } from './labels.ts';
import type { KindNode } from './nodes.ts';
import type { RunContext } from './options.ts';

const LOAD_MS = 10 * 60_000;
const PULL_MS = 10 * 60_000;
const ATTEMPTS = 2;

/**
 * Loads archives made with `docker save` into all nodes of every cluster.
 * @throws HarnessError ERR_PLATFORM_NOT_READY
 */
export async function loadArchives({ kind, runId, topology, options, signal }: RunContext): Promise<void> {
  await Promise.all(
    topology.clusters.map(async ({ name }) => {
      // One at a time: kind v0.20 reads the first and drops the others
      // (pkg/cmd/kind/load/image-archive/image-archive.go @v0.20.0).
      // Not `load docker-image`: on engines with containerd's image store it fails for images of several
      // platforms (kind#3795).
      for (const archive of options.imageArchives ?? []) {
        const args = ['load', 'image-archive', archive, '--name', ownName(runId, name)];
        const env = kindEnvironment(runId);
        const result = await runProcess(kind, args, { env, signal, timeoutMs: LOAD_MS });
        signal.throwIfAborted();
        if (result.exitCode === 0 && result.fault === undefined) continue;
        const how =
          result.fault === undefined
            ? `ended with exit code ${result.exitCode}`
            : `did not end well (${result.fault})`;
        throw new HarnessError(
          'ERR_PLATFORM_NOT_READY',
          `${quoteArgv([kind, ...args])} ${how}: ${result.stderr.trim()}`,
          { hint: 'docker save --platform writes an archive that every engine can be given.' },
        );
      }
    }),
  );
}

export interface PullOptions {
  readonly images: readonly string[];
  /** Registries that want credentials: only the kubelet has them. */
  readonly privateRegistries: ReadonlySet<string>;
  readonly signal: AbortSignal;
  /** Milliseconds for each; ten minutes by default. */
  readonly pullMs?: number;
}

/**
 * Pulls every image on every node that takes pods, side by side. It does not fetch images again that are
 * there.
 * @throws HarnessError ERR_PLATFORM_NOT_READY for the first that cannot be had
 */
export async function pullImages(
  engine: Engine,
  nodes: readonly KindNode[],
  { images, privateRegistries, ...how }: PullOptions,
): Promise<void> {
  const wanted = images.filter(image => !privateRegistries.has(registryOf(image)));
  await Promise.all(
    takingPods(nodes).flatMap(({ container }) => wanted.map(image => pull(engine, container, image, how))),
  );
}

async function pull(
  engine: Engine,
  container: string,
  image: string,
  { signal, pullMs = PULL_MS }: Pick<PullOptions, 'signal' | 'pullMs'>,
): Promise<void> {
  // The nodes of kind have crictl and its settings (kubernetes-sigs/kind images/base/Dockerfile,
  // files/etc/crictl.yaml @v0.20.0, @v0.30.0).
  const run = (...argv: readonly string[]) =>
    unlessAborted(engine.exec(container, ['crictl', ...argv]), signal);
  // A pull asks the registry even for what an archive has brought, and fails without a network.
  if ((await run('inspecti', '-q', image)).exitCode === 0) return;
  const line = quoteArgv(['docker', 'exec', container, 'crictl', 'pull', image]);
  const deadline = AbortSignal.timeout(pullMs);
  for (let attempt = 1; ; attempt++) {
    let how: string;
    try {
      const { exitCode, output } = await unlessAborted(run('pull', image), deadline);
      if (exitCode === 0) return;
      how = `ended with exit code ${exitCode}: ${output.trim()}`;
    } catch (error) {
      if (signal.aborted || !deadline.aborted) throw error;
      how = `did not end within ${pullMs / 1000} s`;
    }
    if (attempt < ATTEMPTS && !deadline.aborted) continue;
    throw new HarnessError('ERR_PLATFORM_NOT_READY', `The image ${image} cannot be pulled: ${line} ${how}`, {
      hint: '--hub names another registry, --registry-config has credentials, --image-archive loads what docker save has written.',
    });
  }
}

/**
 * Lists the nodes that take pods. kubeadm keeps pods off the control plane, and kind lets them on it only
 * where there is no other node.
 */
export function takingPods(nodes: readonly KindNode[]): readonly KindNode[] {
  return nodes.filter(
    node =>
      !node.isControlPlane ||
      !nodes.some(({ cluster, isControlPlane }) => cluster === node.cluster && !isControlPlane),
  );
}
