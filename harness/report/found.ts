/** The versions that a run has found: what programs, API servers and nodes told, not what a plan names. */
import type { RunEvent } from '../run/events.ts';
import type { SeenCluster } from '../verify/seen/seen.ts';
import type { FoundVersions, ScenarioReport } from './report.ts';

type Started = Extract<RunEvent, { readonly type: 'platform-started' }>;

/** In this order; others come after them. */
const ORDER = [
  'istioctl',
  'istiod',
  'proxy',
  'kubernetes',
  'kubelet',
  'runtime',
  'kubectl',
  'kind',
  'docker',
];
/** The parts of Istio. */
const ISTIO = [
  ['istioctl', 'istioctl'],
  ['istiod', 'istiod'],
  ['proxy', 'proxies'],
] as const;

/** Puts together what was told at the start and what was seen at the end. */
export function foundVersions(started: Started | undefined, clusters: readonly SeenCluster[]): FoundVersions {
  const tools = Object.entries(started?.toolVersions ?? {}).map(
    ([tool, version]) => [tool, [version]] as const,
  );
  const all = new Map<string, readonly string[]>([
    ...Object.entries(started?.found?.versions ?? {}),
    ...tools,
    ['istiod', clusters.flatMap(({ istiod }) => istiod.says ?? [])],
    ['proxy', clusters.flatMap(({ proxyVersions = [] }) => proxyVersions)],
  ]);
  if (!all.has('kubernetes'))
    all.set(
      'kubernetes',
      clusters.flatMap(({ kubernetes = [] }) => kubernetes),
    );
  const rank = (name: string) => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length);
  return Object.fromEntries(
    [...all]
      .map(([name, versions]) => [name, [...new Set(versions)].filter(version => version !== '')] as const)
      .filter(([, versions]) => versions.length > 0)
      .sort(([one], [other]) => rank(one) - rank(other)),
  );
}

/** Returns the release that works in the mesh: istiod's own word, else that of the istioctl. */
export function releaseIn(found: FoundVersions): string | undefined {
  for (const part of ['istiod', 'istioctl']) {
    const releases = (found[part] ?? []).filter(version => /^\d+\.\d+/.test(version));
    if (releases.length > 0) return releases.join(' and ');
  }
  return undefined;
}

type Found = Pick<ScenarioReport, 'evidence' | 'istioVersion' | 'found' | 'edition' | 'writtenFor'>;

/** Names the release for a label: of a real run what was found, or `unknown`. */
export const releaseOf = ({ evidence, istioVersion, found }: Found): string =>
  (evidence === 'real' || evidence === 'none') && found ? (releaseIn(found) ?? 'unknown') : istioVersion;

/** Names the edition and the release: `current (Istio 1.31.0, written for 1.30.3)`. */
export function editionWords(scenario: Found): string {
  const { edition, writtenFor } = scenario;
  const release = releaseOf(scenario);
  if (writtenFor === undefined || release === writtenFor) return `${edition} (Istio ${release})`;
  return release === 'unknown'
    ? `${edition} (written for Istio ${writtenFor})`
    : `${edition} (Istio ${release}, written for ${writtenFor})`;
}

/** Says in a few words that the release is not the one that the edition describes; empty if it is. */
export function differenceWords(scenario: Found): string {
  const { writtenFor } = scenario;
  const release = releaseOf(scenario);
  const isSame = writtenFor === undefined || release === 'unknown' || release === writtenFor;
  return isSame ? '' : `Istio ${release}, where the edition was written for ${writtenFor}`;
}

/** Says it in a sentence; undefined if it is the edition's, or if none was found. */
export function differenceSentence(scenario: Found): string | undefined {
  const words = differenceWords(scenario);
  return words === '' ? undefined : `Edition ${scenario.edition}: ${words}.`;
}

/** Lists what was found: `Istio 1.31.0 (istioctl, istiod, proxies), Kubernetes v1.37.2, kind v0.33.0`. */
export function foundWords(found: FoundVersions): string {
  const { kubernetes = [], kubelet = [], runtime: _, 'node image': __, ...others } = found;
  const rest = Object.entries(others).filter(([name]) => !ISTIO.some(([part]) => part === name));
  const nodes = kubelet.filter(version => !kubernetes.includes(version));
  const own = nodes.length > 0 ? ` (nodes ${nodes.join(' and ')})` : '';
  const cluster = kubernetes.length === 0 ? [] : [`Kubernetes ${kubernetes.join(' and ')}${own}`];
  return [
    ...istioWords(found),
    ...cluster,
    ...rest.map(([name, versions]) => `${TITLES[name] ?? name} ${versions.join(' and ')}`),
  ].join(', ');
}

const TITLES: Readonly<Record<string, string>> = { docker: 'Docker' };

function istioWords(found: FoundVersions): readonly string[] {
  const parts = ISTIO.flatMap(([part, words]) => {
    const versions = found[part] ?? [];
    return versions.length === 0 ? [] : [{ words, version: versions.join(' and ') }];
  });
  const [first] = parts;
  if (!first) return [];
  return parts.every(({ version }) => version === first.version)
    ? [`Istio ${first.version} (${parts.map(({ words }) => words).join(', ')})`]
    : parts.map(({ words, version }) => `${words} ${version}`);
}
