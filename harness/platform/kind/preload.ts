/**
 * Brings images into the nodes before the installation, so that a missing one is known early, with the line
 * to paste.
 */
import { join } from 'node:path';
import { unlessAborted } from '../../base/abort.ts';
import { HarnessError } from '../../base/errors.ts';
import { quoteArgv } from '../../base/quote.ts';
import { redact } from '../../base/redact.ts';
import { shortOutput } from '../../base/telling-lines.ts';
import type { ClusterName } from '../../model/names.ts';
import { runProcess } from '../../process/run.ts';
import { registryOf } from '../image-list.ts';
import { kindEnvironment } from './clusters.ts';
import type { Engine } from './engine/engine.ts';
import { bundledArchives } from './images/opened-bundle.ts';
import { withoutNoise } from './kind-words.ts';
import { ownName } from './labels.ts';
import type { KindNode } from './nodes.ts';
import type { RunContext } from './options.ts';
import { Portions } from './portions.ts';

const LOAD_MS = 10 * 60_000;
const PULL_MS = 10 * 60_000;
const ATTEMPTS = 2;

/**
 * Loads archives made with `docker save`, and those in a bundle, into all nodes of a cluster.
 * @throws HarnessError ERR_PLATFORM_NOT_READY
 */
export async function loadArchives(context: RunContext, cluster: ClusterName): Promise<void> {
  const { kind, runId, options, bundle, ledger, signal, tell } = context;
  const brought = bundle ? await bundledArchives(bundle, join(ledger.folder, 'bundle'), signal) : [];
  const archives = [...brought, ...(options.imageArchives ?? [])];
  // One at a time: kind v0.20 reads the first and drops the others
  // (pkg/cmd/kind/load/image-archive/image-archive.go @v0.20.0).
  // Not `load docker-image`: on engines with containerd's image store it fails for images of several
  // platforms (kind#3795).
  for (const [index, archive] of archives.entries()) {
    tell(`${cluster}: loading images (${index + 1} of ${archives.length})`);
    const args = ['load', 'image-archive', archive, '--name', ownName(runId, cluster)];
    const env = kindEnvironment(runId);
    const result = await runProcess(kind, args, { env, signal, timeoutMs: LOAD_MS });
    signal.throwIfAborted();
    if (result.exitCode === 0 && result.fault === undefined) continue;
    const said = `${result.stdout}${result.stderr}`;
    const how =
      result.fault === undefined
        ? `ended with exit code ${result.exitCode}`
        : `did not end well (${result.fault})`;
    throw new HarnessError(
      'ERR_PLATFORM_NOT_READY',
      redact(`${quoteArgv([kind, ...args])} ${how}: ${shortOutput(withoutNoise(said))}`),
      { hint: 'docker save --platform writes an archive that every engine can be given.' },
    );
  }
}

/** A node, as far as it matters where pods go. */
type Place = Pick<KindNode, 'container' | 'cluster' | 'isControlPlane'>;

export interface PullOptions {
  readonly images: readonly string[];
  /** Registries that want credentials: only the kubelet has them. */
  readonly privateRegistries: ReadonlySet<string>;
  readonly signal: AbortSignal;
  /** Milliseconds for each; ten minutes by default. */
  readonly pullMs?: number;
  /** Called with how far it has come, now and then. */
  readonly tell?: (message: string) => void;
}

/**
 * Pulls every image on every node that takes pods, side by side. It does not fetch images again that are
 * there.
 * @throws HarnessError ERR_PLATFORM_NOT_READY for the first that cannot be had
 */
export async function pullImages(
  engine: Engine,
  nodes: readonly Place[],
  { images, privateRegistries, tell = () => {}, ...how }: PullOptions,
): Promise<void> {
  const wanted = images.filter(image => !privateRegistries.has(registryOf(image)));
  const onNodes = takingPods(nodes).flatMap(({ container }) => wanted.map(image => ({ container, image })));
  // A pull asks the registry even for what an archive has brought, and fails without a network.
  const missing = await Promise.all(
    onNodes.map(async each => ((await isOnNode(engine, each, how.signal)) ? [] : [each])),
  );
  const toPull = missing.flat();
  const pulled = new Portions(toPull.length, tell, (done, all) =>
    done === 0 ? `pulling ${all} images into nodes` : `pulled images (${done} of ${all})`,
  );
  await Promise.all(
    toPull.map(async ({ container, image }) => {
      await pull(engine, container, image, how);
      pulled.add();
    }),
  );
}

interface ImageOnNode {
  readonly container: string;
  readonly image: string;
}

/**
 * Asks a node's runtime for an image. The nodes of kind have crictl and its settings (kubernetes-sigs/kind
 * images/base/Dockerfile, files/etc/crictl.yaml @v0.20.0, @v0.30.0).
 */
async function isOnNode(engine: Engine, { container, image }: ImageOnNode, signal: AbortSignal) {
  const argv = ['crictl', 'inspecti', '-q', image];
  return (await unlessAborted(engine.exec(container, argv), signal)).exitCode === 0;
}

async function pull(
  engine: Engine,
  container: string,
  image: string,
  { signal, pullMs = PULL_MS }: Pick<PullOptions, 'signal' | 'pullMs'>,
): Promise<void> {
  const run = (...argv: readonly string[]) =>
    unlessAborted(engine.exec(container, ['crictl', ...argv]), signal);
  const line = quoteArgv(['docker', 'exec', container, 'crictl', 'pull', image]);
  const deadline = AbortSignal.timeout(pullMs);
  for (let attempt = 1; ; attempt++) {
    let how: string;
    try {
      const { exitCode, output } = await unlessAborted(run('pull', image), deadline);
      if (exitCode === 0) return;
      how = `ended with exit code ${exitCode}: ${redact(shortOutput(output))}`;
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
export function takingPods(nodes: readonly Place[]): readonly Place[] {
  return nodes.filter(
    node =>
      !node.isControlPlane ||
      !nodes.some(({ cluster, isControlPlane }) => cluster === node.cluster && !isControlPlane),
  );
}
