/** What `doctor --bundle FILE` says of the file, and what the other questions have to know of it. */
import { messageOf } from '../../base/errors.ts';
import type { Finding } from '../platform.ts';
import type { VersionWindow } from '../version-windows.ts';
import { windowWith } from '../versions.ts';
import type { BundleHead } from './images/bundle-format.ts';
import { nodeImageOf, programPlatform } from './images/opened-bundle.ts';
import { bundleHead } from './images/read-bundle.ts';

/** A bundle as a doctor sees it. */
interface BundleFindings {
  readonly finding: Finding;
  readonly window: VersionWindow;
  /** The image of nodes that it was made for. */
  readonly nodeImage?: string;
  /** The programs that it brings: `kind`, `kubectl`, `istioctl`. */
  readonly programs: readonly string[];
}

const subject = 'bundle';

/** Reads the beginning of a bundle; its content is verified when it is loaded. */
export async function bundleFindings(
  file: string,
  window: VersionWindow,
  signal: AbortSignal,
): Promise<BundleFindings> {
  let head: BundleHead;
  try {
    head = await bundleHead(file, signal);
  } catch (error) {
    signal.throwIfAborted();
    const fix = 'mesh-harness images save FILE writes one; copy it whole.';
    return { finding: { subject, ok: false, found: messageOf(error), fix }, window, programs: [] };
  }
  const images = head.members.filter(({ kind }) => kind === 'image').length;
  const found = `${images} images for ${head.platform}, Istio ${head.istio}, Kubernetes ${head.kubernetes}`;
  if (head.edition !== window.edition) {
    const fix = 'Leave --edition out, or name another bundle.';
    const problem = `it is for edition ${head.edition}, and this is ${window.edition}`;
    return { finding: { subject, ok: false, found: `${found}: ${problem}`, fix }, window, programs: [] };
  }
  const nodeImage = nodeImageOf({ file, head });
  return {
    finding: { subject, ok: true, found },
    window: windowWith(window.edition, head.istio),
    ...(nodeImage !== undefined && { nodeImage }),
    programs: head.programs === programPlatform() ? programsIn(head) : [],
  };
}

const programsIn = ({ members }: BundleHead): readonly string[] =>
  members.flatMap(member => {
    if (member.kind === 'image') return [];
    return member.kind === 'folder' ? ['istioctl'] : (/^(kind|kubectl)\//.exec(member.path)?.[1] ?? []);
  });
