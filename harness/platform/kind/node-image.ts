/**
 * The image of the nodes: the one that the user names or that of the edition, under which name it is here,
 * and the Kubernetes that is in it.
 */
import { hostname } from 'node:os';
import { HarnessError } from '../../base/errors.ts';
import { isAlive } from '../../process/liveness.ts';
import { compare, type Line, lineOf } from '../version-line.ts';
import type { VersionWindow } from '../version-windows.ts';
import type { Engine } from './engine/engine.ts';
import { LOOK_LABEL } from './labels.ts';
import { hasDigest, hasTag, withoutDigest } from './references.ts';

/** What the nodes of a run are made of. */
export interface NodeImage {
  /** What kind is given. */
  readonly reference: string;
  /** Its Kubernetes: `v1.34.0`. */
  readonly version: string;
  /** False for one that has to be pulled. */
  readonly isHere: boolean;
  /** Why it is not quite what was asked for; for the terminal and the report. */
  readonly remark?: string;
}

/** kind's own place for it (kubernetes-sigs/kind pkg/cluster/nodeutils/util.go, KubeVersion @v0.33.0). */
const VERSION_FILE = '/kind/version';

/**
 * Looks for the node image in the engine: by its reference, else by its tag alone, since an image that
 * `docker load` has brought has no digest (real-kind-2026-11 D3). It pulls nothing.
 * @param asked - by the user; by default that of the window, whose version is known beforehand
 * @throws HarnessError ERR_PLATFORM_NOT_READY if what is here is no image of a node
 */
export async function findNodeImage(
  engine: Engine,
  window: VersionWindow,
  asked?: string,
): Promise<NodeImage> {
  const wanted = asked ?? window.nodeImage;
  if (await engine.hasImage(wanted)) {
    const version = asked === undefined ? window.nodeVersion : await nodeVersion(engine, wanted);
    return { reference: wanted, version, isHere: true };
  }
  const byTag = withoutDigest(wanted);
  if (hasDigest(wanted) && hasTag(wanted) && (await engine.hasImage(byTag))) {
    const version = await nodeVersion(engine, byTag);
    const why = `no image with the digest of ${wanted} is on this machine`;
    const remark = `The node image is ${byTag} by its tag alone: ${why}.`;
    return { reference: byTag, version, isHere: true, remark };
  }
  return absentNodeImage(window, asked);
}

/** Describes a node image that is not here: of one that the user names nothing is known. */
export const absentNodeImage = (window: VersionWindow, asked?: string): NodeImage => ({
  reference: asked ?? window.nodeImage,
  version: asked === undefined ? window.nodeVersion : '',
  isHere: false,
});

/**
 * Reads the version of Kubernetes out of an image that the engine has; nothing is started.
 * @throws HarnessError ERR_PLATFORM_NOT_READY if it holds none: kind could make no node of it
 */
export async function nodeVersion(engine: Engine, reference: string): Promise<string> {
  await removeDeadLooks(engine);
  const text = await engine.fileInImage(reference, VERSION_FILE, {
    [LOOK_LABEL]: `${hostname()}.${process.pid}`,
  });
  const version = /^v\d+\.\d+\.\d+\S*/.exec(text?.trim() ?? '')?.[0];
  if (version !== undefined) return version;
  const what = text === undefined ? `has no ${VERSION_FILE}` : `has no version in ${VERSION_FILE}`;
  throw new HarnessError('ERR_PLATFORM_NOT_READY', `${reference} is no node image of kind: it ${what}.`, {
    hint: '--node-image names one: kindest/node:TAG, or what kind build node-image has made.',
  });
}

/** Removes containers that killed processes of this machine have left in the middle of a look. */
async function removeDeadLooks(engine: Engine): Promise<void> {
  for (const { id, labels } of await engine.containers(LOOK_LABEL)) {
    const [, host, pid] = /^(.*)\.(\d+)$/.exec(labels[LOOK_LABEL] ?? '') ?? [];
    if (host === hostname() && !isAlive({ pid: Number(pid) })) await engine.removeContainer(id);
  }
}

/**
 * From this Kubernetes on kind writes kubeadm's v1beta4 (kubernetes-sigs/kind
 * pkg/cluster/internal/kubeadm/config.go, commit 22573271, first in v0.32.0).
 */
const NEEDS_V1BETA4: Line = [1, 36];
/**
 * Images of these and of later lines were also published with containerd 2, by kind 0.27 and later, whose
 * configuration up to kind 0.26 cannot read (kubernetes-sigs/kind release notes v0.27.0).
 */
const MAY_HAVE_CONTAINERD_2: Line = [1, 29];
/**
 * From this line on there is no image with containerd 1, which looks for mirrors only where it is told to.
 */
const HAS_CONTAINERD_2: Line = [1, 33];

/** Returns the window of a run whose nodes are made of an image: what hangs on its Kubernetes follows it. */
export function windowWithNode(window: VersionWindow, { reference, version }: NodeImage): VersionWindow {
  if (version === window.nodeVersion || version === '') return { ...window, nodeImage: reference };
  const line = lineOf(version) ?? [0, 0];
  const since = (from: Line) => compare(line, from) >= 0;
  return {
    ...window,
    nodeImage: reference,
    nodeVersion: version,
    oldestKind: since(NEEDS_V1BETA4) ? [0, 32] : since(MAY_HAVE_CONTAINERD_2) ? [0, 27] : [0, 20],
    // containerd 2 takes over the table of version 2 that the patch writes (internal/cri/config, believed).
    needsMirrorPatch: !since(HAS_CONTAINERD_2),
  };
}
