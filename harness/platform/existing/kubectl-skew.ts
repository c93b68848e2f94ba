/** One kubectl works on all clusters of a run: whether there can be one, and which. */
import type { Finding } from '../platform.ts';
import { compare, formatLine, type Line, lineOf } from '../version-line.ts';
import { KUBECTL_SKEW } from '../version-windows.ts';
import type { Inspection } from './preflight.ts';

/**
 * Chooses a kubectl that is near enough to all clusters. The preflight has seen that there is one.
 * @returns a version without what distributions add (`v1.31.2-eks-7f9249a`); empty if no cluster has told its
 *   own
 */
export function kubectlFor(inspections: readonly Inspection[]): string {
  const ends = oldestAndNewest(inspections);
  if (!ends) return '';
  const { oldest, newest } = ends;
  const [major, minor] = oldest.line;
  if (newest.line[1] - minor > KUBECTL_SKEW) return `v${major}.${minor + KUBECTL_SKEW}.0`;
  return /v?\d+\.\d+\.\d+/.exec(oldest.version)?.[0] ?? oldest.version;
}

/** Finds clusters whose versions lie too far apart for any kubectl. */
export function farVersions(inspections: readonly Inspection[]): readonly Finding[] {
  const ends = oldestAndNewest(inspections);
  if (!ends || ends.newest.line[1] - ends.oldest.line[1] <= 2 * KUBECTL_SKEW) return [];
  const { oldest, newest } = ends;
  return [
    {
      subject: 'versions',
      ok: false,
      found: `${oldest.context.cluster} runs Kubernetes ${formatLine(oldest.line)}, ${newest.context.cluster} ${formatLine(newest.line)}`,
      fix: `No kubectl is for both: they may be ${2 * KUBECTL_SKEW} minor versions apart.`,
    },
  ];
}

type Versioned = Pick<Inspection, 'context' | 'version'> & { readonly line: Line };

/**
 * Finds the range of the clusters' versions.
 * @returns undefined if no cluster has a version that can be read
 */
function oldestAndNewest(
  inspections: readonly Inspection[],
): { readonly oldest: Versioned; readonly newest: Versioned } | undefined {
  const sorted = inspections
    .flatMap(({ context, version }): readonly Versioned[] => {
      const line = lineOf(version);
      return line ? [{ context, version, line }] : [];
    })
    .toSorted((one, other) => compare(one.line, other.line));
  const [oldest, newest] = [sorted.at(0), sorted.at(-1)];
  return oldest && newest && { oldest, newest };
}
