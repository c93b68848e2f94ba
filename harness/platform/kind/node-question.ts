/** What `doctor` says of the node image: which one, whether it is here, and the Kubernetes in it. */
import type { Question } from '../ask-all.ts';
import type { Finding } from '../platform.ts';
import type { VersionWindow } from '../version-windows.ts';
import { kubernetesMismatch } from '../versions.ts';
import type { Engine } from './engine/engine.ts';
import type { NodeImage } from './node-image.ts';
import { hintOf, missingNodeImage } from './offline.ts';

const subject = 'node image';

/** What the answer is judged by. */
interface Asked {
  readonly window: VersionWindow;
  readonly offline: boolean;
  /** A bundle that is at hand has it. */
  readonly isNodeBundled?: boolean;
}

/** Makes the question. @param node - what a look at the engine finds */
export const nodeQuestion = (
  engine: Promise<Engine>,
  node: Promise<NodeImage>,
  options: Asked,
): Question => ({
  subject,
  fix: 'Does `docker info` work?',
  ask: async () => {
    const known = await engine.catch(() => undefined);
    return known ? [nodeFinding(await node, options)] : []; // the engine's own finding has said why
  },
});

function nodeFinding(
  { reference, version, isHere, remark }: NodeImage,
  { window, offline, isNodeBundled = false }: Asked,
): Finding {
  if (!isHere && isNodeBundled) return { subject, ok: true, found: `${reference} is in the bundle` };
  if (!isHere && offline)
    return {
      subject,
      ok: false,
      found: `${reference} is not here`,
      fix: hintOf([missingNodeImage(reference)]),
    };
  if (!isHere) return { subject, ok: true, found: `${reference} is not here; it is pulled at the first run` };
  const how = remark === undefined ? '' : ', by its tag alone';
  const found = `${reference} is here (Kubernetes ${version})${how}`;
  const mismatch = kubernetesMismatch(window.edition, version, window.istio);
  if (mismatch === undefined) return { subject, ok: true, found };
  const fix = '--node-image, --istio-version or --istio-dir has to name another.';
  return { subject, ok: false, found: `${found}: ${mismatch}`, fix };
}
