/** Which platform a command line means, and the line that says so. */
import { findProgram } from '../process/find.ts';

/** Without any of these there are no kind clusters; kubectl and istioctl are fetched where they are missing, but not by `auto`. */
const FOR_KIND = ['docker', 'kind', 'kubectl', 'istioctl'];

export interface PlatformChoice {
  readonly name: string;
  /** Why, for `auto`. */
  readonly because?: string;
  /** Programs that `--platform kind` would not find on PATH. */
  readonly missingForKind: readonly string[];
}

/** @param asked - of `--platform` or MESH_HARNESS_PLATFORM; `auto` takes kind where everything is there */
export function choosePlatform(
  asked: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): PlatformChoice {
  const missingForKind = FOR_KIND.filter(name => findProgram(name, env['PATH'] ?? '') === undefined);
  if (asked !== 'auto') return { name: asked ?? 'simulator', missingForKind };
  return missingForKind.length === 0
    ? { name: 'kind', because: `auto: ${FOR_KIND.join(', ')} are there`, missingForKind }
    : { name: 'simulator', because: `auto: no ${missingForKind.join(', ')}`, missingForKind };
}

/** The first line of a run. */
export function firstLine({ name, because, missingForKind }: PlatformChoice, edition: string): string {
  const reason = because === undefined ? '' : ` (${because})`;
  if (name !== 'simulator') return `Platform: ${name}${reason}, edition ${edition}.`;
  const kind =
    missingForKind.length === 0
      ? '--platform kind runs it on real clusters.'
      : `For real clusters, --platform kind: ${missingForKind.join(', ')} not found (mesh-harness doctor).`;
  return `Platform: simulator${reason}, edition ${edition}. ${kind}`;
}
